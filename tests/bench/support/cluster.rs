//! A cluster of thousands of nodes with eight GPUs each, and AIOS beside it.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::process;
use fake_aios::{FakeAios, Options, Route, Service};
use futures_util::StreamExt;
use inventory_common::resource::{ClusterOnboarding, NodeInventory};
use k8s_openapi::api::authentication::v1::BoundObjectReference;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use kube::{Client, Error, ResourceExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_kubernetes::audit::Request;
use test_kubernetes::chart::{Chart, kind};
use test_kubernetes::{ControlPlane, SimulatedNode, account, control_plane, wait};
use tokio::sync::Mutex;

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_mins(20);

/// The cluster's id.
pub const ID: &str = "c";

/// So many requests at once.
const AT_ONCE: usize = 32;

/// The chart's account of the controller.
const COMPONENT: &str = "aggregator";

/// How long a request that failed is waited with before it is made again.
const AGAIN: Duration = Duration::from_millis(200);

/// The cluster and AIOS.
pub struct Cluster {
    /// The stand-in for AIOS.
    pub aios: FakeAios,
    plane: Mutex<ControlPlane>,
    chart: Chart,
    admin: Client,
    agent: Value,
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
        let (agent, plane) = (agent(&chart), Mutex::new(plane));
        let cluster = Self { aios, plane, chart, admin, agent, folder };
        let joins = (0..nodes).map(|number| cluster.join(number));
        futures_util::stream::iter(joins).buffer_unordered(AT_ONCE).count().await;
        cluster
    }

    /// A folder that lasts as long.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the controller asked of the API server so far.
    pub async fn requests(&self) -> Vec<Request> {
        self.requests_of(&self.chart.account(COMPONENT)).await
    }

    /// What all agents asked of it so far.
    pub async fn requests_of_agents(&self) -> Vec<Request> {
        self.requests_of(&self.chart.service_account).await
    }

    async fn requests_of(&self, account: &str) -> Vec<Request> {
        let account = format!(":{account}");
        let requests = self.plane.lock().await.requests().into_iter();
        requests.filter(|request| request.user_name().ends_with(&account)).collect()
    }

    /// How much of its database etcd uses.
    pub async fn etcd_bytes(&self) -> f64 {
        let url = self.plane.lock().await.etcd_url() + "/metrics";
        let text = reqwest::get(url).await.expect("etcd answers").text().await.expect("all of it");
        let name = "etcd_mvcc_db_total_size_in_use_in_bytes ";
        let value = text.lines().find_map(|line| line.strip_prefix(name)).expect("a size");
        value.parse().expect("a number")
    }

    /// How much memory the API server has, in MiB.
    pub async fn api_server_mib(&self) -> f64 {
        let id = self.plane.lock().await.api_server_id().expect("it runs");
        process::memory_mib(id, "VmRSS:")
    }

    /// How large a node's inventory is in etcd, which keeps such objects as JSON.
    pub async fn inventory_bytes(&self, number: usize) -> f64 {
        let url = format!("/apis/inventory.aios/v1alpha1/nodeinventories/{}", name(number));
        let request = http::Request::get(url).body(Vec::new()).expect("a request");
        self.admin.request_text(request).await.expect("an inventory").len() as f64
    }

    /// The API server is away for so long.
    pub async fn lose_api_server(&self, time: Duration) {
        let mut plane = self.plane.lock().await;
        plane.stop_api_server();
        tokio::time::sleep(time).await;
        plane.start_api_server().await;
    }

    /// A node for an agent that really runs.
    pub async fn node(&self, name: &str) -> SimulatedNode {
        SimulatedNode::new(&*self.plane.lock().await, &self.chart, name).await
    }

    /// A kubeconfig with the rights that the chart gives the controller.
    pub async fn kubeconfig(&self) -> PathBuf {
        self.renew_token().await;
        let user = json!({ "tokenFile": self.token_file() });
        let plane = self.plane.lock().await;
        let file = self.folder().join("kubeconfig");
        control_plane::write_kubeconfig(&plane.kubeconfig(&plane.url(), &user), &file);
        file
    }

    /// A new token for the controller, in the place of the old one.
    pub async fn renew_token(&self) {
        let account = self.chart.account(COMPONENT);
        let token = account::token(self.admin.clone(), &self.chart.namespace, &account, None).await;
        let new = self.folder().join("token.new");
        std::fs::write(&new, token).expect("a file");
        std::fs::rename(new, self.token_file()).expect("a file");
    }

    fn token_file(&self) -> PathBuf {
        self.folder().join("token")
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
        insist(async || onboardings.patch(ClusterOnboarding::NAME, &params, &patch).await).await;
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

    /// A node joins, with its agent's pod and inventory.
    pub async fn join(&self, number: usize) {
        let (name, uid) = (name(number), self.register(number).await);
        let owner = json!([{ "apiVersion": "v1", "kind": "Node", "name": name, "uid": uid }]);
        self.report(number, 0, &owner).await;
        self.start_agent(&name).await;
    }

    /// A node joins of which nothing is reported yet: a kubeconfig for its agent, as its pod has it.
    pub async fn admit(&self, number: usize) -> PathBuf {
        let name = name(number);
        let nodes: Api<Node> = Api::all(self.admin.clone());
        self.apply(&nodes, &name, node(&name, number)).await;
        self.start_agent(&name).await;
        let bound = BoundObjectReference {
            api_version: Some("v1".to_owned()),
            kind: Some("Pod".to_owned()),
            name: Some(pod(&name)),
            uid: None,
        };
        let (admin, chart) = (self.admin.clone(), &self.chart);
        let account = &chart.service_account;
        let token = account::long_token(admin, &chart.namespace, account, Some(bound)).await;
        let plane = self.plane.lock().await;
        let kubeconfig = plane.kubeconfig(&plane.url(), &json!({ "token": token }));
        let file = self.folder().join(name);
        control_plane::write_kubeconfig(&kubeconfig, &file);
        file
    }

    /// A Node as an agent has left it, and its UID.
    async fn register(&self, number: usize) -> Option<String> {
        let mut node = node(&name(number), number);
        node["metadata"]["labels"]["nodeID"] = name(number).into();
        node["metadata"]["annotations"] = json!({ "gpu.aios/info": gpus().to_string() });
        self.apply(&Api::<Node>::all(self.admin.clone()), &name(number), node).await.uid()
    }

    /// A node leaves, with its agent's pod and inventory.
    pub async fn leave(&self, number: usize) {
        let (name, now) = (name(number), DeleteParams::default().grace_period(0));
        let pods = self.pods();
        let pod = pod(&name);
        gone(async || pods.delete(&pod, &now).await.map(drop)).await;
        let nodes: Api<Node> = Api::all(self.admin.clone());
        gone(async || nodes.delete(&name, &now).await.map(drop)).await;
        let inventories: Api<NodeInventory> = Api::all(self.admin.clone());
        gone(async || inventories.delete(&name, &now).await.map(drop)).await;
    }

    async fn start_agent(&self, node: &str) {
        let (name, mut object) = (pod(node), self.agent.clone());
        object["apiVersion"] = "v1".into();
        object["kind"] = "Pod".into();
        object["metadata"]["name"] = name.as_str().into();
        object["spec"]["nodeName"] = node.into();
        let pods = self.pods();
        self.apply(&pods, &name, object).await;
        let status = json!({ "status": {
            "phase": "Running", "conditions": [{ "type": "Ready", "status": "True" }],
        }});
        let (params, patch) = (PatchParams::default(), Patch::Strategic(status));
        insist(async || pods.patch_status(&name, &params, &patch).await).await;
    }

    fn pods(&self) -> Api<Pod> {
        Api::namespaced(self.admin.clone(), &self.chart.namespace)
    }

    /// What the agent writes of the node in its `round`th state.
    pub async fn report(&self, number: usize, round: u64, owner: &Value) {
        let name = name(number);
        let object = json!({
            "apiVersion": "inventory.aios/v1alpha1", "kind": "NodeInventory",
            "metadata": { "name": name, "ownerReferences": owner },
            "status": status(&name, round),
        });
        self.apply(&Api::<NodeInventory>::all(self.admin.clone()), &name, object).await;
    }

    async fn apply<K>(&self, api: &Api<K>, name: &str, object: Value) -> K
    where
        K: Clone + std::fmt::Debug + serde::de::DeserializeOwned,
    {
        let (params, patch) = (PatchParams::apply("inventory-agent").force(), Patch::Apply(object));
        insist(async || api.patch(name, &params, &patch).await).await
    }
}

/// Makes a request until it is answered: the API server may be away for a while, and not know its kinds yet.
async fn insist<T>(mut request: impl AsyncFnMut() -> Result<T, Error>) -> T {
    loop {
        match request().await {
            Ok(answer) => return answer,
            Err(Error::Api(status)) if !matches!(status.code, 404 | 429 | 500..) => {
                panic!("it is refused: {status:?}")
            }
            Err(_away) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// The same until the object is gone.
async fn gone(mut delete: impl AsyncFnMut() -> Result<(), Error>) {
    insist(async || match delete().await {
        Err(Error::Api(status)) if status.code == 404 => Ok(()),
        result => result,
    })
    .await;
}

/// The agent's pod as the chart has it, without a node.
fn agent(chart: &Chart) -> Value {
    let set = chart.objects().iter().find(|object| kind(object) == "DaemonSet").expect("an agent");
    let mut pod = set.data["spec"]["template"].clone();
    // The class is not there, and nothing runs.
    pod["spec"].as_object_mut().expect("a pod").remove("runtimeClassName");
    pod
}

/// A Node as kubelet makes it.
fn node(name: &str, number: usize) -> Value {
    json!({ "apiVersion": "v1", "kind": "Node", "metadata": {
        "name": name,
        "labels": {
            "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": name,
            "node.kubernetes.io/instance-type": "gpu.8x",
            "topology.kubernetes.io/zone": format!("zone-{}", number % 3),
        },
    }})
}

/// The name of a node's agent.
fn pod(node: &str) -> String {
    format!("agent-{node}")
}

/// The name of a node.
pub fn name(number: usize) -> String {
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
