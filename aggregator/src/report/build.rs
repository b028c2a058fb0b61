//! From what is known of a cluster to what the page shows of its nodes.

mod conditions;
mod host;

use std::collections::{BTreeMap, BTreeSet};

use inventory_common::cluster::{FIGURES, Totals};
use inventory_common::node_id;
use inventory_common::order::by_name;

pub use conditions::onboarding;

use super::detail::Detail;
use super::devices::Devices;
use super::figures::Figures;
use super::gpus::shares;
use super::model::{Node, State};
use super::said::Said;
use crate::cluster::coverage::Coverage;
use crate::cluster::expected::Expected;
use crate::cluster::state::{Member, Snapshot};

/// What is known of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What its nodes report.
    pub snapshot: &'a Snapshot<'a>,
    /// Which nodes there should be.
    pub expected: &'a Expected,
    /// How far the first cover the second.
    pub coverage: &'a Coverage,
    /// What the source says beside, by the same names as in the snapshot.
    pub details: &'a BTreeMap<String, Detail>,
}

/// Every node that is there or should be, in canonical order.
#[must_use]
pub fn nodes(known: &Known) -> Vec<Node> {
    let there = known.snapshot.members().iter().map(|member| present(member, known));
    let mut nodes: Vec<Node> = there.chain(absent(known)).collect();
    nodes.sort_by(|a, b| by_name(a.title.as_str().as_bytes(), b.title.as_str().as_bytes()));
    anchor(&mut nodes);
    nodes
}

/// What the nodes have together. A figure is all of it only where each node's is, and each is there.
#[must_use]
pub fn totals(sums: &Totals, nodes: &[Node], coverage: &Coverage) -> Figures {
    let summed = || nodes.iter().filter(|node| node.state.is_summed());
    let is_there = coverage.kept >= coverage.expected;
    let whole: Vec<bool> = (0..FIGURES.len())
        .map(|index| is_there && summed().all(|node| node.figures.at(index).is_whole()))
        .collect();
    Figures::sums(sums.figures(), |index| whole.get(index).is_some_and(|whole| *whole))
}

fn present(member: &Member, known: &Known) -> Node {
    let detail = known.details.get(member.name).unwrap_or(&Detail::Plain);
    let obstacles = said(known.coverage.obstacles_of(member.name));
    let node = &member.report.node;
    let bare = bare(member.name, Some(member.id()), State::Missing);
    let (name, dump) = match known.expected {
        Expected::Nodes(_) => (bare.name.clone(), None),
        Expected::Unknown | Expected::Count(_) => (None, Some(Said::new(member.name))),
    };
    let born = match detail {
        Detail::Object(object) => object.metadata.creation_timestamp.as_ref().map(|time| time.0),
        Detail::Inventory(_) | Detail::Plain => None,
    };
    Node {
        state: state(member, &obstacles, known.coverage),
        obstacles,
        notes: said(&member.report.notes),
        figures: Figures::of(node, detail),
        gpus: shares(node),
        features: said(&node.gpus.features),
        devices: match detail {
            Detail::Inventory(inventory) => Some(inventory.as_ref().into()),
            Detail::Object(object) => Some(Devices::from(&object.status)),
            Detail::Plain => None,
        },
        stated: match detail {
            Detail::Inventory(inventory) => inventory.stated.clone(),
            Detail::Object(object) => object.status.stated.clone(),
            Detail::Plain => Vec::new(),
        },
        conditions: conditions::of_node(detail),
        host: host::facts(detail),
        born,
        name,
        dump,
        ..bare
    }
}

fn state(member: &Member, obstacles: &[Said], coverage: &Coverage) -> State {
    if coverage.left_out.contains(member.name) {
        return if obstacles.is_empty() { State::NotCounted } else { State::LeftOut };
    }
    if obstacles.is_empty() { State::Whole } else { State::Partial }
}

/// The nodes that should be there, and are not or make no sense.
fn absent(known: &Known) -> Vec<Node> {
    let Some(roll) = known.expected.roll() else { return Vec::new() };
    let members = known.snapshot.members().iter();
    let present: BTreeSet<&str> = members.map(|member| member.name).collect();
    let is_absent = |name: &str| !present.contains(name) && !roll.malformed.contains_key(name);
    let missing = roll.expected.keys().filter(|name| is_absent(name));
    let missing = missing.map(|name| (&**name, State::Missing));
    let unreadable = roll.malformed.keys().map(|name| (&**name, State::Unreadable));
    let node = |(name, state): (&str, State)| {
        let id = roll.expected.get(name).and_then(|node| node.node_id.as_deref());
        let obstacles = said(known.coverage.obstacles_of(name));
        Node { obstacles, ..bare(name, id, state) }
    };
    missing.chain(unreadable).map(node).collect()
}

/// A node of which nothing is known but what it is called.
fn bare(name: &str, id: Option<&str>, state: State) -> Node {
    let id = id.filter(|id| !id.is_empty() && *id != node_id::UNKNOWN);
    let title = Said::new(id.unwrap_or(name));
    let name = Some(Said::new(name)).filter(|name| *name != title);
    Node {
        anchor: String::new(),
        title,
        name,
        dump: None,
        state,
        obstacles: Vec::new(),
        notes: Vec::new(),
        figures: Figures::UNKNOWN,
        gpus: Vec::new(),
        features: Vec::new(),
        devices: None,
        stated: Vec::new(),
        conditions: Vec::new(),
        host: Vec::new(),
        born: None,
    }
}

fn said(lines: &[String]) -> Vec<Said> {
    lines.iter().map(Said::from).collect()
}

/// Gives each node a name for links: its id where that is one of its own, or else its place, which no id
/// looks like.
fn anchor(nodes: &mut [Node]) {
    let mut taken = BTreeSet::new();
    for (index, node) in nodes.iter_mut().enumerate() {
        let title = node.title.as_str();
        node.anchor = if node_id::is_valid(title) && taken.insert(title.to_owned()) {
            format!("node-{title}")
        } else {
            format!("node:{}", index + 1)
        };
    }
}
