//! GPUs by RuntimeClass, with the stand-in of NVML.

use std::path::PathBuf;
use std::sync::Arc;

use inventory_common::resource::ConditionStatus::False;
use inventory_common::resource::OnboardingConditionType::Covered;
use inventory_common::resource::{ConditionType, NodeInventory};
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::node::v1::RuntimeClass;
use kube::Client;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;
use test_kubernetes::wait;

use crate::environment::{Cluster, Environment, PATIENCE, cases, folder};
use crate::fake;
use crate::processes::Process;

cases![the_runtime_brings_gpus_which_go_away_and_come_back];

/// What the stand-in tells: two GPUs, where it can open its device.
const GPUS: &str = r#"{ "device": "/opt/nvml/device", "gpus": [{ "pci": "0000:65:00.0" }, { "pci": "0000:66:00.0" }] }"#;

fn nvml() -> PathBuf {
    folder().join("nvml")
}

/// Any character device does: this has the numbers of /dev/null.
fn make_device() {
    let made = std::process::Command::new("mknod")
        .args(["--mode=666".as_ref(), nvml().join("device").as_os_str()])
        .args(["c", "1", "3"])
        .status();
    assert!(made.unwrap().success());
}

/// A node whose coming and going makes the agent ask at once: as long as nothing cheap changes, it
/// leaves NVML alone for minutes.
fn sign() -> PathBuf {
    Process::of("inventory-agent").unwrap().file("dev/nvidia0")
}

/// Takes away what a run that failed left of GPUs.
pub async fn take_away(admin: &Client, node: &str) {
    // Absent where the run went well.
    let _absent = runtime_classes(admin).delete("nvidia", &DeleteParams::default()).await;
    let _absent = std::fs::remove_file(nvml().join("device"));
    label(admin, node, None).await;
}

fn runtime_classes(admin: &Client) -> Api<RuntimeClass> {
    Api::all(admin.clone())
}

async fn label(admin: &Client, node: &str, value: Option<&str>) {
    let nodes: Api<Node> = Api::all(admin.clone());
    let patch =
        Patch::Merge(json!({ "metadata": { "labels": { "nvidia.com/gpu.present": value } } }));
    nodes.patch(node, &PatchParams::default(), &patch).await.unwrap();
}

/// Waits until the node's inventory is so.
async fn until(cluster: &Cluster, what: &str, is_so: impl Fn(&NodeInventory) -> bool) {
    wait::until(what, PATIENCE, async || cluster.inventory().await.filter(&is_so)).await;
}

async fn the_runtime_brings_gpus_which_go_away_and_come_back(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    std::fs::copy(fake::library(), nvml().join("libnvidia-ml.so.1")).unwrap();
    std::fs::write(nvml().join("gpus.json"), GPUS).unwrap();
    make_device();
    let class = json!({ "metadata": { "name": "nvidia" }, "handler": "nvidia" });
    let class = serde_json::from_value(class).unwrap();
    runtime_classes(&cluster.admin).create(&PostParams::default(), &class).await.unwrap();
    label(&cluster.admin, &cluster.node, Some("true")).await;
    let has_two = |inventory: &NodeInventory| inventory.status.node_data.gpus.count == 2;
    until(cluster, "two GPUs are there", has_two).await;
    cluster.is_right().await;
    let known = cluster.entry().unwrap();
    assert_ne!(known["gpus"]["memory"], 0);

    std::fs::remove_file(nvml().join("device")).unwrap();
    std::fs::write(sign(), "").unwrap();
    let is_partial = |inventory: &NodeInventory| {
        let complete = inventory.status.condition(ConditionType::Complete);
        complete.is_some_and(|complete| complete.status == False)
    };
    until(cluster, "the inventory is partial", is_partial).await;
    let inventory = cluster.inventory().await.unwrap();
    eprintln!("    {:?}", inventory.status.condition(ConditionType::Complete));
    wait::until("the onboarding says so", PATIENCE, async || {
        let status = cluster.onboardings().get("cluster").await.ok()?.status?;
        (!status.is(Covered)).then_some(())
    })
    .await;
    cluster.is_quiet().await;
    assert_eq!(
        cluster.entry().as_ref(),
        Some(&known),
        "an unknown figure took a known one's place"
    );

    make_device();
    std::fs::remove_file(sign()).unwrap();
    until(cluster, "the inventory is whole", |inventory| !is_partial(inventory)).await;
    cluster.is_right().await;
    assert_eq!(cluster.entry(), Some(known));

    take_away(&cluster.admin, &cluster.node).await;
    until(cluster, "there are no GPUs", |inventory| !has_two(inventory)).await;
    cluster.is_right().await;
}
