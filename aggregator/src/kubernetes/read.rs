//! The cluster as it is now, read once.

use std::collections::BTreeMap;
use std::fmt::Debug;

use inventory_common::resource::NodeInventory;
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, DynamicObject, ListParams, PartialObjectMeta};
use kube::{Client, ResourceExt};
use serde::de::DeserializeOwned;

use super::facts::{AGENTS, AgentPod, NodeFacts, roll};
use super::inventory;
use super::trouble::{Trouble, answered};
use super::wishes::{Labels, Wishes};
use crate::cluster::expected::Roll;
use crate::cluster::state::ClusterState;

/// How many objects come in one answer.
const PAGE: u32 = 500;

/// What a cluster says.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What its nodes report.
    pub state: ClusterState,
    /// Who is there, and who should be.
    pub roll: Roll,
}

/// A cluster that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A request came to nothing.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// No agent is installed there.
    #[error(
        "there are no agents in namespace '{0}': install the chart, or name theirs with --namespace"
    )]
    NoAgents(String),
}

/// Reads it. The agents are in `namespace`, and only nodes with the labels of `selector` count.
pub async fn read(
    client: &Client,
    namespace: &str,
    selector: &Labels,
) -> Result<Reading, ReadError> {
    read_whole(client, namespace, selector, |_, _| ()).await
}

/// The same, and hands each inventory to `see`, by its name, before only what sums mind is kept of it.
pub async fn read_whole(
    client: &Client,
    namespace: &str,
    selector: &Labels,
    mut see: impl FnMut(&str, &NodeInventory),
) -> Result<Reading, ReadError> {
    let (all, wishes) = (ListParams::default, wishes(client, namespace).await?);
    // An agent is ready once it has reported, so who is ready is asked before what was reported; a
    // Node that comes last has no inventory yet, which is better than an inventory without a Node.
    let mut pods = Vec::new();
    let take = |pod: Pod| pods.extend(AgentPod::of(&pod));
    let api = Api::namespaced(client.clone(), namespace);
    each(&api, "list pods", all().labels(AGENTS), take).await?;
    let (mut state, mut malformed) = (ClusterState::default(), BTreeMap::new());
    let take = |object: DynamicObject| {
        let name = object.name_any();
        match inventory::typed(object) {
            Ok(object) => {
                see(&name, &object);
                state.apply(&name, object.into());
            }
            Err(reason) => drop(malformed.insert(name.into(), reason)),
        }
    };
    let api = inventory::api(client.clone());
    each(&api, "list nodeinventories.inventory.aios", all(), take).await?;
    let mut nodes = Vec::new();
    let take = |node: PartialObjectMeta<Node>| nodes.push(NodeFacts::of(&node, &wishes, selector));
    each(&Api::all(client.clone()), "list nodes", all(), take).await?;
    Ok(Reading { state, roll: Roll { malformed, ..roll(&nodes, &pods) } })
}

/// What the `DaemonSet`s of the agents in this namespace want.
pub async fn wishes(client: &Client, namespace: &str) -> Result<Wishes, ReadError> {
    let mut sets = Vec::new();
    let api: Api<DaemonSet> = Api::namespaced(client.clone(), namespace);
    let agents = ListParams::default().labels(AGENTS);
    each(&api, "list daemonsets.apps", agents, |set| sets.push(set)).await?;
    let wishes = Wishes::of(&sets);
    if wishes.is_empty() {
        return Err(ReadError::NoAgents(namespace.to_owned()));
    }
    Ok(wishes)
}

/// Lists objects page by page.
pub async fn each<K: Clone + DeserializeOwned + Debug>(
    api: &Api<K>,
    right: &'static str,
    params: ListParams,
    mut take: impl FnMut(K),
) -> Result<(), Trouble> {
    let mut params = params.limit(PAGE);
    loop {
        let page = answered(right, api.list(&params)).await?;
        page.items.into_iter().for_each(&mut take);
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => return Ok(()),
        }
    }
}
