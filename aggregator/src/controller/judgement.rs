//! What AIOS's copy should say after the first submission, each node judged alone: only a whole and
//! fresh inventory changes its entry, and what is not known changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use inventory_common::NodeData;
use inventory_common::cluster::{RawDocument, RawEntry};

use super::put_backs::{Part, PutBacks};
use super::removals::{self, Bounds, Held, Removals};
use crate::cluster::difference::{Added, Difference, Gone, Wanted, differences};

/// A node as the cluster shows it now.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The Node's name.
    pub name: &'a str,
    /// Its id.
    pub id: &'a str,
    /// What it has; absent where its inventory is not there, not whole or not fresh.
    pub figures: Option<&'a NodeData>,
}

/// What is to become of a node that AIOS's copy lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Newcomer {
    /// It is added.
    Welcome,
    /// It stays out, for this reason.
    StaysOut(String),
}

/// All that a judgement is made from.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// AIOS's copy.
    pub stored: &'a RawDocument,
    /// The nodes that count, each id once, in canonical order.
    pub nodes: &'a [Standing<'a>],
    /// Every id that a Node has, whether or not it counts.
    pub present: &'a BTreeSet<&'a str>,
    /// What was found out about nodes that AIOS's copy lacks.
    pub newcomers: &'a BTreeMap<String, Newcomer>,
    /// What may be removed.
    pub bounds: Bounds,
    /// The time.
    pub now: Instant,
}

/// What should be so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What is to be written now.
    pub wanted: Wanted,
    /// What AIOS's copy says otherwise, whether or not that is written now.
    pub differences: Vec<Difference>,
    /// What is put back by it.
    pub put_back: BTreeSet<Part>,
    /// What is left for a while as others have it.
    pub given_way: BTreeSet<Part>,
    /// Nodes that AIOS's copy lacks and of which nothing was found out yet: ids by names.
    pub unknown: BTreeMap<String, String>,
    /// Nodes that stay out, by id, with the reason.
    pub left_out: BTreeMap<String, String>,
    /// Why no entry goes although some have no Node.
    pub held: Option<Held>,
    /// When to judge again although nothing changes.
    pub next: Option<Instant>,
}

/// What is remembered from one judgement to the next.
#[derive(Debug, Default)]
pub struct Memory {
    /// What AIOS was last sent of each node, by id.
    sent: BTreeMap<Box<str>, RawEntry>,
    /// Whether the cluster's figures were right once.
    sums_were_right: bool,
    removals: Removals,
    put_backs: PutBacks,
}

impl Memory {
    /// Judges.
    pub fn judge(&mut self, scene: &Scene) -> serde_json::Result<Judgement> {
        let stored: BTreeSet<&str> = scene.stored.ids().collect();
        let removals::Verdict { due, next, held } =
            self.removals.judge(&stored, scene.present, scene.bounds, scene.now);
        let mut judgement = Judgement { held, next, ..Judgement::default() };
        judgement.wanted.gone = Gone::These(due);
        judgement.wanted.added = Added::These(BTreeSet::new());
        for node in scene.nodes {
            let Some(entry) = self.entry(node)? else { continue };
            if stored.contains(node.id) {
                judgement.wanted.nodes.push(entry);
            } else if node.figures.is_some() {
                judgement.meet(node, entry, scene.newcomers.get(node.id));
            }
        }
        judgement.differences = differences(scene.stored, &judgement.wanted);
        self.put_backs.forget(scene.now);
        self.give_way(&mut judgement, scene);
        Ok(judgement)
    }

    /// The Nodes of these ids are there, whether or not AIOS could be asked.
    pub fn saw(&mut self, present: &BTreeSet<String>) {
        self.removals.saw(present);
    }

    /// What a node has now, or had when AIOS was last told; absent where neither is known.
    fn entry(&self, node: &Standing) -> serde_json::Result<Option<RawEntry>> {
        match node.figures {
            Some(figures) => RawEntry::of(figures).map(Some),
            None => Ok(self.sent.get(node.id).cloned()),
        }
    }

    /// Leaves to others for a while what they have changed back again and again.
    fn give_way(&self, judgement: &mut Judgement, scene: &Scene) {
        let nodes = self.nodes_changed_by_others(judgement);
        self.sort(nodes, judgement, scene.now);
        let given_way = &judgement.given_way;
        let is_left = |id: &str| given_way.contains(&Part::Node(id.to_owned()));
        judgement.wanted.nodes.retain(|node| !node.id().is_some_and(is_left));
        // Sums that differ although no entry does that is written are others' doing too.
        let rest = differences(scene.stored, &judgement.wanted);
        if !self.sums_were_right || rest.is_empty() || rest.iter().any(|it| it.node.is_some()) {
            return;
        }
        self.sort(vec![Part::Cluster], judgement, scene.now);
        if judgement.given_way.contains(&Part::Cluster) {
            judgement.wanted.left = rest.into_iter().map(|it| it.path).collect();
        }
    }

    /// Tells what is put back from what waits, among what others have changed.
    fn sort(&self, changed: Vec<Part>, judgement: &mut Judgement, now: Instant) {
        for part in changed {
            let until = self.put_backs.waits(&part, now);
            judgement.next = judgement.next.into_iter().chain(until).min();
            let parts =
                if until.is_some() { &mut judgement.given_way } else { &mut judgement.put_back };
            parts.insert(part);
        }
    }

    /// The nodes of which AIOS's copy says something else although it was told what is true.
    fn nodes_changed_by_others(&self, judgement: &Judgement) -> Vec<Part> {
        let ids: BTreeSet<&str> =
            judgement.differences.iter().filter_map(|it| it.node.as_deref()).collect();
        let ours = judgement.wanted.nodes.iter().filter_map(|node| Some((node.id()?, node)));
        let theirs =
            ours.filter(|(id, node)| ids.contains(id) && self.sent.get(*id) == Some(*node));
        theirs.map(|(id, _)| Part::Node(id.to_owned())).collect()
    }

    /// AIOS's copy says now what was wanted.
    pub fn wrote(&mut self, judgement: &Judgement, now: Instant) {
        for part in &judgement.put_back {
            self.put_backs.done(part.clone(), now);
        }
        self.agrees(&judgement.wanted);
    }

    /// AIOS's copy says what is wanted.
    pub fn agrees(&mut self, wanted: &Wanted) {
        // What is left to others for a while was right before.
        self.sums_were_right |= wanted.left.is_empty();
        let by_id = wanted.nodes.iter().filter_map(|node| Some((node.id()?, node)));
        self.sent.extend(by_id.map(|(id, node)| (id.into(), node.clone())));
        if let Gone::These(ids) = &wanted.gone {
            self.sent.retain(|id, _| !ids.contains(&**id));
        }
    }

    /// What others change again and again.
    pub fn contested(&self) -> impl Iterator<Item = &Part> {
        self.put_backs.contested()
    }
}

impl Judgement {
    /// A node that AIOS's copy lacks.
    fn meet(&mut self, node: &Standing, entry: RawEntry, newcomer: Option<&Newcomer>) {
        match newcomer {
            Some(Newcomer::Welcome) => {
                self.wanted.nodes.push(entry);
                if let Added::These(ids) = &mut self.wanted.added {
                    ids.insert(node.id.to_owned());
                }
            }
            Some(Newcomer::StaysOut(reason)) => {
                self.left_out.insert(node.id.to_owned(), reason.clone());
            }
            None => {
                self.unknown.insert(node.name.to_owned(), node.id.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests;
