//! The coverage gate: whether every node of the cluster is there, known, and told apart.

mod obstacle;
mod places;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value};

use places::Places;

use super::additional_info::ADDITIONAL_INFO;
use super::expected::{Exclusion, Expected, ExpectedNode, Roll};
use super::state::{Member, Snapshot};

/// The key of `additionalInfo` under which a document says that it does not cover all.
const COVERAGE: &str = "inventoryCoverage";

/// How far the inventories cover a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Why they do not cover it, a line each; empty where they do.
    pub obstacles: Vec<String>,
    /// What a person should know and nothing waits for, a line each.
    pub notes: Vec<String>,
    /// The names of the nodes that no document can hold, whatever one is ready to put up with:
    /// AIOS could not tell which they are, or they are none of the cluster's.
    pub left_out: BTreeSet<String>,
    /// The ids of the nodes that a document can hold, and of which not all is known.
    pub tentative_ids: BTreeSet<String>,
    /// The nodes that a document can hold.
    pub kept: u64,
    /// The nodes of which all is known.
    pub whole: u64,
    /// The nodes that there should be.
    pub expected: u64,
    /// Which of the obstacles are about the node of this name.
    places: Places,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} nodes", self.whole, self.expected)
    }
}

/// Holds the nodes that are there against those that there should be.
#[must_use]
pub fn judge(snapshot: &Snapshot, expected: &Expected) -> Coverage {
    let roll = expected.roll();
    let is_expected =
        |member: &&Member| roll.is_none_or(|roll| roll.expected.contains_key(member.name));
    let (members, strangers): (Vec<&Member>, Vec<&Member>) =
        snapshot.members().iter().partition(is_expected);
    let mut coverage = Coverage::begin(snapshot.members().len(), members.len(), expected);
    let mut by_id: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
    for member in &members {
        by_id.entry(member.id()).or_default().push(member);
    }
    for member in members {
        let namesakes = by_id.get(member.id()).map_or(&[][..], Vec::as_slice);
        let node = roll.and_then(|roll| roll.expected.get(member.name));
        let before = coverage.obstacles.len();
        coverage.judge(member, namesakes, node);
        coverage.mark(member.name, before, namesakes);
    }
    if let Some(roll) = roll {
        for stranger in strangers {
            let before = coverage.obstacles.len();
            coverage.turn_away(stranger, roll);
            coverage.mark(stranger.name, before, &[]);
        }
        coverage.call(snapshot, roll);
    }
    coverage
}

impl Coverage {
    fn begin(inventories: usize, members: usize, expected: &Expected) -> Self {
        let present = members as u64;
        let (obstacle, expected) = match expected {
            Expected::Unknown => (None, present),
            Expected::Count(count) => (obstacle::attendance(present, *count), present.max(*count)),
            Expected::Nodes(roll) => {
                let nodes = roll.expected.len() as u64;
                (obstacle::size(roll), nodes.max(roll.count.unwrap_or(0)))
            }
        };
        Self {
            obstacles: obstacle.into_iter().collect(),
            notes: Vec::new(),
            left_out: BTreeSet::new(),
            tentative_ids: BTreeSet::new(),
            kept: inventories as u64,
            whole: 0,
            expected,
            places: Places::default(),
        }
    }

    /// The obstacles that are about the node of this name.
    #[must_use]
    pub fn obstacles_of(&self, name: &str) -> &[String] {
        self.obstacles.get(self.places.of(name)).unwrap_or_default()
    }

    /// The obstacles that are about no one node.
    #[must_use]
    pub fn general(&self) -> Vec<&str> {
        self.places.others(&self.obstacles)
    }

    /// Notes that the obstacles from `before` on are about this node. Of those that share an id only
    /// the first brings one, and it is about all of them.
    fn mark(&mut self, name: &str, before: usize, namesakes: &[&Member]) {
        let new = before..self.obstacles.len();
        let first = namesakes.first().map_or("", |first| first.name);
        self.places.put(name, if new.is_empty() { self.places.of(first) } else { new });
    }

    /// Whether every node is there and known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.obstacles.is_empty()
    }

    /// Says in a document's clusterMetadata how far it covers the cluster; of a complete one
    /// nothing is said, and what an earlier one said is taken away.
    pub fn note_in(&self, metadata: &mut Map<String, Value>) -> Result<(), NoPlace> {
        if self.is_complete() {
            if let Some(Value::Object(info)) = metadata.get_mut(ADDITIONAL_INFO) {
                info.remove(COVERAGE);
            }
            return Ok(());
        }
        let info = metadata.entry(ADDITIONAL_INFO).or_insert_with(|| Map::new().into());
        let info = info.as_object_mut().ok_or(NoPlace)?;
        info.insert(COVERAGE.to_owned(), self.to_string().into());
        Ok(())
    }

    /// Judges a node by itself; `node` is what the cluster says of it, absent where nobody asked.
    fn judge(&mut self, member: &Member, namesakes: &[&Member], node: Option<&ExpectedNode>) {
        self.notes.extend(obstacle::notes(member));
        if let Some(obstacle) = obstacle::anonymity(member) {
            return self.leave_out(member, Some(obstacle));
        }
        if namesakes.len() > 1 {
            let is_first = namesakes.first().is_some_and(|first| first.name == member.name);
            return self.leave_out(member, is_first.then(|| obstacle::ambiguity(namesakes)));
        }
        if let Some(obstacle) = node.and_then(|node| obstacle::mismatch(member, node)) {
            return self.leave_out(member, Some(obstacle));
        }
        let before = self.obstacles.len();
        self.obstacles.extend(node.and_then(|node| obstacle::no_label(member, node)));
        self.obstacles.extend(node.and_then(|node| obstacle::staleness(member, node)));
        self.obstacles.extend(obstacle::troubles(member));
        if self.obstacles.len() == before {
            self.whole += 1;
        } else {
            self.tentative_ids.insert(member.id().to_owned());
        }
    }

    /// Leaves out what is none of the nodes that count. That a person did not select it is no
    /// obstacle.
    fn turn_away(&mut self, stranger: &Member, roll: &Roll) {
        let exclusion = roll.not_counted.get(stranger.name).copied();
        let is_obstacle = exclusion != Some(Exclusion::NotSelected);
        self.leave_out(stranger, is_obstacle.then(|| obstacle::stranger(stranger, exclusion)));
    }

    /// Says which nodes did not report, and which need not.
    fn call(&mut self, snapshot: &Snapshot, roll: &Roll) {
        let present: BTreeSet<&str> = snapshot.members().iter().map(|member| member.name).collect();
        for (name, reason) in &roll.malformed {
            self.add(name, obstacle::malformed(name, reason));
        }
        let absent = roll
            .expected
            .iter()
            .filter(|(name, _)| !present.contains(&***name) && !roll.malformed.contains_key(*name));
        for (name, node) in absent {
            self.add(name, obstacle::absence(name, node.agent));
        }
        self.notes.extend(obstacle::not_counted(roll));
    }

    /// Adds an obstacle that is about the node of this name.
    fn add(&mut self, name: &str, obstacle: String) {
        let before = self.obstacles.len();
        self.obstacles.push(obstacle);
        self.mark(name, before, &[]);
    }

    fn leave_out(&mut self, member: &Member, obstacle: Option<String>) {
        self.left_out.insert(member.name.to_owned());
        self.kept -= 1;
        self.obstacles.extend(obstacle);
    }
}

/// A document that cannot say that it is partial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "clusterMetadata.additionalInfo: is no object, so it cannot say that not all nodes are covered"
)]
pub struct NoPlace;
