//! Others write between our reading and our writing.

use fake_aios::{Change, Fault, Node, Route, Service};
use serde_json::{Value, json};

use super::stage::{Stage, cluster, ends, fails, heavy, ids};
use crate::scene::node;

/// A node as AIOS's membership service sees it.
fn seen(id: &str) -> Node {
    Node { name: id.to_owned(), vcpus: 3, memory_mib: 7, gpu_info: None }
}

/// The document's own entry of a node, as another's join would append it, with its own word.
fn joined(document: &Value, index: usize) -> Change {
    let mut entry = document["nodes"]["nodeData"][index].clone();
    entry["tags"] = json!(["joined"]);
    entry["memory"] = json!(1);
    Change::Join(entry)
}

/// What may happen before each update; the names are for whoever reads a failure.
fn changes(document: &Value, nodes: usize) -> Vec<(&'static str, Change)> {
    let first = document["nodes"]["nodeData"][0]["id"].as_str().unwrap().to_owned();
    vec![
        ("sync", Change::Sync),
        ("join of a node that is there", joined(document, 0)),
        ("join of a node that is not there yet", joined(document, nodes - 1)),
        ("leave", Change::Leave(first)),
        ("edit", Change::Edit(json!({ "memory": 5, "nodes.count": 1, "network.txBandwidth": 0 }))),
        ("an entry that is none", Change::Edit(json!({ "nodes.nodeData.3": null }))),
    ]
}

#[test]
fn whatever_happens_once_before_any_piece_it_ends_right() {
    let document = heavy(20);
    let pieces = {
        let stage = Stage::new();
        stage.document(&document);
        ends(&stage.submit(&[]), 0, &[]);
        stage.aios.count(Service::Gateway, Route::Update)
    };
    assert!(pieces > 2, "{pieces}");
    for (name, change) in changes(&document, 20) {
        for piece in 0..pieces {
            let stage = Stage::new();
            stage.document(&document);
            stage.aios.set_nodes("c", vec![seen("node-0001"), seen("node-0015")]);
            for _ in 0..piece {
                stage.aios.before_next_update("c", []);
            }
            stage.aios.before_next_update("c", [change.clone()]);
            let run = stage.submit(&[]);
            println!("{name} before {piece}: {run:?}");
            ends(&run, 0, &["AIOS has cluster 'c' with 20 nodes"]);
            stage.is_true();
            assert_eq!(ids(&stage.stored()).len(), 20, "{name} before {piece}");
        }
    }
}

#[test]
fn whatever_happens_before_the_update_of_a_cluster_that_is_there_it_ends_right() {
    let old = cluster((0..4).map(|n| node(&format!("n{n}"), 1)).collect());
    let new = cluster((0..5).map(|n| node(&format!("n{n}"), 2)).collect());
    for (name, change) in changes(&new, 5) {
        let stage = Stage::storing(old.clone());
        stage.document(&new);
        stage.aios.set_nodes("c", vec![seen("n3"), seen("n0")]);
        for _ in 0..3 {
            stage.aios.before_next_update("c", [change.clone()]);
        }
        let run = stage.submit(&[]);
        println!("{name}: {run:?}");
        ends(&run, 0, &["is updated"]);
        stage.is_true();
        assert_eq!(ids(&stage.stored()).len(), 5, "{name}");
    }
}

#[test]
fn what_a_person_edits_meanwhile_stays() {
    let document = heavy(20);
    let stage = Stage::new();
    stage.document(&document);
    let edit = json!({
        "config.urlMap": { "membershipServer": "http://m" }, "tags": ["theirs"],
        "nodes.nodeData.0.tags": ["gold"], "nodes.nodeData.0.nodeMetadata.rack": 1,
    });
    stage.aios.before_next_update("c", []);
    stage.aios.before_next_update("c", [Change::Edit(edit)]);
    ends(&stage.submit(&[]), 0, &["AIOS has cluster 'c' with 20 nodes"]);
    let stored = stage.stored();
    assert_eq!(stored["config"], json!({ "urlMap": { "membershipServer": "http://m" } }));
    assert_eq!(stored["tags"], json!(["theirs"]));
    assert_eq!(stored["nodes"]["nodeData"][0]["tags"], json!(["gold"]));
    assert_eq!(stored["nodes"]["nodeData"][0]["nodeMetadata"]["rack"], 1);
}

#[test]
fn a_node_that_joins_twice_becomes_one_and_keeps_what_was_said_of_it() {
    let document = cluster(vec![node("a", 1), node("b", 2)]);
    let stage = Stage::storing(document.clone());
    stage.aios.change("c", &joined(&document, 1)).unwrap();
    assert_eq!(stage.stored()["nodes"]["count"], 3);
    stage.document(&document);
    let run = stage.diff(&[]);
    assert!(run.stdout.contains("\"duplicate\""), "{run:?}");
    ends(&stage.submit(&[]), 0, &["is updated"]);
    assert_eq!(ids(&stage.stored()), ["a", "b"]);
    assert_eq!(stage.stored()["nodes"]["nodeData"][1]["tags"], json!(["joined"]));
    assert_eq!(stage.stored()["nodes"]["nodeData"][1]["memory"], 2);
    stage.is_true();
}

#[test]
fn who_writes_all_the_time_is_not_fought_for_ever() {
    let stage = Stage::new();
    stage.document(&heavy(40));
    stage.aios.set_nodes("c", vec![seen("node-0001"), seen("node-0002")]);
    for _ in 0..200 {
        stage.aios.before_next_update("c", [Change::Sync]);
    }
    let run = stage.submit(&[]);
    fails(
        &run,
        5,
        &["AIOS does not keep what it is sent (nodes.nodeData", "something else writes there"],
    );
    assert!(stage.aios.count(Service::Gateway, Route::Update) < 100);
}

#[test]
fn updates_whose_answers_are_lost_are_read_back() {
    let stage = Stage::storing(cluster(vec![node("a", 1), node("b", 2)]));
    stage.document(&cluster(vec![node("a", 5), node("b", 2)]));
    stage.aios.inject(Fault::LoseAnswer.always().at(Service::Gateway).on(Route::Update));
    ends(&stage.submit(&[]), 0, &["is updated"]);
    assert_eq!(stage.aios.count(Service::Gateway, Route::Update), 1);
    stage.aios.clear_faults();
    stage.is_true();
}

#[test]
fn a_cluster_that_somebody_deletes_meanwhile_is_told() {
    let stage = Stage::storing(cluster(vec![node("a", 1), node("b", 2)]));
    stage.document(&cluster(vec![node("a", 5), node("b", 2)]));
    stage
        .aios
        .inject(Fault::DelayRequest(std::time::Duration::from_secs(2)).once().on(Route::Update));
    let child = stage.submitting(&[]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    while stage.aios.count(Service::Gateway, Route::Update) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    stage.aios.remove("c").unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{stderr}");
    assert!(stderr.contains("AIOS's copy of 'c' disappeared while it was updated"), "{stderr}");
    assert!(stage.aios.stored("c").is_none());
}
