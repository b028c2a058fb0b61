//! `infra status`: what is there, and how a task stands.

use fake_aios::Service;
use serde_json::json;

use super::stage::Stage;
use crate::run::Run;
use crate::submit::stage::ends;

fn status(stage: &Stage, args: &[&str]) -> Run {
    let mut command = stage.scene.command(&["infra", "status", "--cluster-id", "c"]);
    Run::of(command.args(["--kubeconfig", "k.json", "--retry-for", "0"]).args(args))
}

#[test]
fn all_a_part_or_nothing_is_told() {
    let stage = Stage::new();
    let run = status(&stage, &["--format", "json"]);
    ends(&run, 3, &["0 of 22"]);
    assert_eq!((&run.json()["extent"], &run.json()["task"]), (&json!("nothing"), &json!(null)));
    stage.kubernetes.put_infrastructure();
    let run = status(&stage, &[]);
    ends(&run, 0, &["22 of 22"]);
    assert!(run.stdout.starts_with("KIND "), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 23);
    stage.kubernetes.take("/api/v1/namespaces/metrics/services/");
    let run = status(&stage, &["--format", "json"]);
    ends(&run, 3, &["20 of 22"]);
    let json = run.json();
    assert_eq!(json["extent"], "partly");
    let service = json["objects"]
        .as_array()
        .unwrap()
        .iter()
        .find(|object| object["name"] == "metrics-writer-svc");
    assert_eq!(
        service.unwrap(),
        &json!({ "kind": "Service", "namespace": "metrics", "name": "metrics-writer-svc", "state": "absent", "note": null })
    );
}

#[test]
fn a_task_is_told_with_its_error() {
    let stage = Stage::with(&json!({ "publicHostname": "h" }));
    let task = stage.run("create", &[]).stdout;
    let tasks = stage.aios.url(Service::Tasks);
    let args = ["--tasks", &tasks, "--task", task.trim()];
    let run = status(&stage, &[&args[..], &["--format", "json"]].concat());
    ends(&run, 3, &["is failed: Failed to create cluster infrastructure"]);
    assert_eq!(run.json()["task"]["state"], "failed");
    let run = status(&stage, &["--tasks", &tasks, "--task", "other"]);
    ends(&run, 3, &["does not know task 'other'"]);
    stage.aios.stop(Service::Tasks);
    ends(&status(&stage, &args), 5, &["no connection"]);
}

#[test]
fn a_cluster_that_may_not_be_read_is_not_empty() {
    let stage = Stage::new();
    stage.kubernetes.refuse("/");
    let run = status(&stage, &["--format", "json"]);
    ends(&run, 3, &[]);
    assert_eq!(run.json()["extent"], "partly");
    assert!(
        run.json()["objects"][0]["note"].as_str().unwrap().contains("this user lacks the right")
    );
}
