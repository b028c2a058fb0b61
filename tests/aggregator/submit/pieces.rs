//! Clusters that are larger than AIOS takes at once.

use fake_aios::{Route, Service};
use serde_json::{Value, json};

use super::stage::{Stage, cluster, cluster_of, ends, fails, heavy, many};
use crate::scene::node;

/// The document's figures without its nodes.
fn sums(document: &Value) -> [&Value; 6] {
    ["gpus", "vcpus", "memory", "swap", "storage", "network"].map(|key| &document[key])
}

#[test]
fn large_clusters_go_in_pieces_and_are_stored_whole() {
    for (nodes, gpus) in [(600, 8), (2000, 8)] {
        let document = many(nodes, gpus);
        let stage = Stage::new();
        stage.document(&document);
        let run = stage.submit(&[]);
        let line = format!("note: AIOS has cluster 'c' with {nodes} nodes, in ");
        ends(&run, 0, &[&line]);
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
        let stored = stage.stored();
        assert_eq!(stored["nodes"], document["nodes"]);
        assert_eq!(sums(&stored), sums(&document));
        stage.is_true();

        let writes = stage.writes();
        let first = &writes[0]["body"]["spec"]["values"];
        assert_eq!(first["nodes"], json!({ "count": 0, "nodeData": [] }));
        assert_eq!(sums(first), sums(&document));
        let (last, others) = writes.split_last().unwrap();
        assert_eq!(last["nodes.count"], nodes);
        assert!(others.iter().all(|update| update.get("nodes.count").is_none()));
        // A piece takes 129 such nodes.
        assert_eq!(writes.len(), 1 + nodes.div_ceil(129));
        stage.aios.forget_received();
        ends(&stage.submit(&[]), 0, &["nothing was sent"]);
        assert!(stage.writes().is_empty());
    }
}

#[test]
fn what_just_fits_goes_at_once() {
    let fits = |nodes: usize| {
        let stage = Stage::new();
        stage.document(&many(nodes, 1));
        ends(&stage.submit(&[]), 0, &[]);
        stage.is_true();
        stage.aios.count(Service::Gateway, Route::Update) == 0
    };
    let counts: Vec<usize> = (0..400).collect();
    let most = counts.partition_point(|nodes| fits_at_once(&many(*nodes, 1))) - 1;
    assert!(fits(most) && !fits(most + 1), "{most}");
}

fn fits_at_once(document: &Value) -> bool {
    let mut sent = document.clone();
    sent.as_object_mut().unwrap().remove("status");
    fake_aios::python_json_bytes(&sent) <= fake_aios::LIMIT_BYTES
}

#[test]
fn text_that_is_not_ascii_is_counted_as_aios_counts_it() {
    let wide = |n: usize| {
        let mut node = node(&format!("n{n}"), 1);
        node["tags"] = json!(["\u{e9}\u{1f600}".repeat(1500)]);
        node
    };
    let document = cluster((0..40).map(wide).collect());
    let stage = Stage::new();
    stage.document(&document);
    ends(&stage.submit(&[]), 0, &["AIOS has cluster 'c' with 40 nodes"]);
    assert_eq!(stage.stored()["nodes"], document["nodes"]);
}

#[test]
fn what_fits_in_no_piece_is_refused_before_anything_is_sent() {
    let mut large = node("b", 1);
    large["nodeMetadata"] = json!({ "text": "x".repeat(102_400) });
    let stage = Stage::new();
    stage.document(&cluster(vec![node("a", 1), large]));
    fails(&stage.submit(&[]), 1, &["nodes.nodeData[1]: 10", "shorten its tags or nodeMetadata"]);
    let config = json!({ "text": "x".repeat(102_400) });
    stage.document(&cluster_of(json!({ "id": "c", "regionId": "r", "config": config }), vec![]));
    fails(&stage.submit(&[]), 1, &["document: 10", "shorten config, clusterMetadata or tags"]);
    assert!(stage.aios.received().is_empty());
}

#[test]
fn nodes_of_a_large_cluster_are_pruned_in_pieces() {
    let stage = Stage::new();
    let mut fewer = heavy(50);
    stage.document(&fewer);
    ends(&stage.submit(&[]), 0, &[]);
    let entries = fewer["nodes"]["nodeData"].as_array_mut().unwrap();
    let mut index = 0;
    entries.retain(|_| {
        index += 1;
        index % 7 != 0
    });
    let fewer = cluster(entries.clone());
    stage.document(&fewer);
    ends(&stage.submit(&["--prune"]), 0, &["is updated, in "]);
    assert_eq!(stage.stored()["nodes"], fewer["nodes"]);
    stage.is_true();
}
