//! AIOS has a cluster of that id already.

use fake_aios::{Change, Node, Service};
use serde_json::{Value, json};

use super::stage::{Stage, cluster, cluster_of, ends, fails, ids, two};
use crate::run::Run;
use crate::scene::{PROFILE, inventory, node};

#[test]
fn the_same_again_writes_nothing() {
    let stage = Stage::new();
    ends(&stage.submit(&[]), 0, &["AIOS has cluster 'c'"]);
    let before = stage.stored();
    stage.aios.forget_received();
    let run = stage.submit(&[]);
    ends(&run, 0, &["note: AIOS says of 'c' what is true already: nothing was sent\n"]);
    assert!(stage.writes().is_empty());
    assert_eq!(stage.stored(), before);
}

#[test]
fn what_differs_is_updated_and_nothing_else_is_sent() {
    let stage = Stage::storing(two());
    stage.document(&cluster(vec![node("a", 1000), node("b", 5000)]));
    ends(&stage.submit(&[]), 0, &["note: AIOS's cluster 'c' is updated\n"]);
    let update = json!({ "nodes.nodeData.1.memory": 5000, "memory": 6000 });
    assert_eq!(stage.writes(), [update]);
    stage.is_true();
}

#[test]
fn a_cluster_of_other_nodes_is_left_alone_unless_it_is_adopted() {
    let theirs = cluster(vec![node("x", 1), node("y", 2)]);
    let stage = Stage::storing(theirs.clone());
    let before = stage.stored();
    let words =
        ["AIOS has a cluster 'c' already, and none of its nodes is one of these", "--adopt"];
    fails(&stage.submit(&[]), 1, &words);
    fails(&stage.submit(&["--prune"]), 1, &words);
    assert!(stage.writes().is_empty());
    assert_eq!(stage.stored(), before);

    let run = stage.submit(&["--adopt"]);
    ends(&run, 0, &["AIOS's cluster 'c' is updated", "AIOS has node 'x' and 1 more beside these"]);
    assert_eq!(ids(&stage.stored()), ["x", "y", "a", "b"]);
    assert_eq!(stage.stored()["memory"], 3003);
    ends(&stage.submit(&["--prune"]), 0, &["AIOS's cluster 'c' is updated"]);
    assert_eq!(ids(&stage.stored()), ["a", "b"]);
    stage.is_true();
}

#[test]
fn nodes_that_only_aios_has_stay_until_they_are_pruned() {
    let stage = Stage::storing(cluster(vec![node("old", 7), node("a", 1000), node("b", 2000)]));
    let run = stage.submit(&[]);
    let extra = "note: AIOS has node 'old' beside these, and keeps them: --prune takes them away\n";
    ends(&run, 0, &["nothing was sent", extra]);
    let run = stage.diff(&[]);
    assert_eq!((run.exit, &run.json()["differences"][0]["kind"]), (3, &json!("extra")), "{run:?}");
    ends(&stage.submit(&["--prune"]), 0, &["is updated"]);
    assert_eq!((ids(&stage.stored()).len(), &stage.stored()["memory"]), (2, &json!(3000)));
    stage.is_true();
}

#[test]
fn what_aios_added_by_itself_stays_and_is_no_difference() {
    let stage = Stage::storing(two());
    let added = json!({
        "config.urlMap": { "controllerUrl": "http://x" }, "config.actionsPolicyMap": { "p": 1 },
        "reputation": 77, "nodes.nodeData.0.tags": ["theirs"],
        "nodes.nodeData.1.nodeMetadata": { "rack": 3 }, "nodes.nodeData.0.extra": 1,
    });
    stage.aios.change("c", &Change::Edit(added)).unwrap();
    stage.is_true();
    stage.document(&cluster_of(
        json!({ "id": "c", "regionId": "r2", "config": { "mine": true }, "tags": ["t"] }),
        vec![node("a", 1), node("b", 2)],
    ));
    ends(&stage.submit(&[]), 0, &["is updated"]);
    let stored = stage.stored();
    assert_eq!(
        stored["config"],
        json!({ "urlMap": { "controllerUrl": "http://x" }, "actionsPolicyMap": { "p": 1 }, "mine": true })
    );
    assert_eq!((&stored["regionId"], &stored["tags"]), (&json!("r2"), &json!(["t"])));
    assert_eq!(stored["reputation"], 77);
    let nodes = &stored["nodes"]["nodeData"];
    assert_eq!((&nodes[0]["tags"], &nodes[0]["extra"]), (&json!(["theirs"]), &json!(1)));
    assert_eq!(nodes[1]["nodeMetadata"], json!({ "rack": 3 }));
    stage.is_true();
}

#[test]
fn status_and_empty_objects_are_never_compared() {
    let profile = json!({
        "id": "c", "regionId": "r", "status": "testing", "config": { "a": {}, "b": { "c": {} } },
    });
    let mut with_empty = node("a", 1);
    with_empty["nodeMetadata"] = json!({ "none": {} });
    let stage = Stage::new();
    stage.document(&cluster_of(profile, vec![with_empty]));
    let run = stage.submit(&[]);
    ends(&run, 0, &["AIOS has cluster 'c'"]);
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(stage.stored().get("status").is_none());
    stage.is_true();
    stage.aios.forget_received();
    ends(&stage.submit(&[]), 0, &["nothing was sent"]);
    assert!(stage.writes().is_empty());
}

