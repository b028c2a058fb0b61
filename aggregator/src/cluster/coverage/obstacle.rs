//! What stands in the way of a document, a line each, with what to do about it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use inventory_common::node_id;

use crate::cluster::expected::{Agent, Exclusion, ExpectedNode, Roll};
use crate::cluster::state::Member;

/// Fewer or more inventories than nodes that a person counted.
pub fn attendance(present: u64, expected: u64) -> Option<String> {
    match present.cmp(&expected) {
        Ordering::Equal => None,
        Ordering::Less => {
            let missing = expected - present;
            let have = if missing == 1 { "has" } else { "have" };
            Some(format!(
                "{missing} of {expected} expected nodes {have} no inventory: run inventory-agent on each, and give its dump"
            ))
        }
        Ordering::Greater => Some(format!(
            "{present} nodes have an inventory, and only {expected} are expected: leave out the others, or correct --expect-nodes"
        )),
    }
}

/// Fewer or more Nodes than a person counted, or none at all.
pub fn size(roll: &Roll) -> Option<String> {
    let nodes = roll.expected.len() as u64;
    match roll.count {
        Some(count) if count != nodes => Some(format!(
            "the cluster has {nodes} nodes that count, and {count} are expected: compare with kubectl get nodes, or correct --expect-nodes"
        )),
        None if nodes == 0 => Some(
            "the cluster has no node that counts: compare the labels of its Nodes with what the agents' DaemonSets select"
                .to_owned(),
        ),
        _ => None,
    }
}

/// Why AIOS could not find this node.
pub fn anonymity(member: &Member) -> Option<String> {
    let id = member.id();
    let what = match id {
        "" | node_id::UNKNOWN => "it has no id".to_owned(),
        id if node_id::is_valid(id) => return None,
        id => format!("its id '{id}' is no label value"),
    };
    Some(format!(
        "{}: {what}: give its agent NODE_NAME or --node-id, and its Node the same label nodeID",
        member.name
    ))
}

/// Nodes that AIOS would take for one.
pub fn ambiguity(namesakes: &[&Member]) -> String {
    let names: Vec<&str> = namesakes.iter().map(|member| member.name).collect();
    let id = namesakes.first().map_or("", |member| member.id());
    format!(
        "the id '{id}' is there {} times, in {}: give each node its own label nodeID, and each inventory once",
        names.len(),
        names.join(", ")
    )
}

/// What a node is called, with where it comes from where that says more.
fn called(member: &Member) -> String {
    let (id, name) = (member.id(), member.name);
    if id == name { format!("node '{id}'") } else { format!("node '{id}' ({name})") }
}

/// A node that AIOS knows by another id than its Node's label.
pub fn mismatch(member: &Member, node: &ExpectedNode) -> Option<String> {
    let label = node.node_id.as_deref().filter(|label| *label != member.id())?;
    Some(format!(
        "node '{}': its inventory has the id '{}', and its Node the label nodeID '{label}': its agent takes the label over, {}",
        member.name,
        member.id(),
        look(member.name)
    ))
}

/// A node that AIOS's schedulers cannot select.
pub fn no_label(member: &Member, node: &ExpectedNode) -> Option<String> {
    if node.node_id.is_some() {
        return None;
    }
    let (name, id) = (member.name, member.id());
    Some(format!(
        "{}: its Node has no label nodeID: its agent sets it; or set it with kubectl label node {name} nodeID={id}",
        called(member)
    ))
}

/// A node of which nobody knows how it is now.
pub fn staleness(member: &Member, node: &ExpectedNode) -> Option<String> {
    let why = node.agent.staleness()?;
    Some(format!("{}: its inventory may be outdated, {why}: {}", called(member), look(member.name)))
}

/// What a node does not know, or says that is wrong.
pub fn troubles(member: &Member) -> impl Iterator<Item = String> {
    member.report.troubles.iter().map(|trouble| format!("{}: {trouble}", called(member)))
}

/// What a person should know of a node.
pub fn notes(member: &Member) -> impl Iterator<Item = String> {
    member.report.notes.iter().map(|note| format!("{}: {note}", called(member)))
}

/// A node that did not report.
pub fn absence(name: &str, agent: Agent) -> String {
    let why = agent.staleness().unwrap_or("though its agent's pod is ready");
    format!("node '{name}' has no inventory, {why}: {}", look(name))
}

/// An inventory of no node that counts.
pub fn stranger(member: &Member, exclusion: Option<Exclusion>) -> String {
    let name = member.name;
    match exclusion {
        None => format!(
            "there is an inventory of '{name}' and no such Node: kubectl delete nodeinventory {name}"
        ),
        Some(exclusion) => format!(
            "node '{name}' has an inventory, and does not count, being {exclusion}: let the agents' DaemonSets select it, or kubectl delete nodeinventory {name}"
        ),
    }
}

/// An inventory that cannot be understood.
pub fn malformed(name: &str, reason: &str) -> String {
    format!(
        "the NodeInventory '{name}' makes no sense, {reason}: kubectl delete nodeinventory {name}, and the node's agent writes it anew"
    )
}

/// The most nodes that are named in one line.
const NAMED: usize = 5;

/// The nodes that do not count, a line for each reason.
pub fn not_counted(roll: &Roll) -> Vec<String> {
    let mut by_reason: BTreeMap<Exclusion, Vec<&str>> = BTreeMap::new();
    for (name, exclusion) in &roll.not_counted {
        by_reason.entry(*exclusion).or_default().push(name);
    }
    let line = |(exclusion, names): (Exclusion, Vec<&str>)| {
        let named = names.iter().take(NAMED).map(|name| format!("'{name}'"));
        let named = named.collect::<Vec<_>>().join(", ");
        let more = names.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("not counted: {named}{more}: {exclusion}")
    };
    by_reason.into_iter().map(line).collect()
}

/// What to do about an agent that does not report.
fn look(name: &str) -> String {
    format!(
        "see kubectl get pods -A -l app.kubernetes.io/component=agent --field-selector spec.nodeName={name}"
    )
}
