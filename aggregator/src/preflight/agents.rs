//! The agents: on every node, at work, and with everything known.

use inventory_common::telling::one_line;

use crate::check::{Check, State};
use crate::cluster::coverage::{Coverage, judge};
use crate::cluster::expected::Expected;
use crate::kubernetes::read::{ReadError, Reading};

/// What these checks stand under.
pub const SECTION: &str = "agents";

/// The most obstacles that are told one by one.
const MOST: usize = 20;

/// How far the agents' inventories cover the cluster, as `document` has it.
pub fn agents(reading: &Result<Reading, ReadError>) -> Vec<Check> {
    match reading {
        Ok(Reading { state, roll }) => {
            told(&judge(&state.snapshot(), &Expected::Nodes(roll.clone())))
        }
        Err(error @ ReadError::NoAgents(_)) => {
            vec![Check::failure(SECTION, "installed", one_line(error))]
        }
        Err(error @ ReadError::Trouble(_)) => {
            vec![Check::not_tried(SECTION, "inventories", one_line(error))]
        }
    }
}

fn told(coverage: &Coverage) -> Vec<Check> {
    let name = "inventories";
    let seen = format!("{coverage} are there, fresh and fully known");
    if coverage.is_complete() {
        return vec![Check::pass(SECTION, name, seen)];
    }
    let first = Check::failure(SECTION, name, format!("only {seen}"));
    let told = coverage.obstacles.iter().take(MOST);
    let each = told.map(|obstacle| Check::new(SECTION, "obstacle", State::Failure, obstacle));
    let more = coverage.obstacles.len().saturating_sub(MOST);
    let more = (more > 0).then(|| {
        Check::failure(
            SECTION,
            "obstacle",
            format!("{more} more: see inventory-aggregator document"),
        )
    });
    std::iter::once(first).chain(each).chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::expected::{Agent, ExpectedNode, Roll};
    use crate::cluster::state::ClusterState;

    fn missing(nodes: usize) -> Vec<Check> {
        let node =
            |n| (format!("n{n}").into(), ExpectedNode { node_id: None, agent: Agent::Absent });
        let roll = Roll { expected: (0..nodes).map(node).collect(), ..Roll::default() };
        agents(&Ok(Reading { state: ClusterState::default(), roll }))
    }

    #[test]
    fn each_obstacle_is_told_and_of_too_many_how_many_more_there_are() {
        let two = missing(2);
        assert_eq!(two.len(), 3);
        assert_eq!(two[0].seen, "only 0 of 2 nodes are there, fresh and fully known");
        assert!(two[1].seen.starts_with("node 'n0' has no inventory"), "{two:?}");
        let many = missing(30);
        assert_eq!(many.len(), 22);
        assert!(many[21].seen.starts_with("10 more"), "{many:?}");
    }

    #[test]
    fn a_namespace_without_agents_fails() {
        let checks = agents(&Err(ReadError::NoAgents("here".into())));
        assert_eq!(checks[0].state, State::Failure);
    }
}
