//! A cluster of thousands of nodes with eight GPUs each, and AIOS beside it.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fake_aios::{FakeAios, Options, Route, Service};
use futures_util::StreamExt;
use inventory_common::resource::{ClusterOnboarding, NodeInventory};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_kubernetes::audit::Request;
use test_kubernetes::chart::{Chart, kind};
use test_kubernetes::{ControlPlane, account, control_plane, wait};

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_mins(20);

/// The cluster's id.
const ID: &str = "c";

/// So many requests at once.
const AT_ONCE: usize = 32;

/// The chart's account of the controller.
const COMPONENT: &str = "aggregator";

/// The cluster and AIOS.
pub struct Cluster {
    plane: ControlPlane,
    chart: Chart,
    admin: Client,
    aios: FakeAios,
    folder: TempDir,
}

impl Cluster {
    /// A cluster with this many nodes, all of them reported by agents that are ready.
    pub async fn start(nodes: usize) -> Self {
        let chart = Chart::render(&["image.repository=example.test/aios-inventory"]);
        let plane = ControlPlane::start().await;
        let admin = plane.admin().await;
        chart.install(&admin).await;
        let aios = FakeAios::start(&Options::default()).expect("AIOS");
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = Self { plane, chart, admin, aios, folder };
        let agent = cluster.agent();
        let joins = (0..nodes).map(|number| cluster.join(number, &agent));
        futures_util::stream::iter(joins).buffer_unordered(AT_ONCE).count().await;
        cluster
    }

    /// A folder that lasts as long.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the controller asked of the API server so far.
    pub fn requests(&self) -> Vec<Request> {
        let account = format!(":{}", self.chart.account(COMPONENT));
        let requests = self.plane.requests().into_iter();
        requests.filter(|request| request.user_name().ends_with(&account)).collect()
    }

    /// A kubeconfig with the rights that the chart gives the controller.
    pub async fn kubeconfig(&self) -> PathBuf {
        let account = self.chart.account(COMPONENT);
        let token = account::token(self.admin.clone(), &self.chart.namespace, &account, None).await;
        let kubeconfig = self.plane.kubeconfig(&self.plane.url(), &json!({ "token": token }));
        let file = self.folder().join("kubeconfig");
        control_plane::write_kubeconfig(&kubeconfig, &file);
        file
    }

    /// A person says whether to submit.
    pub async fn onboard(&self, submit: &str) {
        let object = json!({
            "apiVersion": "inventory.aios/v1alpha1", "kind": "ClusterOnboarding",
            "metadata": { "name": ClusterOnboarding::NAME },
            "spec": {
                "id": ID, "regionId": "r", "submit": submit,
                "parser": self.aios.url(Service::Parser),
                "gateway": self.aios.url(Service::Gateway),
            },
        });
        let (params, patch) = (PatchParams::apply("kubectl").force(), Patch::Apply(object));
        let onboardings: Api<ClusterOnboarding> = Api::all(self.admin.clone());
        let patched = onboardings.patch(ClusterOnboarding::NAME, &params, &patch).await;
        patched.expect("the onboarding is written");
    }

    /// Waits until a condition of the onboarding has this reason.
    pub async fn until_said(&self, condition: &str, reason: &str) {
        let onboardings: Api<ClusterOnboarding> = Api::all(self.admin.clone());
        let says = async || {
            let onboarding = onboardings.get(ClusterOnboarding::NAME).await.expect("an answer");
            let conditions = onboarding.status?.conditions;
            let is_it = |kind: &str, said: &str| kind == condition && said == reason;
            conditions.iter().any(|it| is_it(it.kind.as_str(), &it.reason)).then_some(())
        };
        wait::until(reason, PATIENCE, says).await;
    }

    /// A node has more memory than before. To be waited for is that AIOS's copy has it too.
    pub async fn change(&self, number: usize) -> impl Future<Output = ()> {
        let updates = || self.aios.count(Service::Gateway, Route::Update);
        let before = updates();
        self.report(number, 1, &json!([])).await;
        async move {
            let followed = async || (updates() > before).then_some(());
            wait::until("AIOS's copy follows", PATIENCE, followed).await;
        }
    }

    /// The agent's pod as the chart has it, without a node.
    fn agent(&self) -> Value {
        let objects = self.chart.objects().iter();
        let set = objects.clone().find(|object| kind(object) == "DaemonSet").expect("an agent");
        let mut pod = set.data["spec"]["template"].clone();
        // The class is not there, and nothing runs.
        pod["spec"].as_object_mut().expect("a pod").remove("runtimeClassName");
        pod
    }

