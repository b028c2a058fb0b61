//! Which nodes there should be, and whether the agents on them are at work.

use std::collections::BTreeMap;
use std::fmt;

/// The nodes that there should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nobody knows.
    Unknown,
    /// So many.
    Count(u64),
    /// These.
    Nodes(Roll),
}

impl Expected {
    /// So many as a person says; absent where nobody does.
    #[must_use]
    pub fn count(count: Option<u64>) -> Self {
        count.map_or(Self::Unknown, Self::Count)
    }

    /// The nodes by name; absent where nobody knows their names.
    #[must_use]
    pub fn roll(&self) -> Option<&Roll> {
        match self {
            Self::Nodes(roll) => Some(roll),
            Self::Unknown | Self::Count(_) => None,
        }
    }
}

/// A cluster's nodes by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roll {
    /// Those that count.
    pub expected: BTreeMap<Box<str>, ExpectedNode>,
    /// Those that do not, with the reason.
    pub not_counted: BTreeMap<Box<str>, Exclusion>,
    /// The inventories that cannot be understood, with the reason.
    pub malformed: BTreeMap<Box<str>, String>,
    /// How many nodes a person says there are; absent where nobody does.
    pub count: Option<u64>,
}

/// A node that there should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedNode {
    /// The Node's label `nodeID`; absent where it has none.
    pub node_id: Option<Box<str>>,
    /// Its agent.
    pub agent: Agent,
}

/// How the agent of a node fares. Of several on one node the greatest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agent {
    /// No pod of an agent is on the node.
    #[default]
    Absent,
    /// Its pod is going, or gone.
    Ending,
    /// Its pod is there and not ready.
    NotReady,
    /// Its pod is ready: what it reports is how things are.
    Ready,
}

impl Agent {
    /// Why what it reported may be outdated; absent where it is not.
    #[must_use]
    pub const fn staleness(self) -> Option<&'static str> {
        match self {
            Self::Absent => Some("no agent's pod is on it"),
            Self::Ending => Some("its agent's pod has ended"),
            Self::NotReady => Some("its agent's pod is not ready"),
            Self::Ready => None,
        }
    }
}

/// Why a node of the cluster does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exclusion {
    /// It is no machine, and there is nothing to read.
    Virtual,
    /// It runs another operating system.
    NotLinux,
    /// It lacks a label that the nodes that count have.
    NotSelected,
    /// No agent is meant to run on it.
    NoAgent,
}

impl Exclusion {
    /// The reason in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Virtual => "virtual",
            Self::NotLinux => "not-linux",
            Self::NotSelected => "not-selected",
            Self::NoAgent => "no-agent",
        }
    }

    /// The reason, after a node's name.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Virtual => "virtual, with no host to read",
            Self::NotLinux => "no Linux (label kubernetes.io/os)",
            Self::NotSelected => "not among the nodes that were selected by their labels",
            Self::NoAgent => "wanted by none of the agents' DaemonSets",
        }
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}
