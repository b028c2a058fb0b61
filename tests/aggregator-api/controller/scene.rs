//! A cluster with its controller, and AIOS.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fake_aios::{FakeAios, Options, Route, Service};
use inventory_common::resource::{
    ClusterOnboarding, ConditionStatus, NodeInventory, OnboardingConditionType,
};
use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};
use test_kubernetes::{account, control_plane, wait};

use super::process::Process;
use crate::environment::{Cluster, aggregator, changed};

/// How long anything may take on a machine that is busy.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The cluster's id.
pub const ID: &str = "c";

/// How the controller is run: quick to look, and to take a Node that is gone for gone.
const QUICK: [&str; 6] = ["--compare-every", "2", "--settle", "0.2", "--remove-after", "5"];

/// Where its page is served; at any port unless a test says which.
pub const CLUSTER_LISTEN: &str = "--cluster-listen";

/// The account that the chart gives the aggregator.
const COMPONENT: &str = "aggregator";

/// A cluster with AIOS beside it.
pub struct Scene {
    pub cluster: Cluster,
    pub aios: Arc<FakeAios>,
    replicas: AtomicU32,
}

impl Scene {
    /// A cluster that nobody onboards yet.
    pub async fn start() -> Self {
        let cluster = Cluster::start().await;
        let aios = Arc::new(FakeAios::start(&Options::default()).unwrap());
        Self { cluster, aios, replicas: AtomicU32::new(0) }
    }

    /// The same with these nodes, all known, and a person who wants them onboarded.
    pub async fn with_nodes(names: &[&str]) -> Self {
        let scene = Self::start().await;
        for name in names {
            scene.join(name, 65_536).await;
        }
        scene.onboard(json!({})).await;
        scene
    }

    /// A node joins, with so much memory.
    pub async fn join(&self, name: &str, memory_mib: u64) {
        self.cluster.silent_node("all", name).await;
        self.report(name, memory_mib).await;
    }

    /// A node's agent reports so much memory.
    pub async fn report(&self, name: &str, memory_mib: u64) {
        let change = |status: &mut Value| status["nodeData"]["memory"] = memory_mib.into();
        self.cluster.report(&changed(name, change)).await;
    }

    /// A node's agent reports that it could not read its memory, which has no figure then.
    pub async fn report_without_memory(&self, name: &str) {
        let change = |status: &mut Value| {
            status["nodeData"]["memory"] = 0.into();
            status["unknowns"] = json!(["memory"]);
            status["conditions"][0]["status"] = "False".into();
            status["conditions"][0]["reason"] = "NotReadable".into();
            status["conditions"][0]["message"] = "memory is failed: proc/meminfo".into();
        };
        self.cluster.report(&changed(name, change)).await;
    }

