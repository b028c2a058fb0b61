//! What the cluster shows, kept up to date one object at a time.

use std::collections::BTreeMap;

use inventory_common::resource::{ClusterOnboarding, NodeInventory};
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt;
use kube::api::{DynamicObject, PartialObjectMeta};

use super::follow::Notice;
use super::kept::Kept;
use super::transition::{Conditions, Transition};
use crate::cluster::expected::Roll;
use crate::cluster::state::ClusterState;
use crate::kubernetes::facts::{AgentPod, NodeFacts, roll};
use crate::kubernetes::inventory;
use crate::kubernetes::wishes::{Labels, Wishes};

/// What the cluster shows.
#[derive(Debug, Default)]
pub struct View {
    /// What the nodes report.
    pub state: ClusterState,
    /// Whether each inventory can be understood, and else why not.
    inventories: Kept<Result<Conditions, String>>,
    nodes: Kept<NodeFacts>,
    pods: Kept<Option<AgentPod>>,
    sets: Kept<DaemonSet>,
    onboardings: Kept<ClusterOnboarding>,
    /// Changes of conditions of which nobody was told yet.
    transitions: Vec<Transition>,
    /// What cannot be followed for now, by kind.
    lost: BTreeMap<&'static str, String>,
}

/// Which Nodes count: what decides when a Node is seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counting {
    /// What the DaemonSets want.
    pub wishes: Wishes,
    /// The labels that a Node must carry.
    pub selector: Labels,
}

impl View {
    /// Something was learnt of the inventories. Answers whether that is news.
    pub fn inventory(&mut self, notice: Notice<DynamicObject>) -> bool {
        self.hear("list nodeinventories", &notice);
        match notice {
            Notice::Begin => {
                self.inventories.begin();
                false
            }
            Notice::Listed(object) => self.report(object, false),
            Notice::Changed(object) => self.report(object, true),
            Notice::Deleted(object) => self.forget(&object.name_any()),
            Notice::End => {
                let gone = self.inventories.end();
                for name in gone {
                    self.state.delete(&name);
                }
                true
            }
            Notice::Lost(_) => false,
        }
    }

    fn report(&mut self, object: DynamicObject, is_new: bool) -> bool {
        let (name, uid) = (object.name_any(), object.uid().unwrap_or_default());
        let conditions = Conditions::of(&object);
        let before = self.inventories.get(&name).and_then(|kept| kept.as_ref().ok());
        if let (true, Some(before)) = (is_new, before) {
            let changed = before.changes(&object);
            self.transitions.extend(changed.map(|what| what.of::<NodeInventory>(&name, &uid)));
        }
        match inventory::report(object) {
            Ok(report) => {
                let is_news = self.inventories.put(&name, Ok(conditions));
                self.state.apply(&name, report) || is_news
            }
            Err(reason) => {
                self.state.delete(&name);
                self.inventories.put(&name, Err(reason))
            }
        }
    }

    fn forget(&mut self, name: &str) -> bool {
        self.state.delete(name);
        self.inventories.remove(name)
    }

    /// Something was learnt of the Nodes.
    pub fn node(&mut self, notice: Notice<PartialObjectMeta<Node>>, counting: &Counting) -> bool {
        self.hear("list nodes", &notice);
        let facts = |node: &_| NodeFacts::of(node, &counting.wishes, &counting.selector);
        put(&mut self.nodes, notice, facts)
    }

    /// Something was learnt of the agents' pods.
    pub fn pod(&mut self, notice: Notice<Pod>) -> bool {
        self.hear("list pods", &notice);
        put(&mut self.pods, notice, AgentPod::of)
    }

    /// Something was learnt of the agents' DaemonSets.
    pub fn set(&mut self, notice: Notice<DaemonSet>) -> bool {
        self.hear("list daemonsets.apps", &notice);
        put(&mut self.sets, notice, |set| {
            // The rest changes all the time.
            DaemonSet { spec: set.spec.clone(), ..DaemonSet::default() }
        })
    }

    /// Something was learnt of the onboarding.
    pub fn onboarding(&mut self, notice: Notice<ClusterOnboarding>) -> bool {
        self.hear("list clusteronboardings", &notice);
        put(&mut self.onboardings, notice, Clone::clone)
    }

