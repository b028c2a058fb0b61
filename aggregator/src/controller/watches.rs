//! The controller's watches: NodeInventories, Nodes (their metadata only), the agents' pods and
//! DaemonSets, and the onboarding.

use std::sync::Arc;

use inventory_common::resource::ClusterOnboarding;
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::Client;
use kube::api::{Api, PartialObjectMeta};
use kube::runtime::watcher::{Config, watcher};
use tokio::sync::watch;

use super::follow::follow as each;
use super::shared::Shared;
use super::view::{Counting, View};
use crate::kubernetes::facts::AGENTS;
use crate::kubernetes::inventory;

/// How many objects come in one answer. An object that was read takes ten times as much as its text,
/// and several kinds are read at once.
const PAGE: u32 = 100;

/// Follows all of them, for ever.
pub async fn follow(client: &Client, namespace: &str, shared: &Arc<Shared>) {
    let (counting, counted) = watch::channel(Counting::default());
    let all = || Config::default().page_size(PAGE);
    let agents = || all().labels(AGENTS);
    let inventories = || watcher(inventory::api(client.clone()), all());
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let sets: Api<DaemonSet> = Api::namespaced(client.clone(), namespace);
    let onboardings: Api<ClusterOnboarding> = Api::all(client.clone());
    // Which Nodes count hangs on these two.
    let decide = |view: &mut View| {
        let now = view.counting();
        counting.send_if_modified(|known| {
            let is_news = *known != now;
            *known = now;
            is_news
        });
    };
    tokio::join!(
        each(inventories, |notice| shared.learn(|view| view.inventory(notice))),
        each(|| watcher(pods.clone(), agents()), |notice| shared.learn(|view| view.pod(notice))),
        each(
            || watcher(sets.clone(), agents()),
            |notice| shared.learn(|view| {
                let news = view.set(notice);
                decide(view);
                news
            })
        ),
        each(
            || watcher(onboardings.clone(), all()),
            |notice| shared.learn(|view| {
                let news = view.onboarding(notice);
                decide(view);
                news
            })
        ),
        nodes(client, shared, counted),
    );
}

/// Follows the Nodes, and lists them again when others count: what matters of a Node is decided when
/// it is seen.
async fn nodes(client: &Client, shared: &Arc<Shared>, mut counted: watch::Receiver<Counting>) {
    loop {
        let counting = counted.borrow_and_update().clone();
        let api: Api<PartialObjectMeta<Node>> = Api::all(client.clone());
        let nodes = || watcher(api.clone(), Config::default().page_size(PAGE));
        tokio::select! {
            () = each(nodes, |notice| shared.learn(|view| view.node(notice, &counting))) => {}
            _ = counted.changed() => {}
        }
    }
}
