//! `infra status`: what is there, and how a task stands.

use fake_aios::Service;
use serde_json::{Value, json};

use super::stage::{Stage, kubeconfig};
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

#[test]
fn the_stored_addresses_are_told_and_mended_only_where_that_is_said() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let gateway = stage.aios.url(Service::Gateway);
    let args = ["--gateway", &gateway];
    ends(&status(&stage, &args), 3, &["AIOS stores no addresses"]);
    let task = stage.run("create", &[]).stdout;
    let tasks = stage.aios.url(Service::Tasks);
    ends(&status(&stage, &["--tasks", &tasks, "--task", task.trim()]), 0, &["is completed"]);
    let map = || stage.aios.stored("c").unwrap()["config"]["urlMap"]["publicGateway"].clone();
    ends(&status(&stage, &args), 0, &["warning: AIOS stores addresses as lists"]);
    assert!(map().is_array());
    ends(
        &status(&stage, &[&args[..], &["--mend-addresses"]].concat()),
        0,
        &["AIOS stores texts now"],
    );
    assert_eq!(map(), "http://c.example.com:32000");
    assert_eq!(status(&stage, &["--mend-addresses"]).exit, 2);
}

#[test]
fn addresses_that_are_not_kept_are_no_success() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    stage.wait("create", &[]);
    // The connection breaks before what is sent is stored.
    let lists = stage.aios.stored("c").unwrap()["config"]["urlMap"].clone();
    stage.aios.inject(fake_aios::Fault::Reset.once().on(fake_aios::Route::Update));
    let gateway = stage.aios.url(Service::Gateway);
    let run = status(&stage, &["--gateway", &gateway, "--mend-addresses"]);
    ends(&run, 5, &["PUT http", "look at what is stored"]);
    assert_eq!(stage.aios.stored("c").unwrap()["config"]["urlMap"], lists);
}

#[test]
fn a_cluster_that_does_not_answer_is_told_once() {
    let stage = Stage::new();
    // Nobody listens at this port.
    stage.scene.write("k.json", &kubeconfig("http://127.0.0.1:1").to_string());
    let run = status(&stage, &["--format", "json"]);
    ends(&run, 3, &[]);
    let objects = run.json()["objects"].as_array().unwrap().clone();
    let is_silent = |object: &Value| object["note"].as_str().unwrap().contains("onnection refused");
    assert!(objects.len() == 22 && objects.iter().all(is_silent), "{run:?}");
    let run = stage.wait("create", &["--timeout", "1"]);
    ends(
        &run,
        3,
        &["error: ClusterRoleBinding 'blocks-ns' and 21 more are not readable: cannot get "],
    );
    let errors = run.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, 2, "{run:?}");
}
