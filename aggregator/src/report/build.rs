//! From what is known of a cluster to what the page shows of its nodes.

mod body;
mod conditions;
mod host;

use std::collections::{BTreeMap, BTreeSet};

use inventory_common::cluster::{FIGURES, Totals};
use inventory_common::node_id;
use inventory_common::order::by_name;

pub use conditions::onboarding;

use super::detail::Detail;
use super::figures::Figures;
use super::gpus::shares;
use super::model::{Body, Form, Node, Place, State};
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
    /// Where the nodes' own parts are.
    pub form: Form,
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

/// The node of this name; absent where it neither is there nor should be.
#[must_use]
pub fn node(known: &Known, name: &str) -> Option<Node> {
    match known.snapshot.members().iter().find(|member| member.name == name) {
        Some(member) => Some(present(member, known)),
        None => absent_states(known).find(|(absent, _)| *absent == name).map(|it| bare(known, it)),
    }
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
    let (title, name) = titles(member.name, Some(member.id()));
    let (name, dump) = match known.expected {
        Expected::Nodes(_) => (name, None),
        Expected::Unknown | Expected::Count(_) => (None, Some(Said::new(member.name))),
    };
    Node {
        place: place(known.form, member.name, || body::body(member.report, detail, dump)),
        title,
        name,
        state: state(member, &obstacles, known.coverage),
        obstacles,
        figures: Figures::of(node, detail),
        gpus: shares(node),
        unwell: detail.unwell(),
        born: detail.born(),
    }
}

fn place(form: Form, name: &str, body: impl FnOnce() -> Body) -> Place {
    match form {
        Form::Whole => Place::Here { anchor: String::new(), body: Box::new(body()) },
        Form::Live => Place::Elsewhere(name.to_owned()),
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
    absent_states(known).map(|it| bare(known, it)).collect()
}

/// Their names, and which of the two it is.
fn absent_states<'a>(known: &'a Known) -> impl Iterator<Item = (&'a str, State)> {
    let members = known.snapshot.members().iter();
    let present: BTreeSet<&str> = members.map(|member| member.name).collect();
    known.expected.roll().into_iter().flat_map(move |roll| {
        let is_there = |name: &str| present.contains(name) || roll.malformed.contains_key(name);
        let missing: Vec<&str> =
            roll.expected.keys().map(|name| &**name).filter(|name| !is_there(name)).collect();
        let missing = missing.into_iter().map(|name| (name, State::Missing));
        missing.chain(roll.malformed.keys().map(|name| (&**name, State::Unreadable)))
    })
}

/// A node of which nothing is known but what it is called.
fn bare(known: &Known, (name, state): (&str, State)) -> Node {
    let expected = known.expected.roll().and_then(|roll| roll.expected.get(name));
    let (title, shown) = titles(name, expected.and_then(|node| node.node_id.as_deref()));
    Node {
        place: place(known.form, name, Body::default),
        title,
        name: shown,
        state,
        obstacles: said(known.coverage.obstacles_of(name)),
        figures: Figures::UNKNOWN,
        gpus: Vec::new(),
        unwell: Vec::new(),
        born: None,
    }
}

/// What a node is called: its id or else its name, and the name where that is another.
fn titles(name: &str, id: Option<&str>) -> (Said, Option<Said>) {
    let id = id.filter(|id| !id.is_empty() && *id != node_id::UNKNOWN);
    let title = Said::new(id.unwrap_or(name));
    let name = Some(Said::new(name)).filter(|name| *name != title);
    (title, name)
}

fn said(lines: &[String]) -> Vec<Said> {
    lines.iter().map(Said::from).collect()
}

/// Gives each node of the page a name for links: its id where that is one of its own, or else its place,
/// which no id looks like.
fn anchor(nodes: &mut [Node]) {
    let mut taken = BTreeSet::new();
    for (index, node) in nodes.iter_mut().enumerate() {
        let Place::Here { anchor, .. } = &mut node.place else { continue };
        let title = node.title.as_str();
        *anchor = if node_id::is_valid(title) && taken.insert(title.to_owned()) {
            format!("node-{title}")
        } else {
            format!("node:{}", index + 1)
        };
    }
}
