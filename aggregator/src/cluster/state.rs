//! The nodes of a cluster and their sums, kept up to date one node at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use inventory_common::cluster::{Measured, NodeEntry, Overflow, Sums, Totals};
use inventory_common::order::by_name;

use super::report::NodeReport;

/// The nodes that are known, by the Node's name: two may carry one id, which is for the gate to
/// say. A copy of thousands takes a moment, since what they report is shared with it.
#[derive(Clone, Debug, Default)]
pub struct ClusterState {
    nodes: BTreeMap<Arc<str>, Arc<NodeReport>>,
    sums: Sums,
}

impl ClusterState {
    /// Takes in what a node reports, in place of what it reported before. Answers whether anything
    /// that a reader can see has changed.
    pub fn apply(&mut self, name: &str, report: NodeReport) -> bool {
        match self.nodes.get_mut(name) {
            Some(known) if **known == report => return false,
            Some(known) => {
                self.sums.remove(&known.node);
                self.sums.add(&report.node);
                *known = Arc::new(report);
            }
            None => {
                self.sums.add(&report.node);
                self.nodes.insert(name.into(), Arc::new(report));
            }
        }
        true
    }

    /// Forgets a node. Answers whether anything that a reader can see has changed.
    pub fn delete(&mut self, name: &str) -> bool {
        let known = self.nodes.remove(name);
        if let Some(known) = &known {
            self.sums.remove(&known.node);
        }
        known.is_some()
    }

    /// What the node of this name reports; absent where it is not known.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&NodeReport> {
        self.nodes.get(name).map(|report| &**report)
    }

    /// The nodes as they are now, in canonical order: by id as people count, then by name.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'_> {
        let mut members: Vec<Member> =
            self.nodes.iter().map(|(name, report)| Member { name, report }).collect();
        members.sort_unstable_by(|a, b| {
            let by_id = by_name(a.id().as_bytes(), b.id().as_bytes());
            by_id.then_with(|| by_name(a.name.as_bytes(), b.name.as_bytes()))
        });
        Snapshot { members, sums: self.sums }
    }
}

/// A node of a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The Node's name, or where its inventory comes from.
    pub name: &'a str,
    /// What it reports.
    pub report: &'a NodeReport,
}

impl<'a> Member<'a> {
    /// The node's id.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.report.node.id
    }
}

/// The nodes at one time, in canonical order.
#[derive(Clone, Debug)]
pub struct Snapshot<'a> {
    members: Vec<Member<'a>>,
    sums: Sums,
}

impl<'a> Snapshot<'a> {
    /// The nodes.
    #[must_use]
    pub fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// The same without the nodes of which `is_left_out` says so.
    #[must_use]
    pub fn without(mut self, is_left_out: impl Fn(&Member) -> bool) -> Self {
        let sums = &mut self.sums;
        self.members.retain(|member| {
            let is_left_out = is_left_out(member);
            if is_left_out {
                sums.remove(&member.report.node);
            }
            !is_left_out
        });
        self
    }

    /// What they have together.
    pub fn totals(&self) -> Result<Totals, Overflow> {
        self.sums.totals()
    }

    /// What the cluster's document says was measured.
    pub fn measured(&self) -> Result<Measured, Overflow> {
        let totals = self.totals()?;
        let entry = |member: &Member| NodeEntry::from(member.report.node.clone());
        Ok(Measured { nodes: self.members.iter().map(entry).collect(), totals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::report::tests::node;

    fn named(id: &str) -> NodeReport {
        let mut node = node();
        id.clone_into(&mut node.id);
        node.into()
    }

    fn names(state: &ClusterState) -> Vec<String> {
        let snapshot = state.snapshot();
        snapshot.members().iter().map(|member| member.name.to_owned()).collect()
    }

    #[test]
    fn only_what_a_reader_can_see_is_a_change() {
        let mut state = ClusterState::default();
        assert!(state.apply("a", named("a")));
        assert!(!state.apply("a", named("a")));
        assert!(state.apply("a", named("b")));
        assert!(!state.delete("b"));
        assert!(state.delete("a"));
        assert!(!state.delete("a"));
    }

    #[test]
    fn nodes_are_ordered_by_id_as_people_count_and_then_by_name() {
        let mut state = ClusterState::default();
        for (name, id) in [("z", "node-2"), ("y10", "node-10"), ("y9", "node-10"), ("x", "node-1")]
        {
            state.apply(name, named(id));
        }
        assert_eq!(names(&state), ["x", "z", "y9", "y10"]);
    }

    #[test]
    fn a_copy_shares_what_the_nodes_report_and_does_not_change_with_it() {
        let mut state = ClusterState::default();
        for id in ["a", "b"] {
            state.apply(id, named(id));
        }
        let copy = state.clone();
        for (ours, theirs) in state.snapshot().members().iter().zip(copy.snapshot().members()) {
            assert!(
                std::ptr::eq(ours.report, theirs.report) && std::ptr::eq(ours.name, theirs.name)
            );
        }
        state.apply("a", named("z"));
        state.delete("b");
        assert_eq!(
            (names(&copy), copy.get("a")),
            (vec!["a".into(), "b".into()], Some(&named("a")))
        );
    }

    #[test]
    fn what_is_left_out_is_out_of_the_sums_too() {
        let mut state = ClusterState::default();
        for id in ["a", "b", "c"] {
            state.apply(id, named(id));
        }
        let measured = state.snapshot().without(|member| member.id() == "b").measured().unwrap();
        assert_eq!(Measured::of(measured.nodes.clone()), Ok(measured));
    }
}
