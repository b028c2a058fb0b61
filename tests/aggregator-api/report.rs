//! The page of a cluster.

use std::sync::Arc;

use inventory_common::resource::ClusterOnboarding;
use kube::api::Api;
use serde_json::json;

use crate::environment::{Cluster, Environment, cases, changed};
use crate::run::Run;

cases![a_report_shows_each_node_of_the_cluster_and_what_aios_was_told,];

fn shows(run: &Run, words: &[&str]) {
    for word in words {
        assert!(run.stdout.contains(word), "no {word:?} in {}", run.stdout);
    }
}

async fn a_report_shows_each_node_of_the_cluster_and_what_aios_was_told(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _whole = cluster.node("", "whole").await;
    let _silent = cluster.silent_node("", "silent").await;
    let _partial = cluster.silent_node("", "partial").await;
    let dark = changed("partial", |status| {
        status["unknowns"] = json!(["swap"]);
        status["notCounted"] = json!([{ "device": "disk", "rule": "optical", "count": 1 }]);
    });
    cluster.report(&dark).await;
    let run = cluster.page(&[]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(run.stderr.starts_with("warning: only 1 of 3 nodes are there"), "{}", run.stderr);
    let words = [
        "without a profile",
        "made from the cluster",
        "1 of 3",
        "id=\"node-whole\"",
        "data-state=\"missing\"",
        "node 'silent' has no inventory",
        "swap is unknown",
        "<code>optical</code>",
        "MatchesKubelet",
    ];
    shows(&run, &words);
    assert!(!run.stdout.contains("id=\"onboarding\""));

    let object = json!({
        "apiVersion": "inventory.aios/v1alpha1", "kind": "ClusterOnboarding",
        "metadata": { "name": "cluster" }, "spec": { "id": "west", "regionId": "us-west-2" },
    });
    cluster.create::<ClusterOnboarding>(Api::all(cluster.admin.clone()), object).await;
    let run = cluster.page(&[]);
    let words = [
        "Cluster west",
        "us-west-2",
        "id=\"onboarding\"",
        "has not looked yet",
        "inventoryCoverage",
    ];
    shows(&run, &words);
}
