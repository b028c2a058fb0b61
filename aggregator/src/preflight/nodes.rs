//! The nodes: ready, and each with an id of its own that is also its inventory's.

use std::collections::BTreeMap;

use inventory_common::node_id;

use crate::check::Check;
use crate::kubernetes::machines::Machine;

/// What these checks stand under.
pub const SECTION: &str = "nodes";

/// The most that are named in one line.
const NAMED: usize = 5;

/// These names, or the first of too many.
pub fn some_of<T: AsRef<str>>(names: &[T]) -> String {
    let first: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    first.join(", ") + &more
}

/// The ids that the nodes' inventories have, by the Nodes' names, or why nobody knows.
pub type Inventories = Result<BTreeMap<String, String>, String>;

/// Judges these machines by themselves, and by what their agents report.
pub fn nodes(machines: &[&Machine], inventories: &Inventories) -> Vec<Check> {
    if machines.is_empty() {
        let seen = "the cluster has no Linux node that counts";
        return vec![Check::failure(SECTION, "nodes", seen)];
    }
    vec![
        readiness(machines),
        labels(machines),
        validity(machines),
        uniqueness(machines),
        equality(machines, inventories),
    ]
}

fn names(machines: &[&Machine], is_meant: impl Fn(&Machine) -> bool) -> Vec<String> {
    let meant = machines.iter().filter(|machine| is_meant(machine));
    meant.map(|machine| machine.name.clone()).collect()
}

fn readiness(machines: &[&Machine]) -> Check {
    let (name, all) = ("ready", machines.len());
    let unready = names(machines, |machine| !machine.is_ready);
    if unready.is_empty() {
        return Check::pass(SECTION, name, format!("all {all} nodes"));
    }
    let seen = format!("{} of {all} nodes are not: {}", unready.len(), some_of(&unready));
    Check::warning(SECTION, name, seen).advised("see kubectl describe node NAME")
}

fn labels(machines: &[&Machine]) -> Check {
    let (name, all) = ("label nodeID", machines.len());
    let without = names(machines, |machine| machine.node_id.is_none());
    if without.is_empty() {
        return Check::pass(SECTION, name, format!("all {all} nodes have one"));
    }
    let seen = format!("{} of {all} nodes have none: {}", without.len(), some_of(&without));
    Check::failure(SECTION, name, seen).advised(
        "each agent labels its node with the node's name; for other ids: inventory-aggregator label",
    )
}

fn validity(machines: &[&Machine]) -> Check {
    let name = "valid nodeIDs";
    let is_wrong = |id: &str| !node_id::is_valid(id) || id == node_id::UNKNOWN;
    let wrong: Vec<String> = machines
        .iter()
        .filter_map(|machine| Some((machine, machine.node_id.as_ref()?)))
        .filter(|(_, id)| is_wrong(id))
        .map(|(machine, id)| format!("'{id}' of {}", machine.name))
        .collect();
    if !wrong.is_empty() {
        return Check::failure(SECTION, name, some_of(&wrong))
            .advised("inventory-aggregator label --overwrite gives them others");
    }
    of_those_with_ids(name, machines, "all that there are")
}

fn uniqueness(machines: &[&Machine]) -> Check {
    let name = "unique nodeIDs";
    let mut by_id: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for machine in machines {
        if let Some(id) = &machine.node_id {
            by_id.entry(id).or_default().push(&machine.name);
        }
    }
    let shared: Vec<String> = by_id
        .iter()
        .filter(|(_, names)| names.len() > 1)
        .map(|(id, names)| format!("'{id}' is on {}", some_of(names)))
        .collect();
    if !shared.is_empty() {
        return Check::failure(SECTION, name, some_of(&shared))
            .advised("AIOS takes such nodes for one: inventory-aggregator label --overwrite gives each its own");
    }
    of_those_with_ids(name, machines, "no two are alike")
}

/// Of nodes without an id there is nothing to say.
fn of_those_with_ids(name: &str, machines: &[&Machine], seen: &str) -> Check {
    if machines.iter().all(|machine| machine.node_id.is_none()) {
        return Check::not_tried(SECTION, name, "no node has a nodeID");
    }
    Check::pass(SECTION, name, seen)
}

