//! How the cluster's nodes stand, in numbers.

use std::collections::BTreeMap;

use inventory_common::cluster::Totals;

use super::picture::Picture;

/// The nodes of a cluster at one time, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// The nodes that there should be.
    pub expected: u64,
    /// Each of them once, by how it stands.
    pub by_state: [(&'static str, u64); 5],
    /// The nodes that do not count, by the reason.
    pub not_counted: BTreeMap<&'static str, u64>,
    /// What stands in the way of a document.
    pub obstacles: u64,
    /// What the nodes have together of which all is known; absent where it cannot be summed.
    pub totals: Option<Totals>,
}

impl Census {
    /// Counts.
    pub fn of(picture: &Picture) -> Self {
        let Picture { roll, coverage, .. } = picture;
        let is_expected = |name: &str| roll.expected.contains_key(name);
        let (whole, partial) = (coverage.whole, coverage.tentative_ids.len() as u64);
        let left_out = coverage.left_out.iter().filter(|name| is_expected(name)).count() as u64;
        let unreadable = roll.malformed.keys().filter(|name| is_expected(name)).count() as u64;
        let reported = whole + partial + left_out + unreadable;
        let mut not_counted = BTreeMap::new();
        for exclusion in roll.not_counted.values() {
            *not_counted.entry(exclusion.word()).or_default() += 1;
        }
        Self {
            expected: coverage.expected,
            by_state: [
                ("whole", whole),
                ("partial", partial),
                ("left-out", left_out),
                ("unreadable", unreadable),
                ("missing", coverage.expected.saturating_sub(reported)),
            ],
            not_counted,
            obstacles: coverage.obstacles.len() as u64,
            totals: picture.whole_totals.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use inventory_common::resource::ClusterOnboarding;
    use serde_json::json;

    use super::*;
    use crate::cluster::coverage::judge;
    use crate::cluster::expected::{Agent, Exclusion, Expected, ExpectedNode, Roll};
    use crate::cluster::report::NodeReport;
    use crate::cluster::report::tests::node;
    use crate::cluster::state::ClusterState;

    /// A node's report with this id.
    fn report(id: &str) -> NodeReport {
        let mut node = node();
        id.clone_into(&mut node.id);
        node.into()
    }

    #[test]
    fn each_node_that_there_should_be_is_counted_once() {
        let names = ["whole", "stale", "twin-1", "twin-2", "odd", "silent"];
        let expected = |name: &str| ExpectedNode {
            node_id: Some(if name.starts_with("twin") { "twin".into() } else { name.into() }),
            agent: if name == "stale" { Agent::NotReady } else { Agent::Ready },
        };
        let roll = Roll {
            expected: names.map(|name| (name.into(), expected(name))).into(),
            not_counted: [("fake".into(), Exclusion::Virtual)].into(),
            malformed: [("odd".into(), "x".to_owned()), ("gone".into(), "x".to_owned())].into(),
            count: None,
        };
        let mut state = ClusterState::default();
        for name in ["whole", "stale", "stranger"] {
            state.apply(name, report(name));
        }
        for name in ["twin-1", "twin-2"] {
            state.apply(name, report("twin"));
        }
        let coverage = judge(&state.snapshot(), &Expected::Nodes(roll.clone()));
        let spec = serde_json::from_value(json!({ "id": "c", "regionId": "r" })).unwrap();
        let picture = Picture {
            onboarding: ClusterOnboarding::new(spec),
            state,
            roll,
            coverage,
            totals: None,
            whole_totals: None,
            ids: std::collections::BTreeSet::new(),
        };
        let census = Census::of(&picture);
        assert_eq!(
            census.by_state,
            [("whole", 1), ("partial", 1), ("left-out", 2), ("unreadable", 1), ("missing", 1)]
        );
        assert_eq!(census.expected, census.by_state.iter().map(|(_, count)| count).sum::<u64>());
        assert_eq!(census.not_counted, [("virtual", 1)].into());
    }
}
