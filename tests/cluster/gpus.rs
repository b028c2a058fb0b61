//! GPUs by RuntimeClass, with the stand-in of NVML.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use inventory_common::resource::ConditionStatus::{False, True};
use inventory_common::resource::ConditionType::Complete;
use inventory_common::resource::NodeInventory;
use inventory_common::resource::OnboardingConditionType::Covered;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::node::v1::RuntimeClass;
use kube::Client;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};
use test_kubernetes::wait;

use crate::environment::{Cluster, Environment, PATIENCE, cases, folder};
use crate::fake;
use crate::processes::Process;

cases![
    the_runtime_brings_gpus_which_go_away_and_come_back,
    the_library_goes_away_and_comes_back,
    what_a_pod_may_not_open_it_may_where_it_is_privileged,
    without_the_label_the_node_has_an_agent_as_all_others,
];

/// Where the runtime brings what the stand-in reads, and where the chart does.
const BY_RUNTIME: &str = "/opt/nvml";
const BY_CHART: &str = "/opt/nvidia";

/// What the stand-in tells: two GPUs, where it can open its device.
fn gpus_below(folder: &str) -> String {
    let gpus = json!([{ "pci": "0000:65:00.0" }, { "pci": "0000:66:00.0" }]);
    json!({ "device": format!("{folder}/device"), "gpus": gpus }).to_string()
}

fn nvml() -> PathBuf {
    folder().join("nvml")
}

/// The numbers of /dev/null, which every container may open.
const OPEN: [&str; 2] = ["1", "3"];

/// Those of a device that no container may open unless it is privileged, as it is with NVIDIA's.
fn shut() -> [String; 2] {
    let text = std::fs::read_to_string("/proc/misc").unwrap();
    let mut devices = text.lines().filter_map(|line| line.trim().split_once(' '));
    let found = devices.find(|(_, name)| ["loop-control", "fuse"].contains(name));
    ["10".to_owned(), found.expect("loop-control or fuse").0.to_owned()]
}

/// What the stand-in opens, as the real library opens /dev/nvidiactl.
fn make_device([major, minor]: [&str; 2]) {
    let device = nvml().join("device");
    let _absent = std::fs::remove_file(&device);
    must("mknod", &["--mode=666", device.to_str().unwrap(), "c", major, minor]);
}

/// The library that the runtime mounts into the agent's container.
fn library() -> PathBuf {
    nvml().join("libnvidia-ml.so.1")
}

/// Runs a program of this machine, which must succeed.
fn must(program: &str, args: &[&str]) {
    let status = Command::new(program).args(args).status().unwrap();
    assert!(status.success(), "{program} {args:?}: {status}");
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

impl Cluster {
    /// Gives the node two GPUs by the runtime, and waits until they are known.
    async fn with_gpus(&self) {
        std::fs::copy(fake::library(), library()).unwrap();
        std::fs::write(nvml().join("gpus.json"), gpus_below(BY_RUNTIME)).unwrap();
        make_device(OPEN);
        let class = json!({
            "apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass",
            "metadata": { "name": "nvidia" }, "handler": "nvidia",
        });
        let params = PatchParams::apply("test").force();
        runtime_classes(&self.admin).patch("nvidia", &params, &Patch::Apply(class)).await.unwrap();
        label(&self.admin, &self.node, Some("true")).await;
        self.until("two GPUs are there", |inventory| gpus(inventory) == 2 && is_whole(inventory))
            .await;
        self.is_right().await;
        assert_ne!(self.entry().unwrap()["gpus"]["memory"], 0);
    }

    /// Waits until the node's inventory is so.
    async fn until(&self, what: &str, is_so: impl Fn(&NodeInventory) -> bool) {
        wait::until(what, PATIENCE, async || self.inventory().await.filter(&is_so)).await;
    }

    /// The inventory is partial, for a reason that the onboarding tells, and AIOS keeps what was known.
    async fn is_partial_for(&self, reason: &str, known: &Value) {
        self.until("the inventory is partial", |inventory| !is_whole(inventory)).await;
        wait::until("the onboarding says why", PATIENCE, async || {
            let status = self.onboardings().get("cluster").await.ok()?.status?;
            let covered = status.condition(Covered)?;
            (covered.status == False && covered.message.contains(reason)).then_some(())
        })
        .await;
        self.is_quiet().await;
        assert_eq!(
            self.entry().as_ref(),
            Some(known),
            "an unknown figure took a known one's place"
        );
    }

    /// The inventory is whole again, and all as it was.
    async fn is_whole_as(&self, known: &Value) {
        self.until("the inventory is whole", is_whole).await;
        self.is_right().await;
        assert_eq!(self.entry().as_ref(), Some(known));
    }
}

fn gpus(inventory: &NodeInventory) -> u64 {
    inventory.status.node_data.gpus.count
}

fn is_whole(inventory: &NodeInventory) -> bool {
    inventory.status.condition(Complete).is_some_and(|complete| complete.status == True)
}

async fn the_runtime_brings_gpus_which_go_away_and_come_back(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    cluster.with_gpus().await;
    let known = cluster.entry().unwrap();

    std::fs::remove_file(nvml().join("device")).unwrap();
    std::fs::write(sign(), "").unwrap();
    cluster.is_partial_for("no-device-nodes, the driver holds the GPU", &known).await;

    make_device(OPEN);
    std::fs::remove_file(sign()).unwrap();
    cluster.is_whole_as(&known).await;
}

async fn the_library_goes_away_and_comes_back(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    cluster.with_gpus().await;
    let known = cluster.entry().unwrap();

    // The runtime has mounted this very file: there is nothing of it left to load.
    std::fs::write(library(), "").unwrap();
    std::fs::write(sign(), "").unwrap();
    cluster.is_partial_for("library-missing", &known).await;

    std::fs::copy(fake::library(), library()).unwrap();
    std::fs::remove_file(sign()).unwrap();
    cluster.is_whole_as(&known).await;
}

async fn what_a_pod_may_not_open_it_may_where_it_is_privileged(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    cluster.with_gpus().await;
    let known = cluster.entry().unwrap();

    let [major, minor] = shut();
    make_device([&major, &minor]);
    // A new one, which remembers nothing.
    Process::of("inventory-agent").unwrap().kill();
    cluster.is_partial_for("forbidden", &known).await;

    // As on GKE: no runtime brings anything.
    std::fs::write(nvml().join("gpus.json"), gpus_below(BY_CHART)).unwrap();
    let folder = nvml();
    cluster.release.apply(&json!({ "gpu": { "access": "privileged", "libraryFolder": folder } }));
    cluster.is_whole_as(&known).await;
    cluster.release.apply(&json!({}));
}

async fn without_the_label_the_node_has_an_agent_as_all_others(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    cluster.with_gpus().await;
    take_away(&cluster.admin, &cluster.node).await;
    cluster.until("there are no GPUs", |inventory| gpus(inventory) == 0).await;
    cluster.is_right().await;
}