#[test]
fn placeholders_are_named_and_put_right() {
    let stage = Stage::storing(two());
    let seen =
        |name: &str| Node { name: name.to_owned(), vcpus: 16, memory_mib: 990, gpu_info: None };
    stage.aios.set_nodes("c", vec![seen("b"), seen("a")]);
    stage.aios.change("c", &Change::Sync).unwrap();
    let run = Run::of(&mut stage.command("diff", &[]));
    assert_eq!(run.exit, 3, "{run:?}");
    let line = run.stdout.lines().find(|line| line.starts_with("a ") && line.contains("swap"));
    let cells: Vec<&str> = line.unwrap().split_whitespace().take(4).collect();
    assert_eq!(cells, ["a", "swap", "0", "4096"]);
    assert!(line.unwrap().ends_with("a placeholder of AIOS's membership service"), "{run:?}");
    assert!(run.stderr.contains("note: AIOS says something else of 'c'"), "{run:?}");
    ends(&stage.submit(&[]), 0, &["is updated"]);
    assert_eq!(ids(&stage.stored()), ["b", "a"]);
    stage.is_true();
}

/// `submit` or `diff` of the two inventories, in the second of which the swap space is not known.
fn partial(stage: &Stage, command: &str, args: &[&str]) -> Run {
    let dumps = ["--profile", "p.yaml", "a.json", "b.json", "--retry-for", "0"];
    let mut command = stage.scene.command(&[&[command], &dumps[..], args].concat());
    command.env("INVENTORY_PARSER", stage.aios.url(Service::Parser));
    Run::of(command.env("INVENTORY_GATEWAY", stage.aios.url(Service::Gateway)))
}

#[test]
fn an_unknown_figure_never_replaces_a_known_one() {
    let stage = Stage::storing(two());
    let mut unknown = inventory("b", 0);
    unknown["unknowns"] = json!([{ "field": "memory" }]);
    stage.scene.write("p.yaml", PROFILE);
    stage.scene.write("a.json", &inventory("a", 4000).to_string());
    stage.scene.write("b.json", &unknown.to_string());
    ends(&partial(&stage, "submit", &[]), 6, &["node 'b'", "--allow-partial"]);
    assert!(stage.writes().is_empty());
    ends(&partial(&stage, "submit", &["--allow-partial"]), 0, &["warning: ", "is updated"]);
    let nodes = &stage.stored()["nodes"]["nodeData"];
    assert_eq!((&nodes[0]["memory"], &nodes[1]["memory"]), (&json!(4000), &json!(2000)));
    assert_eq!(stage.stored()["memory"], 6000);
    assert_eq!(partial(&stage, "diff", &["--allow-partial"]).exit, 0);
    assert_eq!(partial(&stage, "diff", &[]).exit, 6);
}

#[test]
fn a_dry_run_tells_all_and_writes_nothing() {
    let stage = Stage::new();
    let run = stage.submit(&["--dry-run"]);
    ends(&run, 0, &["note: AIOS has no cluster 'c': it would be created with 2 nodes\n"]);

    let stage = Stage::storing(cluster(vec![node("a", 1), node("old", 1)]));
    let run = stage.submit(&["--dry-run", "--prune"]);
    ends(&run, 0, &["note: AIOS's cluster 'c' would be updated\n"]);
    let begins = |words: &[&str]| {
        let starts =
            |line: &str| line.split_whitespace().take(words.len()).eq(words.iter().copied());
        assert!(run.stdout.lines().any(starts), "{words:?}: {run:?}");
    };
    begins(&["a", "memory", "1", "1000"]);
    begins(&["-", "memory", "2", "3000"]);
    assert!(run.stdout.contains("AIOS has this node, and it is not here"), "{run:?}");
    assert!(run.stdout.contains("AIOS lacks this node"), "{run:?}");
    let kept = stage.submit(&["--dry-run"]);
    assert!(!kept.stdout.contains("AIOS has this node"), "{kept:?}");

    let stage2 = Stage::storing(cluster(vec![node("x", 1)]));
    ends(&stage2.submit(&["--dry-run"]), 0, &["warning: AIOS has a cluster 'c' already"]);
    stage2.document(&cluster(vec![node("x", 1)]));
    ends(&stage2.submit(&["--dry-run"]), 0, &["nothing would be sent"]);
    for stage in [stage, stage2] {
        assert!(stage.writes().is_empty());
        assert!(!stage.scene.path("c.receipt.json").exists());
    }
}

#[test]
fn what_diff_finds_is_told_to_programs_too() {
    let stage = Stage::new();
    let run = stage.diff(&[]);
    assert_eq!(run.exit, 3);
    assert_eq!(run.json(), json!({ "id": "c", "stored": false, "differences": [] }));
    assert!(run.stderr.contains("note: AIOS has no cluster 'c'\n"), "{run:?}");
    let stage = Stage::storing(cluster(vec![node("a", 1000), node("b", 1)]));
    let differences: Vec<Value> = stage.diff(&[]).json()["differences"].as_array().unwrap().clone();
    let memory =
        json!({ "node": "b", "path": "memory", "stored": 1, "wanted": 2000, "kind": "changed" });
    let sum = json!({ "path": "memory", "stored": 1001, "wanted": 3000, "kind": "changed" });
    assert_eq!(differences, [memory, sum]);
}
