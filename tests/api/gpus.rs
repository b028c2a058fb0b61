//! GPUs whose NVML breaks and is mended while the agent runs.

use std::sync::Arc;

use inventory_common::resource::{ConditionType, NodeInventory};
use serde_json::{Value, json};
use test_kubernetes::SimulatedNode;

use crate::agent::Agent;
use crate::environment::{Environment, cases};
use crate::report::wait_for_object;
use crate::support::agent::command;
use crate::support::fake;
use crate::support::scene::Scene;

cases![
    figures_that_nvml_told_are_kept_while_it_is_broken,
    a_gpu_that_is_lost_is_told_and_its_annotation_stays,
];

/// What AIOS is told of both GPUs.
const GPUS: &str = concat!(
    r#"[{"modelName":"NVIDIA H100 80GB HBM3","memory":81559},"#,
    r#"{"modelName":"NVIDIA H100 80GB HBM3","memory":81559}]"#
);

/// The same, whatever NVML says from now on. Something cheap changes too, so that it is asked anew.
fn now_says(scene: &Scene, nvml: &Value, driver_version: &str) {
    let mut description = json!({ "gpus": [{}, {}] });
    for (key, value) in nvml.as_object().unwrap() {
        description[key] = value.clone();
    }
    std::fs::write(scene.path("nvml.json"), description.to_string()).unwrap();
    let driver = scene.root().join("proc/driver/nvidia");
    std::fs::create_dir_all(&driver).unwrap();
    std::fs::write(driver.join("version"), driver_version).unwrap();
}

async fn start(node: &SimulatedNode, scene: &Scene) -> Agent {
    let mut command = command();
    command.env(fake::DESCRIPTION, scene.path("nvml.json"));
    command.arg("--nvml-library").arg(fake::library());
    Agent::start_as(command, node, &scene.root(), &node.kubeconfig_file()).await
}

fn health(object: &NodeInventory) -> &str {
    &object.status.condition(ConditionType::GPUsHealthy).unwrap().reason
}

async fn figures_that_nvml_told_are_kept_while_it_is_broken(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let inventories = cluster.inventories().await;
    let (node, scene) = (cluster.node("mismatched").await, Scene::new(&json!({})));
    now_says(&scene, &json!({}), "1");
    let mut agent = start(&node, &scene).await;
    agent.wait_until_ready().await;
    assert_eq!(health(&inventories.get("mismatched").await.unwrap()), "Healthy");

    let broken = json!({ "faults": { "nvmlInit_v2": "ERROR_LIB_RM_VERSION_MISMATCH" } });
    now_says(&scene, &broken, "2");
    let object = wait_for_object(&inventories, "mismatched", "the mismatch is told", |object| {
        health(object) == "VersionMismatch"
    })
    .await;
    assert_eq!(object.status.node_data.gpus.memory_mib, 163_118);
    assert!(!object.status.is(ConditionType::Complete));
    let shown = node.node().await.unwrap();
    assert_eq!(SimulatedNode::annotation(&shown, "gpu.aios/info"), Some(GPUS));
    // Partial is reported all the same: it must not hold up a rollout.
    agent.wait_until_ready().await;
    assert_eq!(agent.get("/healthz").await.0, 200);

    now_says(&scene, &json!({}), "3");
    wait_for_object(&inventories, "mismatched", "the GPUs are well again", |object| {
        health(object) == "Healthy" && object.status.is(ConditionType::Complete)
    })
    .await;
}

async fn a_gpu_that_is_lost_is_told_and_its_annotation_stays(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let inventories = cluster.inventories().await;
    let (node, scene) = (cluster.node("lost").await, Scene::new(&json!({})));
    now_says(&scene, &json!({}), "1");
    let mut agent = start(&node, &scene).await;
    agent.wait_until_ready().await;

    let lost = json!({ "faults": { "nvmlDeviceGetMemoryInfo_v2@1": "ERROR_GPU_IS_LOST" } });
    now_says(&scene, &lost, "2");
    let object = wait_for_object(&inventories, "lost", "the loss is told", |object| {
        health(object) == "GpuLost"
    })
    .await;
    assert_eq!(object.status.node_data.gpus.count, 2);
    let shown = node.node().await.unwrap();
    assert_eq!(SimulatedNode::annotation(&shown, "gpu.aios/info"), Some(GPUS));
    agent.wait_until_ready().await;
    for (name, number) in [("expected", 2), ("seen", 1)] {
        let gpus: u64 = agent.metric(&format!("aios_inventory_gpus_{name}"), &[]).await;
        assert_eq!(gpus, number, "{name}");
    }
}
