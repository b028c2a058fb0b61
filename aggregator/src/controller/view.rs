//! What the cluster shows, kept up to date one object at a time.

#[cfg(test)]
pub(super) mod tests;

use std::collections::{BTreeMap, BTreeSet};

use inventory_common::resource::{ClusterOnboarding, NodeInventory};
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt;
use kube::api::{DynamicObject, PartialObjectMeta};

use super::follow::Notice;
use super::kept::Kept;
use super::news::News;
use super::seen::Seen;
use super::transition::Transition;
use crate::cluster::expected::Roll;
use crate::cluster::state::ClusterState;
use crate::kubernetes::facts::{AgentPod, NodeFacts, roll};
use crate::kubernetes::inventory;
use crate::kubernetes::wishes::{Labels, Wishes};
use crate::report::Detail;

/// What the cluster shows.
#[derive(Debug, Default)]
pub struct View {
    /// What the nodes report.
    pub state: ClusterState,
    /// What else is kept of each inventory, or why it cannot be understood.
    inventories: Kept<Result<Seen, String>>,
    nodes: Kept<NodeFacts>,
    pods: Kept<Option<AgentPod>>,
    sets: Kept<DaemonSet>,
    onboardings: Kept<ClusterOnboarding>,
    /// By what the Nodes were counted that were listed last; absent until they were.
    counted_by: Option<Counting>,
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

/// What is seen of the nodes at one time, to be judged while more is learnt.
#[derive(Clone, Debug)]
pub struct Sight {
    /// What they report.
    pub state: ClusterState,
    /// Who is there, and who should be.
    pub roll: Roll,
    /// Every id that a Node has.
    pub ids: BTreeSet<String>,
}

impl View {
    /// Something was learnt of the inventories. Answers what that means.
    pub fn inventory(&mut self, notice: Notice<DynamicObject>) -> News {
        let heard = self.hear("list nodeinventories", &notice);
        let is_news = match notice {
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
        };
        heard.max(News::to_do(is_news))
    }

    fn report(&mut self, object: DynamicObject, is_live: bool) -> bool {
        let (name, uid) = (object.name_any(), object.uid().unwrap_or_default());
        let seen = Seen::of(&object);
        // What a first list shows was told when it came about.
        let nothing = is_live.then(Seen::default);
        let before = self.inventories.get(&name).and_then(|kept| kept.as_ref().ok());
        if let Some(before) = before.or(nothing.as_ref()) {
            let changed = before.changes(&object);
            self.transitions.extend(changed.map(|what| what.of::<NodeInventory>(&name, &uid)));
        }
        match inventory::report(object) {
            Ok(report) => {
                let is_news = self.inventories.put(&name, Ok(seen));
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
    pub fn node(&mut self, notice: Notice<PartialObjectMeta<Node>>, counting: &Counting) -> News {
        let heard = self.hear("list nodes", &notice);
        if matches!(notice, Notice::End) {
            self.counted_by = Some(counting.clone());
        }
        let facts = |node: &_| NodeFacts::of(node, &counting.wishes, &counting.selector);
        heard.max(put(&mut self.nodes, notice, facts))
    }

    /// Something was learnt of the agents' pods.
    pub fn pod(&mut self, notice: Notice<Pod>) -> News {
        let heard = self.hear("list pods", &notice);
        heard.max(put(&mut self.pods, notice, AgentPod::of))
    }

    /// Something was learnt of the agents' DaemonSets.
    pub fn set(&mut self, notice: Notice<DaemonSet>) -> News {
        let heard = self.hear("list daemonsets.apps", &notice);
        // The rest changes all the time.
        let matters =
            |set: &DaemonSet| DaemonSet { spec: set.spec.clone(), ..DaemonSet::default() };
        heard.max(put(&mut self.sets, notice, matters))
    }

    /// Something was learnt of the onboarding. Its status is the controller's own, and nothing to act upon.
    pub fn onboarding(&mut self, notice: Notice<ClusterOnboarding>) -> News {
        let heard = self.hear("list clusteronboardings", &notice);
        let said = |view: &Self| view.cluster().map(|it| (it.uid(), it.metadata.generation));
        let (before, was_whole) = (said(self), self.onboardings.is_whole());
        let put = put(&mut self.onboardings, notice, Clone::clone);
        let is_to_do = said(self) != before || self.onboardings.is_whole() != was_whole;
        heard.max(put.min(News::ToSee)).max(News::to_do(is_to_do))
    }

    /// Whether the objects of this kind can be followed. That they cannot, or can again, is to be seen.
    fn hear<K>(&mut self, kind: &'static str, notice: &Notice<K>) -> News {
        News::to_see(match notice {
            Notice::Lost(why) => {
                let is_news = self.lost.insert(kind, why.clone()).as_ref() != Some(why);
                if is_news {
                    tracing::warn!(request = kind, trouble = why, "the cluster is not seen");
                }
                is_news
            }
            Notice::Begin | Notice::Listed(_) => false,
            Notice::End | Notice::Changed(_) | Notice::Deleted(_) => {
                let is_back = self.lost.remove(kind).is_some();
                if is_back {
                    tracing::info!(request = kind, "the cluster is seen again");
                }
                is_back
            }
        })
    }

    /// Which Nodes count.
    pub fn counting(&self) -> Counting {
        let sets: Vec<DaemonSet> = self.sets.values().cloned().collect();
        let spec = self.cluster().map(|object| &object.spec);
        let selector = spec.map(|spec| spec.node_selector.clone()).unwrap_or_default();
        Counting { wishes: Wishes::of(&sets), selector }
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

    /// Whether there is an inventory of this name, whatever it says.
    pub fn has_inventory(&self, name: &str) -> bool {
        self.inventories.get(name).is_some()
    }

    /// What is kept of the node of this name beside its figures; absent where its inventory makes no sense.
    pub fn detail(&self, name: &str) -> Option<Detail> {
        let seen = self.inventories.get(name)?.as_ref().ok()?;
        Some(Detail::Brief(seen.brief()))
    }

    /// The same of all nodes.
    pub fn details(&self) -> BTreeMap<String, Detail> {
        let names = self.inventories.iter().map(|(name, _)| name);
        names.filter_map(|name| Some((name.to_owned(), self.detail(name)?))).collect()
    }

    /// What is seen of the nodes now.
    pub fn sight(&self) -> Sight {
        let ids = self.ids().map(str::to_owned).collect();
        Sight { state: self.state.clone(), roll: self.roll(), ids }
    }

    /// Every id by which a Node is known, whether or not it counts.
    fn ids(&self) -> impl Iterator<Item = &str> {
        let labels = self.nodes.values().filter_map(|node| node.node_id.as_deref());
        // An agent's label may be on its way, or somebody has taken it away.
        let names = self.nodes.values().map(|node| &*node.name);
        let reported = self.nodes.values().filter_map(|node| self.state.get(&node.name));
        labels.chain(names).chain(reported.map(|report| report.node.id.as_str()))
    }

    /// What is not known yet, or not any more, a line each; empty where all is.
    pub fn unknown(&self) -> Vec<String> {
        let parts = [
            (self.inventories.is_whole(), "the NodeInventories"),
            (self.has_counted(), "the Nodes"),
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
            && self.has_counted()
            && self.pods.is_whole()
            && self.sets.is_whole()
            && self.onboardings.is_whole()
    }

    /// Whether the Nodes were listed by what counts now: what counts decides when a Node is seen.
    fn has_counted(&self) -> bool {
        self.counted_by.as_ref() == Some(&self.counting())
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
) -> News {
    News::to_do(match notice {
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
    })
}