fn equality(machines: &[&Machine], inventories: &Inventories) -> Check {
    let name = "nodeIDs equal nodeData's ids";
    let inventories = match inventories {
        Ok(inventories) => inventories,
        Err(why) => return Check::not_tried(SECTION, name, why),
    };
    let pairs: Vec<(&str, &str, &str)> = machines
        .iter()
        .filter_map(|machine| {
            let inventory = inventories.get(&machine.name)?;
            Some((machine.name.as_str(), machine.node_id.as_deref()?, inventory.as_str()))
        })
        .collect();
    let different: Vec<String> = pairs
        .iter()
        .filter(|(_, label, inventory)| label != inventory)
        .map(|(node, label, inventory)| format!("{node} has '{label}', and '{inventory}' there"))
        .collect();
    if !different.is_empty() {
        return Check::failure(SECTION, name, some_of(&different))
            .advised("an agent takes its node's label over within a minute: see its pod");
    }
    if pairs.len() < machines.len() {
        let without = machines.len() - pairs.len();
        let seen = format!("{without} of {} nodes lack one or the other", machines.len());
        return Check::not_tried(SECTION, name, seen);
    }
    Check::pass(SECTION, name, format!("all {} nodes", machines.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::State;

    fn machine(name: &str, id: Option<&str>) -> Machine {
        let node_id = id.map(str::to_owned);
        Machine { name: name.into(), node_id, is_ready: true, ..Machine::default() }
    }

    fn states(machines: &[Machine], inventories: &[(&str, &str)]) -> Vec<State> {
        let machines: Vec<&Machine> = machines.iter().collect();
        let pair = |(node, id): &(&str, &str)| ((*node).to_owned(), (*id).to_owned());
        let inventories = Ok(inventories.iter().map(pair).collect());
        nodes(&machines, &inventories).iter().map(|check| check.state).collect()
    }

    use State::{Failure, NotTried, Pass, Warning};

    #[test]
    fn nodes_with_ids_of_their_own_that_are_reported_too_pass() {
        let machines = [machine("a", Some("x")), machine("b", Some("y"))];
        assert_eq!(states(&machines, &[("a", "x"), ("b", "y")]), [Pass; 5]);
    }

    #[test]
    fn each_fault_fails_its_own_check() {
        let good = machine("a", Some("x"));
        let unready = Machine { is_ready: false, ..good.clone() };
        assert_eq!(states(&[unready], &[("a", "x")]), [Warning, Pass, Pass, Pass, Pass]);
        let lacking = [good.clone(), machine("b", None)];
        assert_eq!(states(&lacking, &[("a", "x")]), [Pass, Failure, Pass, Pass, NotTried]);
        let known = Ok([("a".to_owned(), "x".to_owned())].into());
        let unknown = equality(&[&lacking[0], &lacking[1]], &known);
        assert_eq!(unknown.seen, "1 of 2 nodes lack one or the other");
        let unknown = [machine("a", Some("unknown"))];
        assert_eq!(states(&unknown, &[("a", "unknown")]), [Pass, Pass, Failure, Pass, Pass]);
        let twice = [good.clone(), machine("b", Some("x"))];
        assert_eq!(states(&twice, &[("a", "x"), ("b", "x")]), [Pass, Pass, Pass, Failure, Pass]);
        assert_eq!(states(&[good], &[("a", "y")]), [Pass, Pass, Pass, Pass, Failure]);
    }

    #[test]
    fn what_is_not_known_is_no_pass() {
        assert_eq!(
            states(&[machine("a", None)], &[]),
            [Pass, Failure, NotTried, NotTried, NotTried]
        );
        assert_eq!(states(&[], &[]), [Failure]);
        let machine = machine("a", Some("x"));
        let checks = nodes(&[&machine], &Err("it may not".into()));
        assert_eq!(checks[4].state, NotTried);
    }

    #[test]
    fn of_too_many_the_first_are_named() {
        assert_eq!(some_of(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
        assert_eq!(some_of(&["a"]), "a");
    }
}