    fn hear<K>(&mut self, kind: &'static str, notice: &Notice<K>) {
        match notice {
            Notice::Lost(why) => {
                if self.lost.insert(kind, why.clone()).as_ref() != Some(why) {
                    tracing::warn!("cannot {kind}: {why}");
                }
            }
            Notice::Begin | Notice::Listed(_) => {}
            Notice::End | Notice::Changed(_) | Notice::Deleted(_) => drop(self.lost.remove(kind)),
        }
    }

    /// Which Nodes count; absent while that is not known yet.
    pub fn counting(&self) -> Option<Counting> {
        if !self.sets.is_whole() || !self.onboardings.is_whole() {
            return None;
        }
        let sets: Vec<DaemonSet> = self.sets.values().cloned().collect();
        let spec = self.cluster().map(|object| &object.spec);
        let selector = spec.map(|spec| spec.node_selector.clone()).unwrap_or_default();
        Some(Counting { wishes: Wishes::of(&sets), selector })
    }

    /// Others count from now on. What matters of a Node was decided when it was seen, so nothing is
    /// known of any until they are listed again.
    pub fn recount(&mut self) {
        self.nodes.doubt();
    }

    /// The onboarding; absent where there is none.
    pub fn cluster(&self) -> Option<&ClusterOnboarding> {
        self.onboardings.get(ClusterOnboarding::NAME)
    }

    /// Who is there, and who should be.
    pub fn roll(&self) -> Roll {
        let malformed = self
            .inventories
            .iter()
            .filter_map(|(name, kept)| Some((name.into(), kept.as_ref().err()?.clone())));
        let pods = self.pods.values().filter_map(Option::as_ref);
        Roll { malformed: malformed.collect(), ..roll(self.nodes.values(), pods) }
    }

    /// Every id that a Node has, whether or not it counts.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let labels = self.nodes.values().filter_map(|node| node.node_id.as_deref());
        // An agent's label may be on its way.
        labels.chain(self.nodes.values().map(|node| &*node.name))
    }

    /// What is not known yet, or not any more, a line each; empty where all is.
    pub fn unknown(&self) -> Vec<String> {
        let parts = [
            (self.inventories.is_whole(), "the NodeInventories"),
            (self.nodes.is_whole(), "the Nodes"),
            (self.pods.is_whole(), "the agents' pods"),
            (self.sets.is_whole(), "the agents' DaemonSets"),
            (self.onboardings.is_whole(), "the ClusterOnboarding"),
        ];
        let missing = parts.iter().filter(|(is_whole, _)| !is_whole);
        let missing = missing.map(|(_, what)| format!("{what} were not listed yet"));
        missing.chain(self.lost.iter().map(|(kind, why)| format!("cannot {kind}: {why}"))).collect()
    }

    /// Whether everything was listed once. What is known then stays known while the API server is
    /// away.
    pub fn is_whole(&self) -> bool {
        self.inventories.is_whole()
            && self.nodes.is_whole()
            && self.pods.is_whole()
            && self.sets.is_whole()
            && self.onboardings.is_whole()
    }

    /// Hands out the changes of conditions that came since it was last asked.
    pub fn take_transitions(&mut self) -> Vec<Transition> {
        std::mem::take(&mut self.transitions)
    }
}

/// Keeps what matters of an object.
fn put<K: ResourceExt, V: PartialEq>(
    kept: &mut Kept<V>,
    notice: Notice<K>,
    matters: impl Fn(&K) -> V,
) -> bool {
    match notice {
        Notice::Begin => {
            kept.begin();
            false
        }
        Notice::Listed(object) | Notice::Changed(object) => {
            kept.put(&object.name_any(), matters(&object))
        }
        Notice::Deleted(object) => kept.remove(&object.name_any()),
        Notice::End => {
            kept.end();
            true
        }
        Notice::Lost(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nodes_are_not_known_before_it_is_known_who_counts() {
        let mut view = View::default();
        assert_eq!(view.counting(), None);
        view.set(Notice::End);
        assert_eq!(view.counting(), None);
        view.onboarding(Notice::End);
        let counting = view.counting().unwrap();
        view.pod(Notice::End);
        view.inventory(Notice::End);
        view.node(Notice::End, &counting);
        assert!(view.is_whole());
        view.recount();
        assert!(!view.is_whole());
        assert_eq!(view.unknown(), ["the Nodes were not listed yet"]);
    }
}