    /// A Node is deleted, and with it its inventory.
    pub async fn leave(&self, name: &str) {
        let nodes: Api<Node> = Api::all(self.cluster.admin.clone());
        nodes.delete(name, &DeleteParams::default()).await.unwrap();
        let inventories: Api<NodeInventory> = Api::all(self.cluster.admin.clone());
        inventories.delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// Whether a Node takes pods.
    pub async fn cordon(&self, name: &str, is_cordoned: bool) {
        let patch = Patch::Merge(json!({ "spec": { "unschedulable": is_cordoned } }));
        let nodes: Api<Node> = Api::all(self.cluster.admin.clone());
        nodes.patch(name, &PatchParams::default(), &patch).await.unwrap();
    }

    /// A person says what they want; `more` goes over what they say usually.
    pub async fn onboard(&self, more: Value) {
        let mut spec = json!({
            "id": ID, "regionId": "r", "submit": "WhenComplete", "tags": ["ours"],
            "parser": self.aios.url(Service::Parser), "gateway": self.aios.url(Service::Gateway),
        });
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let object = json!({
            "apiVersion": "inventory.aios/v1alpha1", "kind": "ClusterOnboarding",
            "metadata": { "name": "cluster" }, "spec": spec,
        });
        let params = PatchParams::apply("kubectl").force();
        self.onboardings().patch("cluster", &params, &Patch::Apply(object)).await.unwrap();
    }

    /// A person takes back what they said.
    pub async fn withdraw(&self) {
        self.onboardings().delete("cluster", &DeleteParams::default()).await.unwrap();
    }

    /// Onboardings.
    pub fn onboardings(&self) -> Api<ClusterOnboarding> {
        Api::all(self.cluster.admin.clone())
    }

    /// Starts the controller with the rights that the chart gives it, and waits until it listens.
    pub async fn controller(&self) -> Process {
        self.controller_of("trace", &QUICK).await
    }

    /// The same with a log that says so much.
    pub async fn controller_at(&self, level: &str) -> Process {
        self.controller_of(level, &QUICK).await
    }

    /// The same with these flags instead.
    pub async fn controller_with(&self, flags: &[&str]) -> Process {
        self.controller_of("trace", flags).await
    }

    async fn controller_of(&self, level: &str, flags: &[&str]) -> Process {
        let number = self.replicas.fetch_add(1, Ordering::Relaxed);
        let name = format!("replica-{number}");
        let kubeconfig = self.kubeconfig(&name, &self.cluster.plane.url()).await;
        let folder = self.cluster.folder();
        let mut command = aggregator();
        command.args(["run", "--log-level", level, "--log-format", "json"]).args(flags);
        command.args(["--identity", &name, "--kubeconfig"]).arg(kubeconfig);
        command.args(["--listen", "127.0.0.1:0"]);
        if !flags.contains(&CLUSTER_LISTEN) {
            command.args([CLUSTER_LISTEN, "127.0.0.1:0"]);
        }
        let mut process = Process::start(&mut command, &folder.join(format!("{name}.log")));
        let listens = async || {
            process.must_run();
            process.address("address")
        };
        wait::until("the controller listens", PATIENCE, listens).await;
        process
    }

    /// The kubeconfig of a controller that asks the API server at this address.
    pub async fn kubeconfig(&self, name: &str, url: &str) -> PathBuf {
        let (plane, folder) = (&self.cluster.plane, self.cluster.folder());
        self.renew_token(name).await.unwrap();
        let token = folder.join(format!("{name}.token"));
        let file = folder.join(format!("{name}.kubeconfig"));
        control_plane::write_kubeconfig(
            &plane.kubeconfig(url, &json!({ "tokenFile": token })),
            &file,
        );
        file
    }

    /// Puts a new token of a controller in the place of the old one, as kubelet does.
    pub async fn renew_token(&self, name: &str) -> kube::Result<()> {
        let Cluster { chart, admin, .. } = &self.cluster;
        let account = chart.account(COMPONENT);
        let token = account::try_token(admin.clone(), &chart.namespace, &account, None).await?;
        let file = self.cluster.folder().join(format!("{name}.token"));
        std::fs::write(file.with_extension("new"), token).unwrap();
        std::fs::rename(file.with_extension("new"), file).unwrap();
        Ok(())
    }

    /// AIOS's copy; absent where it has none.
    pub fn stored(&self) -> Option<Value> {
        self.aios.stored(ID)
    }

    /// The ids of the nodes that AIOS has, in its order.
    pub fn ids(&self) -> Vec<String> {
        let stored = self.stored().unwrap_or_default();
        let entries = stored["nodes"]["nodeData"].as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["id"].as_str().unwrap_or("?").to_owned()).collect()
    }

    /// What AIOS has of a node.
    pub fn entry(&self, id: &str) -> Option<Value> {
        let stored = self.stored()?;
        stored["nodes"]["nodeData"].as_array()?.iter().find(|entry| entry["id"] == id).cloned()
    }

    /// Waits until AIOS's copy looks so.
    pub async fn until(&self, what: &str, looks_so: impl Fn(&Self) -> bool) {
        let look = async || looks_so(self).then_some(());
        wait::until(what, PATIENCE, look).await;
    }

    /// Waits until AIOS's copy has these nodes, with this memory altogether and a count that fits.
    pub async fn until_nodes(&self, ids: &[&str], memory_mib: u64) {
        let what = format!("AIOS has {ids:?} with {memory_mib} MiB");
        let look = async || {
            let stored = self.stored()?;
            let has = self.ids() == ids && stored["memory"] == memory_mib;
            (has && stored["nodes"]["count"] == ids.len()).then_some(())
        };
        wait::until(&what, PATIENCE, look).await;
    }

    /// The onboarding as it is now.
    pub async fn onboarding(&self) -> ClusterOnboarding {
        self.onboardings().get("cluster").await.unwrap()
    }

    /// Waits until a condition has this status and reason, and answers with its message.
    pub async fn until_condition(
        &self,
        kind: OnboardingConditionType,
        status: ConditionStatus,
        reason: &str,
    ) -> String {
        let what = format!("{} is {}: {reason}", kind.as_str(), status.as_str());
        let look = async || {
            let onboarding = self.onboarding().await;
            let condition = onboarding.status?.condition(kind)?.clone();
            (condition.status == status && condition.reason == reason).then_some(condition.message)
        };
        wait::until(&what, PATIENCE, look).await.0
    }

    /// What the controller answers at this path of the listener that its log names by `key`: the
    /// status and the text. Absent while it does not answer.
    pub async fn get(controller: &Process, key: &str, path: &str) -> Option<(u16, String)> {
        let url = format!("http://{}/{path}", controller.address(key)?);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(url).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// How often AIOS was asked to create a cluster.
    pub fn creations(&self) -> usize {
        self.aios.count(Service::Parser, Route::Create)
    }

    /// How often AIOS's copy was changed through the gateway.
    pub fn updates(&self) -> usize {
        self.aios.count(Service::Gateway, Route::Update)
    }
}
