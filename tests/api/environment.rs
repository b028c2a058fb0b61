//! What the tests share: one control plane with the chart in it, for those that do not hurt it.

use std::time::Duration;

use test_kubernetes::chart::Chart;
use test_kubernetes::{ControlPlane, SimulatedNode, wait};
use tokio::sync::OnceCell;

use inventory_common::resource::NodeInventory;
use kube::api::Api;

pub(crate) use crate::suite::cases;

/// How long anything may take on a machine that is busy. What is hoped for is in the names of the
/// tests, and how long it took is printed.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The values without which the chart does not render.
pub const VALUES: [&str; 1] = ["image.repository=example.test/aios-inventory"];

/// A control plane with the chart installed.
pub struct Cluster {
    pub plane: ControlPlane,
    pub chart: Chart,
}

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

impl Cluster {
    /// A cluster with the chart in it, its policies in force.
    pub async fn start() -> Self {
        let (plane, chart) = (ControlPlane::start().await, Chart::render(&VALUES));
        let cluster = Self { plane, chart };
        cluster.chart.install(&cluster.plane.admin().await).await;
        cluster.wait_for_policies().await;
        cluster
    }

    /// A node of this name, with its agent's pod and token.
    pub async fn node(&self, name: &str) -> SimulatedNode {
        SimulatedNode::new(&self.plane, &self.chart, name).await
    }

    /// Inventories, as the administrator sees them.
    pub async fn inventories(&self) -> Api<NodeInventory> {
        Api::all(self.plane.admin().await)
    }

    /// A policy takes a moment to be in force: until then it refuses nothing.
    pub async fn wait_for_policies(&self) {
        let node = self.node("policies").await;
        let agent = node.unbound_agent().await;
        wait::until("the policies are in force", PATIENCE, async || {
            let node = crate::policy::annotates_a_node(&agent, "policies").await;
            let inventory = crate::policy::makes_an_inventory(&agent, "policies").await;
            (node.is_err() && inventory.is_err()).then_some(())
        })
        .await;
    }
}
