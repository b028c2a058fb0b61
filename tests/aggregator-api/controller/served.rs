//! What the controller tells kubelet and Prometheus, above all while it knows little.

use std::sync::Arc;

use inventory_common::resource::ConditionStatus::True;
use inventory_common::resource::OnboardingConditionType::InSync;
use test_kubernetes::wait;

use super::process::Process;
use super::scene::{PATIENCE, Scene};
use crate::environment::{Environment, cases};

cases![
    an_api_server_that_is_away_is_told_and_nothing_is_taken_for_gone,
    rights_that_are_missing_are_told_and_waited_for,
];

/// What Prometheus is told of one node that AIOS was told of.
const METRICS: [&str; 15] = [
    "aios_inventory_cluster_nodes_expected 1\n",
    "aios_inventory_cluster_nodes{state=\"whole\"} 1\n",
    "aios_inventory_cluster_nodes{state=\"missing\"} 0\n",
    "aios_inventory_cluster_memory_bytes 68719476736\n",
    "aios_inventory_cluster_condition{type=\"InSync\",status=\"True\"} 1\n",
    "aios_inventory_cluster_condition_reason{type=\"InSync\",reason=\"Equal\"} 1\n",
    "aios_inventory_cluster_differences 0\n",
    "aios_inventory_cluster_submission_timestamp_seconds ",
    "aios_inventory_aggregator_build_info{version=\"",
    "aios_inventory_aggregator_leads 1\n",
    "aios_inventory_aggregator_ready 1\n",
    "aios_inventory_aggregator_aios_requests_total{outcome=\"answered\"} ",
    "aios_inventory_aggregator_looks_total{in_sync=\"True\"} ",
    "aios_inventory_aggregator_writes_total 1\n",
    "aios_inventory_aggregator_last_look_timestamp_seconds ",
];

/// Waits until `/readyz` has this status, and answers with its text.
async fn until_ready(controller: &Process, status: u16) -> String {
    let ready = async || {
        let (found, text) = Scene::get(controller, "address", "readyz").await?;
        (found == status).then_some(text)
    };
    wait::until(&format!("/readyz is {status}"), PATIENCE, ready).await.0
}

async fn an_api_server_that_is_away_is_told_and_nothing_is_taken_for_gone(_: Arc<Environment>) {
    let mut scene = Scene::with_nodes(&["a"]).await;
    let mut controller = scene.controller().await;
    scene.until_nodes(&["a"], 65_536).await;
    scene.until_condition(InSync, True, "Equal").await;
    assert_eq!(until_ready(&controller, 200).await, "ok\n");
    let (_, metrics) = Scene::get(&controller, "address", "metrics").await.unwrap();
    for metric in METRICS {
        assert!(metrics.contains(metric), "no {metric} in\n{metrics}");
    }

    scene.cluster.plane.stop_api_server();
    let unknown = until_ready(&controller, 503).await;
    assert!(unknown.contains("cannot list ") && unknown.contains(": "), "{unknown}");
    let alive = Scene::get(&controller, "address", "healthz").await;
    assert_eq!(alive, Some((200, "ok\n".to_owned())));
    // Longer than a Node has to be gone.
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    assert_eq!(scene.ids(), ["a"]);

    scene.cluster.plane.start_api_server().await;
    until_ready(&controller, 200).await;
    scene.report("a", 7).await;
    scene.until_nodes(&["a"], 7).await;
    assert_eq!(scene.creations(), 1);
    controller.must_run();
}

async fn rights_that_are_missing_are_told_and_waited_for(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let is_right = |kind: &str| kind.ends_with("RoleBinding");
    scene.cluster.chart.delete_objects(&scene.cluster.admin, is_right).await;
    let mut controller = scene.controller().await;
    let is_told = async || {
        let (status, text) = Scene::get(&controller, "address", "readyz").await?;
        let kinds = ["nodes", "nodeinventories", "pods", "daemonsets.apps", "clusteronboardings"];
        let line = |kind| format!("cannot list {kind}: this user lacks the right, ");
        let is_whole = kinds.into_iter().all(|kind| text.contains(&line(kind)))
            && text.contains("cannot use the Lease 'aios-inventory/inventory-aggregator': ");
        (status == 503 && is_whole).then_some(())
    };
    wait::until("every right that is missing is told", PATIENCE, is_told).await;
    assert_eq!(scene.stored(), None);
    controller.must_run();
    scene.cluster.chart.install_objects(&scene.cluster.admin, is_right).await;
    scene.until_nodes(&["a"], 65_536).await;
    until_ready(&controller, 200).await;
    controller.must_run();
}
