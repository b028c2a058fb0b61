//! A cluster that is scraped: two nodes in order, one with troubles and one with a hostile name for its
//! GPU, the controller, and Prometheus.

use inventory_common::resource::ConditionStatus::True;
use inventory_common::resource::OnboardingConditionType::InSync;
use serde_json::json;
use tempfile::TempDir;
use test_kubernetes::{SimulatedNode, wait};
use tokio::sync::OnceCell;

pub use crate::cluster::{Cluster, agent, aggregator, changed};
use crate::host::{Host, MORE_GPUS, USUAL};
use crate::process::Process;
use crate::prometheus::Prometheus;
use crate::scene::{PATIENCE, Scene};
pub(crate) use crate::suite::cases;

/// A model that means harm.
pub const HOSTILE: &str = "<script>alert(\"x\")</script>\\ } 1\u{1b}[31m{a=\"b\"}";

/// A port whose speed is unknown, a disk whose size is, and a GPU whose memory is.
const TROUBLED: &str = "\
sys/class/net/eth0/speed = -1
sys/block/sda/size = x
sys/bus/pci/devices/0000:0c:00.0/mem_info_vram_total = x
";

/// The nodes.
const NODES: [&str; 4] = ["hostile", "larger", "troubled", "usual"];

#[derive(Default)]
pub struct Environment {
    watched: OnceCell<Watched>,
}

impl Environment {
    /// The cluster that the tests share.
    pub async fn watched(&self) -> &Watched {
        self.watched.get_or_init(Watched::start).await
    }
}

/// A cluster, its agents and controller, and Prometheus.
pub struct Watched {
    pub prometheus: Prometheus,
    /// Where each process tells its metrics: the agents', and the controller's last.
    pub addresses: Vec<String>,
    _processes: Vec<Process>,
    _hosts: Vec<Host>,
    _nodes: Vec<SimulatedNode>,
    _folder: TempDir,
    _scene: Scene,
}

impl Watched {
    async fn start() -> Self {
        let scene = Scene::start().await;
        scene.onboard(json!({})).await;
        let (mut hosts, mut nodes, mut processes) = (Vec::new(), Vec::new(), Vec::new());
        for name in NODES {
            let node = SimulatedNode::new(&scene.cluster.plane, &scene.cluster.chart, name).await;
            let host = Host::new(&[USUAL, if name == "larger" { MORE_GPUS } else { "" }]);
            if name == "hostile" {
                let file = "sys/bus/pci/devices/0000:0c:00.0/product_name";
                std::fs::write(host.root().join(file), HOSTILE).unwrap();
            }
            let mut command = agent();
            command.args(["--node-name", name, "--listen", "127.0.0.1:0", "--interval", "1"]);
            command.args(["--log-format", "json", "--root"]).arg(host.root());
            command.arg("--kubeconfig").arg(node.kubeconfig_file());
            processes.push(Process::start(&mut command, &node.folder().join("agent.log")));
            hosts.push(host);
            nodes.push(node);
        }
        processes.push(scene.controller().await);
        let mut addresses = Vec::new();
        for process in &processes {
            let address = async || process.address("address");
            addresses.push(wait::until("it listens", PATIENCE, address).await.0);
        }
        let folder = tempfile::tempdir().unwrap();
        let job = json!([{
            "job_name": "aios-inventory", "static_configs": [{ "targets": addresses }],
        }]);
        let prometheus = Prometheus::start(folder.path(), &job).await;
        scene.until_condition(InSync, True, "Equal").await;
        // From now on one of them has troubles.
        hosts[2].become_(&[USUAL, TROUBLED]);
        prometheus.until_found("aios_inventory_cluster_nodes{state=\"partial\"} == 1").await;
        prometheus.until_found("aios_inventory_cluster_nodes{state=\"whole\"} == 3").await;
        Self {
            prometheus,
            addresses,
            _processes: processes,
            _hosts: hosts,
            _nodes: nodes,
            _folder: folder,
            _scene: scene,
        }
    }

    /// What a process tells a scraper that accepts this.
    pub async fn metrics(&self, address: &str, accept: &str) -> String {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(format!("http://{address}/metrics")).header("accept", accept);
        request.send().await.unwrap().text().await.unwrap()
    }
}
