//! Many agents in one process: what each does with what was read of its host is the real agent's, and only the host is
//! read once for all.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use inventory_agent::daemon::{Cluster, Doubt, Event, Health, Metrics, Reading, channel, keep};
use inventory_agent::host::HostRoot;
use inventory_agent::probe::{Depth, survey};
use inventory_agent::report::desired::Identity;
use inventory_common::{Inventory, Stated};
use tokio::sync::oneshot;
use tokio::task::LocalSet;

/// A host of eight GPUs, ten disks and ten ports.
const HOST: &str = "../docs/examples/gpu-01.tar.gz";

/// How often an agent would read its host.
const INTERVAL: Duration = Duration::from_mins(1);

/// Agents at work; they end with this value.
pub struct Agents {
    healths: Vec<Arc<Health>>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Agents {
    /// Starts one for each of these nodes, all at once: its name, and its kubeconfig.
    pub fn start(nodes: Vec<(String, PathBuf)>) -> Self {
        let host =
            HostRoot::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join(HOST)).expect("a host");
        let survey = survey(&host, None, &Stated::default(), Depth::Figures);
        let inventory = survey.readings.into_inventory(String::new(), &Stated::default());
        let healths: Vec<_> = nodes.iter().map(|_| Arc::new(Health::new(false))).collect();
        let agents: Vec<_> = nodes.into_iter().zip(healths.clone()).collect();
        let (end, ended) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let all = LocalSet::new();
            for ((name, kubeconfig), health) in agents {
                all.spawn_local(agent(name, kubeconfig, health, inventory.clone()));
            }
            // Whoever started them has gone.
            let _gone = all.block_on(&runtime.expect("a runtime"), ended);
        });
        Self { healths, end: Some(end), thread: Some(thread) }
    }

    /// Whether all of them have reported.
    pub fn have_all_reported(&self) -> bool {
        self.healths.iter().all(|health| health.not_ready().is_empty())
    }
}

impl Drop for Agents {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("no agent panics");
        }
    }
}

async fn agent(name: String, kubeconfig: PathBuf, health: Arc<Health>, mut inventory: Inventory) {
    let cluster = Cluster::connect(Some(&kubeconfig), None, &name).await.expect("a cluster");
    inventory.node_data.id.clone_from(&name);
    let (events, inbox) = channel();
    let reading =
        Reading { inventory: Arc::new(inventory), durations: Vec::new(), lost_touch: None };
    events.send(Event::Read(Ok(Box::new(reading)))).await.expect("somebody listens");
    let identity = Identity { name, overwrite_node_id: false };
    let metrics = Metrics::new(INTERVAL);
    keep(identity, &cluster, &health, &metrics, Doubt::default(), (events, inbox)).await;
}
