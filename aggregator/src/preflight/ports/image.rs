//! The image that is in the cluster already: that of the agents, or else of the aggregator.

use inventory_common::telling::one_line;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{LocalObjectReference, PodSpec};
use kube::Client;
use kube::api::{Api, ListParams};

use crate::kubernetes::facts::AGENTS;
use crate::kubernetes::trouble::answered;

/// The label selector of the aggregator's `Deployment`.
const AGGREGATOR: &str =
    "app.kubernetes.io/name=aios-inventory,app.kubernetes.io/component=aggregator";

/// An image, and how nodes come by it.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Its name.
    pub name: String,
    /// When it is pulled; absent where Kubernetes decides.
    pub pull_policy: Option<String>,
    /// The Secrets with which it is pulled.
    pub pull_secrets: Vec<LocalObjectReference>,
}

impl Image {
    /// The image of this name, pulled as Kubernetes does.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), pull_policy: None, pull_secrets: Vec::new() }
    }

    fn of(spec: &PodSpec) -> Option<Self> {
        let container = spec.containers.first()?;
        Some(Self {
            name: container.image.clone()?,
            pull_policy: container.image_pull_policy.clone(),
            pull_secrets: spec.image_pull_secrets.clone().unwrap_or_default(),
        })
    }
}

/// The image that is installed in this namespace, or why nobody knows.
pub async fn installed(client: &Client, namespace: &str) -> Result<Image, String> {
    let sets: Api<DaemonSet> = Api::namespaced(client.clone(), namespace);
    let agents = ListParams::default().labels(AGENTS);
    let sets = answered("list daemonsets.apps", sets.list(&agents)).await;
    let sets = sets.map_err(|trouble| one_line(&trouble))?;
    let of_agents =
        sets.items.iter().find_map(|set| Image::of(set.spec.as_ref()?.template.spec.as_ref()?));
    if let Some(image) = of_agents {
        return Ok(image);
    }
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), namespace);
    let aggregator = ListParams::default().labels(AGGREGATOR);
    let deployments = answered("list deployments.apps", deployments.list(&aggregator)).await;
    let deployments = deployments.map_err(|trouble| one_line(&trouble))?;
    let mut specs =
        deployments.items.iter().filter_map(|it| it.spec.as_ref()?.template.spec.as_ref());
    specs.find_map(Image::of).ok_or_else(|| {
        format!("nothing is installed in namespace '{namespace}' whose image could be used: name one with --image")
    })
}
