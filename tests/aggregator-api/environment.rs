//! A control plane with the chart in it.

use kube::Client;
use test_kubernetes::ControlPlane;
use test_kubernetes::chart::Chart;
use tokio::sync::OnceCell;

pub(crate) use crate::suite::cases;

/// The values of the chart.
pub const VALUES: [&str; 2] =
    ["image.repository=example.test/aios-inventory", "aggregator.joinCommandSecret=join"];

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
}

impl Cluster {
    pub async fn start() -> Self {
        let chart = Chart::render(&VALUES);
        let plane = ControlPlane::start().await;
        let admin = plane.admin().await;
        chart.install(&admin).await;
        Self { plane, chart, admin }
    }
}
