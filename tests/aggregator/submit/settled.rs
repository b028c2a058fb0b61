//! What AIOS does with a cluster beside taking and refusing it, and how one knows in the end.

use std::process::Stdio;
use std::time::Duration;

use fake_aios::{Fault, Policy, PolicyAction, Route, Service};
use serde_json::{Map, json};

use super::stage::{Stage, cluster, ends, fails, two};
use crate::run::{self, Run};
use crate::scene::node;

#[test]
fn a_policy_that_rewrites_is_reported_and_not_fought() {
    let rewrites = json!({ "regionId": "other", "config.limit": 7, "memory": 1 });
    let rewrites: Map<_, _> = rewrites.as_object().cloned().unwrap();
    for nodes in [2, 600] {
        let stage = Stage::new();
        stage.document(&cluster((0..nodes).map(|n| node(&format!("n{n}"), 1000)).collect()));
        let policy = Policy::Rewrite(rewrites.clone());
        stage.aios.set_policy(PolicyAction::CreateCluster, Some(policy));
        let run = stage.submit(&[]);
        let warning = "warning: AIOS stored something else than it was sent: ";
        let region = format!("{warning}regionId: \"other\" instead of \"r\"\n");
        let memory = format!("{warning}memory: 1 instead of {}\n", nodes * 1000);
        ends(&run, 0, &[&region, &memory]);
        assert_eq!(run.stderr.matches("warning: ").count(), 2, "{run:?}");
        let stored = stage.stored();
        assert_eq!((&stored["regionId"], &stored["memory"]), (&json!("other"), &json!(1)));
        assert_eq!(stored["config"], json!({ "limit": 7 }));
        assert_eq!(stored["nodes"]["count"], nodes);
    }
}

#[test]
fn a_cluster_that_somebody_else_creates_meanwhile_is_theirs() {
    let stage = Stage::new();
    stage.aios.inject(Fault::DelayRequest(Duration::from_secs(2)).once().on(Route::Create));
    let child = stage.submitting(&[]).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_create(&stage);
    let theirs = cluster(vec![node("theirs", 1)]);
    stage.aios.put(theirs.clone());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("AIOS has a cluster 'c' already"), "{stderr}");
    assert_eq!(stage.stored(), theirs);
}

#[test]
fn a_policy_that_makes_the_document_too_large_to_be_taken_at_once_is_no_obstacle() {
    let nodes = (0..290).map(|n| node(&format!("n{n}"), 1000)).collect();
    let stage = Stage::new();
    stage.document(&cluster(nodes));
    let more = json!({ "config.theirs": "x".repeat(10_000) }).as_object().cloned().unwrap();
    stage.aios.set_policy(PolicyAction::CreateCluster, Some(Policy::Rewrite(more)));
    ends(&stage.submit(&[]), 0, &["AIOS has cluster 'c' with 290 nodes, in "]);
    stage.is_true();
}

#[test]
fn what_was_taken_and_cannot_be_read_back_is_told_as_that() {
    for fault in [Fault::DelayAnswer(Duration::from_secs(1)), Fault::Reset] {
        let stage = Stage::new();
        let wait = Fault::DelayRequest(Duration::from_secs(1)).once().at(Service::Parser);
        stage.aios.inject(wait);
        stage.aios.inject(fault.clone().once().at(Service::Parser));
        let child = stage.submitting(&[]).stderr(Stdio::piped()).spawn().unwrap();
        wait_for_create(&stage);
        stage.aios.inject(Fault::Reset.always().at(Service::Gateway).on(Route::Read));
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(5), "{stderr}");
        let (begins, then) = match fault {
            Fault::Reset => ("error: POST ", "; then it could not be read back: GET "),
            _ => ("error: AIOS has taken the cluster, ", "but it could not be read back: GET "),
        };
        assert!(stderr.starts_with(begins) && stderr.contains(then), "{stderr}");
        assert!(stderr.contains("submit again"), "{stderr}");
        stage.aios.clear_faults();
        ends(&stage.submit(&[]), 0, &["AIOS"]);
        stage.is_true();
    }
}

fn wait_for_create(stage: &Stage) {
    while stage.aios.count(Service::Parser, Route::Create) == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Answers that are larger than any cluster end the reading, not the memory.
#[test]
fn an_answer_of_200_megabytes_is_not_kept() {
    let stage = Stage::new();
    stage.aios.inject(Fault::Huge { bytes: 200_000_000 }.once().at(Service::Parser));
    ends(&stage.submit(&[]), 0, &["AIOS has cluster 'c' with 2 nodes"]);
    stage.is_true();

    let stage = Stage::storing(two());
    stage.aios.inject(Fault::Huge { bytes: 200_000_000 }.once().at(Service::Gateway));
    let submitting = stage.submitting(&[]);
    // The most that the system lets it have, in KiB.
    let limited = format!("ulimit -v {}; exec \"$0\" \"$@\"", 400 << 10);
    let mut command = run::command("sh");
    command.current_dir(stage.scene.folder.path()).arg("-c").arg(limited);
    let run = Run::of(command.arg(submitting.get_program()).args(submitting.get_args()));
    fails(&run, 5, &["what answers is not AIOS: its answer has more than 64 MiB"]);
}
