//! A control plane with the chart in it, nodes that report, and the aggregator run on it.

use std::path::{Path, PathBuf};
use std::process::Command;

use inventory_common::resource::NodeInventory;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_kubernetes::chart::Chart;
use test_kubernetes::{ControlPlane, SimulatedNode};
use tokio::sync::OnceCell;

use crate::run::{self, Run};
pub(crate) use crate::suite::cases;

/// The values of the chart.
pub const VALUES: [&str; 2] =
    ["image.repository=example.test/aios-inventory", "aggregator.joinCommandSecret=join"];

/// The label by which the tests that share a cluster tell their nodes apart.
const TEST: &str = "test";

/// What fakes kubectl: it says its version.
const KUBECTL: &str = "#!/bin/sh
[ \"$*\" = 'version --client --output json' ] || exit 1
echo '{\"clientVersion\":{\"gitVersion\":\"v1.34.2\"},\"kustomizeVersion\":\"v5\"}'
";

#[derive(Default)]
pub struct Environment {
    shared: OnceCell<Cluster>,
}

impl Environment {
    /// The cluster that the tests share.
    pub async fn cluster(&self) -> &Cluster {
        self.shared.get_or_init(Cluster::start).await
    }
}

/// A control plane with the chart installed.
pub struct Cluster {
    pub plane: ControlPlane,
    pub chart: Chart,
    pub admin: Client,
    pub kubeconfig: PathBuf,
    folder: TempDir,
}

impl Cluster {
    pub async fn start() -> Self {
        let chart = Chart::render(&VALUES);
        let plane = ControlPlane::start().await;
        let admin = plane.admin().await;
        chart.install(&admin).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("p.yaml"), "id: c\nregionId: r\n").unwrap();
        Self { kubeconfig: plane.admin_kubeconfig(), plane, chart, admin, folder }
    }

    /// A Node with its agent's pod, ready, and nothing reported yet.
    pub async fn silent_node(&self, test: &str, name: &str) -> SimulatedNode {
        let node = SimulatedNode::new(&self.plane, &self.chart, name).await;
        self.label(name, &json!({ TEST: test, "nodeID": name })).await;
        node
    }

    /// The same with its inventory.
    pub async fn node(&self, test: &str, name: &str) -> SimulatedNode {
        let node = self.silent_node(test, name).await;
        self.report(&inventory(name)).await;
        node
    }

    /// A folder for the tests' files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Changes labels of a Node.
    pub async fn label(&self, name: &str, labels: &Value) {
        let patch = Patch::Merge(json!({ "metadata": { "labels": labels } }));
        let api: Api<k8s_openapi::api::core::v1::Node> = Api::all(self.admin.clone());
        api.patch(name, &PatchParams::default(), &patch).await.unwrap();
    }

    /// Writes an inventory.
    pub async fn report(&self, object: &NodeInventory) {
        let api: Api<NodeInventory> = Api::all(self.admin.clone());
        let params = PatchParams::apply("inventory-agent").force();
        api.patch(&object.name_any(), &params, &Patch::Apply(object)).await.unwrap();
    }

    /// Makes any object.
    pub async fn create<K>(&self, api: Api<K>, object: Value)
    where
        K: Clone + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
    {
        let object: K = serde_json::from_value(object).unwrap();
        api.create(&PostParams::default(), &object).await.unwrap();
    }

    /// `document` of all of the cluster, as its administrator.
    pub fn document(&self, args: &[&str]) -> Run {
        Run::of(self.command(&self.kubeconfig).args(args))
    }

    /// `document` of one test's nodes.
    pub fn document_of(&self, test: &str, args: &[&str]) -> Run {
        let selector = format!("{TEST}={test}");
        self.document(&[&["--node-selector", &selector], args].concat())
    }

    /// `report` of all of the cluster, as its administrator, to standard output.
    pub fn page(&self, args: &[&str]) -> Run {
        let mut command = aggregator();
        command.current_dir(self.folder.path()).env("PATH", self.folder.path());
        command.args(["report", "--output", "-", "--kubeconfig"]).arg(&self.kubeconfig);
        Run::of(command.args(args))
    }

    /// `document`, about to be run in a folder with a short profile `p.yaml`, where no kubectl is.
    pub fn command(&self, kubeconfig: &Path) -> Command {
        let mut command = aggregator();
        command.current_dir(self.folder.path()).env("PATH", self.folder.path());
        command.env("INVENTORY_PROFILE", "p.yaml");
        command.args(["document", "--kubeconfig"]).arg(kubeconfig);
        command
    }

    /// A folder with a kubectl in it.
    pub fn kubectl(&self) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let folder = self.folder.path().join("bin");
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("kubectl");
        std::fs::write(&file, KUBECTL).unwrap();
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    /// Writes another profile.
    pub fn profile(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }
}

/// The aggregator.
pub fn aggregator() -> Command {
    run::command(env!("CARGO_BIN_EXE_inventory-aggregator"))
}

/// The agent, which stands beside the aggregator once it was built.
pub fn agent() -> Command {
    let binary = aggregator().get_program().to_owned();
    let agent = Path::new(&binary).with_file_name("inventory-agent");
    assert!(agent.exists(), "'{}' is not built: cargo build -p inventory-agent", agent.display());
    run::command(agent.to_str().unwrap())
}

/// The inventory that an agent writes of a node of which all is known.
pub fn inventory(name: &str) -> NodeInventory {
    changed(name, |_| ())
}

/// The same with its status changed.
pub fn changed(name: &str, change: impl FnOnce(&mut Value)) -> NodeInventory {
    let condition = |kind: &str, status: &str| {
        json!({
            "type": kind, "status": status, "reason": "Said", "message": "said by a test",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        })
    };
    let mut status = json!({
        "nodeData": {
            "id": name,
            "gpus": {
                "count": 1, "memory": 81559, "gpus": [{ "modelName": "H100", "memory": 81559 }],
                "features": ["fp16"], "modelNames": ["H100"],
            },
            "vcpus": { "count": 32 }, "memory": 65536, "swap": 0,
            "storage": { "disks": 1, "size": 524_288 },
            "network": { "interfaces": 1, "txBandwidth": 10000, "rxBandwidth": 10000 },
        },
        "devices": {
            "gpus": [{ "count": 1, "names": ["0000:01:00.0"], "model": "H100", "memoryMib": 81559 }],
            "disks": [{ "count": 1, "names": ["sda"], "sizeBytes": 549_755_813_888_u64 }],
            "ports": [{ "count": 1, "names": ["eth0"], "speedMbps": 10000 }],
        },
        "conditions": [
            condition("Complete", "True"), condition("GPUsHealthy", "True"),
            condition("SpeedsKnown", "True"), condition("MatchesKubelet", "True"),
            condition("Contested", "False"),
        ],
    });
    change(&mut status);
    serde_json::from_value(json!({
        "apiVersion": "inventory.aios/v1alpha1", "kind": "NodeInventory",
        "metadata": { "name": name }, "status": status,
    }))
    .unwrap()
}

/// Standard error's lines without those notes that every run here makes.
pub fn lines(run: &Run) -> Vec<&str> {
    let is_usual = |line: &str| line.starts_with("note: clusterMetadata.additionalInfo.");
    run.stderr.lines().filter(|line| !is_usual(line)).collect()
}

/// Standard error has a line for each of these, which begins so.
pub fn says(run: &Run, starts: &[&str]) {
    let lines = lines(run);
    assert_eq!(lines.len(), starts.len(), "{}", run.stderr);
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{start}: {line}");
    }
}