    /// A node joins, with its agent's pod and inventory.
    async fn join(&self, number: usize, agent: &Value) {
        let name = name(number);
        let node = json!({ "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name, "nodeID": name,
                "node.kubernetes.io/instance-type": "gpu.8x",
                "topology.kubernetes.io/zone": format!("zone-{}", number % 3),
            },
            "annotations": { "gpu.aios/info": gpus().to_string() },
        }});
        let node = serde_json::from_value(node).expect("a Node");
        let nodes: Api<Node> = Api::all(self.admin.clone());
        let node = nodes.create(&PostParams::default(), &node).await.expect("a Node is made");
        let owner = json!([{
            "apiVersion": "v1", "kind": "Node", "name": name, "uid": node.uid(),
        }]);
        self.report(number, 0, &owner).await;
        self.start_agent(&name, agent.clone()).await;
    }

    async fn start_agent(&self, node: &str, mut pod: Value) {
        let name = format!("agent-{node}");
        pod["metadata"]["name"] = name.as_str().into();
        pod["spec"]["nodeName"] = node.into();
        let pods: Api<Pod> = Api::namespaced(self.admin.clone(), &self.chart.namespace);
        let pod = serde_json::from_value(pod).expect("a Pod");
        pods.create(&PostParams::default(), &pod).await.expect("a Pod is made");
        let status = json!({ "status": {
            "phase": "Running", "conditions": [{ "type": "Ready", "status": "True" }],
        }});
        let (params, patch) = (PatchParams::default(), Patch::Strategic(status));
        pods.patch_status(&name, &params, &patch).await.expect("the Pod is ready");
    }

    /// What the agent writes of the node in its `round`th state.
    async fn report(&self, number: usize, round: u64, owner: &Value) {
        let name = name(number);
        let object = json!({
            "apiVersion": "inventory.aios/v1alpha1", "kind": "NodeInventory",
            "metadata": { "name": name, "ownerReferences": owner },
            "status": status(&name, round),
        });
        let params = PatchParams::apply("inventory-agent").force();
        let inventories: Api<NodeInventory> = Api::all(self.admin.clone());
        let written = inventories.patch(&name, &params, &Patch::Apply(object)).await;
        written.expect("the inventory is written");
    }
}

fn name(number: usize) -> String {
    format!("gpu-{number:05}.rack{}.example.com", number / 32)
}

fn gpus() -> Value {
    json!([{ "modelName": "NVIDIA H100 80GB HBM3", "memory": 81_559 }])
        .as_array()
        .map_or(Value::Null, |gpu| gpu.iter().cycle().take(8).cloned().collect())
}

fn status(name: &str, round: u64) -> Value {
    let condition = |kind: &str, status: &str| {
        json!({
            "type": kind, "status": status, "reason": "AllKnown", "message": "",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        })
    };
    let many = |of: &dyn Fn(u32) -> String, count| (0..count).map(of).collect::<Vec<_>>();
    json!({
        "nodeData": {
            "id": name,
            "gpus": {
                "count": 8, "memory": 8 * 81_559, "gpus": gpus(),
                "features": ["fp16", "int8", "tensor_cores", "bf16", "tf32", "fp8", "nvlink"],
                "modelNames": ["NVIDIA H100 80GB HBM3"],
            },
            "vcpus": { "count": 192 }, "memory": 2_063_937 + round, "swap": 0,
            "storage": { "disks": 10, "size": 29_297_664 },
            "network": { "interfaces": 10, "txBandwidth": 3_225_000, "rxBandwidth": 3_225_000 },
        },
        "devices": {
            "gpus": [{
                "count": 8, "names": many(&|n| format!("0000:{:02x}:00.0", 16 * n), 8),
                "model": "NVIDIA H100 80GB HBM3", "memoryMib": 81_559, "health": "ok",
            }],
            "disks": [{
                "count": 10, "names": many(&|n| format!("nvme{n}n1"), 10),
                "sizeBytes": 3_072_060_000_000_u64,
            }],
            "ports": [
                { "count": 8, "names": many(&|n| format!("mlx5_{n}/1"), 8), "speedMbps": 400_000 },
                { "count": 2, "names": ["eno1", "eno2"], "speedMbps": 12_500 },
            ],
        },
        "notCounted": [{ "device": "disk", "rule": "virtual", "count": 8 }],
        "conditions": [
            condition("Complete", "True"), condition("GPUsHealthy", "True"),
            condition("SpeedsKnown", "True"), condition("MatchesKubelet", "True"),
            condition("Contested", "False"),
        ],
    })
}
