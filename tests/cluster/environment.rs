//! Which cluster it is, and what the tests share in it.
//!
//! | variable | |
//! | --- | --- |
//! | `CLUSTER_KUBECONFIG` | the file; not the usual variable, lest a cluster is taken that somebody works with |
//! | `CLUSTER_ADDRESS` | an address of this machine that the cluster's pods reach: a fake AIOS listens there |
//! | `CLUSTER_IMAGE` | the image, with its tag |
//! | `CLUSTER_NEXT_TAG` | another tag of it |
//! | `CLUSTER_AIOS_IMAGE` | an image of the fake AIOS, for the tests in which it runs in pods |
//! | `CLUSTER_FOLDER` | where `tests/cluster/up` keeps its cluster; absent for another one |

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fake_aios::{FakeAios, Options, Service};
use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, ListParams};
use kube::config::Kubeconfig;
use kube::{Client, ResourceExt};
use test_kubernetes::control_plane;
use tokio::sync::{Mutex, OnceCell};

use crate::gpus;
use crate::release::{self, Release};
use crate::stand_in;
pub(crate) use crate::suite::cases;

/// How long anything may take on a machine that is busy.
pub const PATIENCE: Duration = Duration::from_mins(4);

/// The cluster's id in AIOS.
pub const ID: &str = "c";

/// The variables without which no test runs.
const NEEDED: [&str; 4] =
    ["CLUSTER_KUBECONFIG", "CLUSTER_ADDRESS", "CLUSTER_IMAGE", "CLUSTER_NEXT_TAG"];

/// Where the cluster of `up` is.
const FOLDER: &str = "CLUSTER_FOLDER";

/// Why no test can run; absent where they can.
pub fn missing() -> Option<String> {
    let missing = NEEDED.into_iter().find(|name| std::env::var_os(name).is_none())?;
    Some(format!("{missing} is not set: tests/run cluster"))
}

/// Why those cannot run that look at the node's machine.
pub fn missing_for_host() -> Option<String> {
    let is_elsewhere = std::env::var_os(FOLDER).is_none();
    missing().or_else(|| is_elsewhere.then(|| "the node is not this machine".to_owned()))
}

/// Why those cannot run in which AIOS is in pods.
pub fn missing_for_aios() -> Option<String> {
    let is_set = std::env::var_os(stand_in::IMAGE).is_some();
    missing().or_else(|| (!is_set).then(|| format!("{} is not set", stand_in::IMAGE)))
}

/// A variable that was found to be there.
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[derive(Default)]
pub struct Environment {
    cluster: OnceCell<Cluster>,
}

impl Environment {
    /// The cluster, with the release installed and AIOS in step.
    pub async fn cluster(&self) -> &Cluster {
        let cluster = self.cluster.get_or_init(Cluster::connect).await;
        cluster.install_once().await;
        cluster
    }

    /// The cluster as it was found.
    pub async fn bare_cluster(&self) -> &Cluster {
        self.cluster.get_or_init(Cluster::connect).await
    }
}

/// A cluster of one node, with AIOS beside it.
pub struct Cluster {
    pub admin: Client,
    pub node: String,
    pub aios: Arc<FakeAios>,
    pub release: Release,
    is_installed: Mutex<bool>,
}

impl Cluster {
    async fn connect() -> Self {
        let admin = control_plane::client(kubeconfig()).await;
        release::take_away(&admin).await;
        let nodes: Api<Node> = Api::all(admin.clone());
        let nodes = nodes.list(&ListParams::default()).await.unwrap();
        let [node] = &nodes.items[..] else { panic!("the tests are about a cluster of one node") };
        if missing_for_host().is_none() {
            gpus::take_away(&admin, &node.name_any()).await;
        }
        let listen = variable("CLUSTER_ADDRESS").parse().unwrap();
        let aios = FakeAios::start(&Options { listen, ..Options::default() }).unwrap();
        let aios = Arc::new(aios);
        let (parser, gateway) = (aios.url(Service::Parser), aios.url(Service::Gateway));
        let release = Release::new(&parser, &gateway);
        Self { node: node.name_any(), admin, aios, release, is_installed: Mutex::new(false) }
    }

    /// Takes the product out again; whoever wants it next installs it.
    pub async fn take_out(&self) {
        let mut is_installed = self.is_installed.lock().await;
        release::uninstall_all();
        *is_installed = false;
    }

    async fn install_once(&self) {
        let mut is_installed = self.is_installed.lock().await;
        if !*is_installed {
            self.release.namespace(&self.admin).await;
            self.release.apply(&serde_json::json!({}));
            self.is_right().await;
            *is_installed = true;
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        release::uninstall_all();
    }
}

/// The administrator's kubeconfig.
pub fn kubeconfig() -> Kubeconfig {
    Kubeconfig::read_from(kubeconfig_file()).unwrap()
}

/// Its file.
pub fn kubeconfig_file() -> PathBuf {
    variable(NEEDED[0]).into()
}

/// Where the cluster of `up` is.
pub fn folder() -> PathBuf {
    variable(FOLDER).into()
}
