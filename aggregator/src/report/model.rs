//! What the page shows, before it is a page.

use inventory_common::Override;
use inventory_common::resource::ConditionStatus;
use k8s_openapi::jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::comparison::Comparison;
use super::devices::Devices;
use super::figures::Figures;
use super::gpus::Share;
use super::said::Said;

/// A cluster at a glance.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was made.
    pub made: Timestamp,
    /// What it was made from.
    pub source: String,
    /// What is said of the cluster; absent where nobody said anything.
    pub cluster: Option<Cluster>,
    /// What the nodes that can be told apart have together.
    pub totals: Figures,
    /// How many of them there are.
    pub summed: u64,
    /// The nodes of which all is known.
    pub whole: u64,
    /// The nodes that there should be.
    pub expected: u64,
    /// What stands in the way and is about no one node.
    pub obstacles: Vec<Said>,
    /// What a reader should know.
    pub notes: Vec<Said>,
    /// The nodes, in canonical order.
    pub nodes: Vec<Node>,
    /// How far AIOS has been told; absent where the cluster does not say.
    pub onboarding: Option<Onboarding>,
    /// What AIOS stores against what is true; absent where that is nobody's question.
    pub comparison: Option<Comparison>,
    /// The document.
    pub document: Entry,
}

/// What a person says of the cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its id.
    pub id: Said,
    /// Its region.
    pub region: Said,
}

/// The cluster's document.
#[derive(Clone, Debug)]
pub enum Entry {
    /// There is none, and why.
    Absent(String),
    /// It.
    Document {
        /// As JSON, without what is secret; absent where it is served by itself.
        text: Option<String>,
        /// Why AIOS would refuse it or spoil it, a line each.
        flaws: Vec<Said>,
    },
}

/// How far AIOS has been told.
#[derive(Clone, Debug)]
pub struct Onboarding {
    /// When the controller submits.
    pub policy: &'static str,
    /// When it last submitted; absent where it never did.
    pub submitted: Option<Timestamp>,
    /// What its conditions say; empty until the controller has looked.
    pub conditions: Vec<Condition>,
}

/// What a condition says.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What it is about.
    pub kind: &'static str,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// Whether that is as it should be; absent where nobody can tell.
    pub is_good: Option<bool>,
    /// Why, in one word.
    pub reason: Said,
    /// Why, in one line.
    pub message: Said,
    /// Since when.
    pub since: Timestamp,
}

/// How a node fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It is there, and all of it is known.
    Whole,
    /// It is there, and something about it is not known or not as it should be.
    Partial,
    /// It is there, and no document can hold it.
    LeftOut,
    /// It is there, and none of those that count.
    NotCounted,
    /// Its inventory makes no sense.
    Unreadable,
    /// It should be there, and has no inventory.
    Missing,
}

impl State {
    /// Every state, the best first.
    pub const ALL: [Self; 6] = [
        Self::Whole,
        Self::Partial,
        Self::LeftOut,
        Self::NotCounted,
        Self::Unreadable,
        Self::Missing,
    ];

    /// The state in a word or two.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Partial => "partial",
            Self::LeftOut => "left out",
            Self::NotCounted => "not counted",
            Self::Unreadable => "unreadable",
            Self::Missing => "missing",
        }
    }

    /// What it means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Whole => "it is there, and all that the rules need of it is known",
            Self::Partial => {
                "it is there, and something of it is unknown, outdated or not as it should be"
            }
            Self::LeftOut => "it is there, and no document can hold it",
            Self::NotCounted => "it is there, and was not selected",
            Self::Unreadable => "it has an inventory that makes no sense",
            Self::Missing => "it should be there, and has no inventory",
        }
    }

    /// Its sign and colour: `good`, `fair`, `bad` or `dim`.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Whole => "good",
            Self::Partial => "fair",
            Self::NotCounted => "dim",
            Self::LeftOut | Self::Unreadable | Self::Missing => "bad",
        }
    }

    /// Whether its figures are in the cluster's sums.
    #[must_use]
    pub const fn is_summed(self) -> bool {
        matches!(self, Self::Whole | Self::Partial)
    }
}

/// One node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where its own part is.
    pub place: Place,
    /// Its id, or where it has none its name.
    pub title: Said,
    /// The Node's name; absent where that is the title, or where there is no Node.
    pub name: Option<Said>,
    /// How it fares.
    pub state: State,
    /// What stands in its way, a line each.
    pub obstacles: Vec<Said>,
    /// Its figures.
    pub figures: Figures,
    /// Its GPUs by model.
    pub gpus: Vec<Share>,
    /// The conditions of its object that are not as they should be, by their types.
    pub unwell: Vec<&'static str>,
    /// When its object was made; absent where that is not known.
    pub born: Option<Timestamp>,
}

impl Node {
    /// By which it is told from the others.
    #[must_use]
    pub fn key(&self) -> &str {
        match &self.place {
            Place::Here { anchor, .. } => anchor,
            Place::Elsewhere(name) => name,
        }
    }

    /// Where a link to it leads.
    #[must_use]
    pub fn href(&self) -> String {
        match &self.place {
            Place::Here { anchor, .. } => format!("#{anchor}"),
            Place::Elsewhere(name) => format!("/node/{}", utf8_percent_encode(name, NAME)),
        }
    }

    /// Its own part, where that is on the same page.
    #[must_use]
    pub fn body(&self) -> Option<&Body> {
        match &self.place {
            Place::Here { body, .. } => Some(body),
            Place::Elsewhere(_) => None,
        }
    }

    /// The conditions that are not as they should be, with their reasons, where its own part says them.
    pub fn complaints(&self) -> impl Iterator<Item = &Condition> {
        let conditions = self.body().into_iter().flat_map(|body| &body.conditions);
        conditions.filter(|condition| condition.is_good != Some(true))
    }

    /// Whether this is its id or its Node's name.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        [Some(&self.title), self.name.as_ref()].into_iter().flatten().any(|it| it.as_str() == name)
    }

    /// Whether nobody need look at it.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        matches!(self.state, State::Whole | State::NotCounted) && self.unwell.is_empty()
    }
}

/// What stands in the path of a node's page as it is.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Whole by itself, with each node's part and the document on it.
    Whole,
    /// One that follows its cluster, and leads to the nodes' pages and to the document.
    Live,
}

/// Where a node's own part is.
#[derive(Clone, Debug)]
pub enum Place {
    /// On the same page.
    Here {
        /// By which a link finds it.
        anchor: String,
        /// What it says.
        body: Box<Body>,
    },
    /// On a page of its own, by the name of the Node.
    Elsewhere(String),
}

/// What a node's own part says beside its line.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// The dump that it comes from; absent where it comes from a cluster.
    pub dump: Option<Said>,
    /// What a reader should know of it.
    pub notes: Vec<Said>,
    /// What its GPUs can do.
    pub features: Vec<Said>,
    /// Its devices; absent where the source does not tell them.
    pub devices: Option<Devices>,
    /// What a person stated to its agent.
    pub stated: Vec<Override>,
    /// What the conditions of its object say; empty where there is none.
    pub conditions: Vec<Condition>,
    /// What is known of its host beside: a name and a value.
    pub host: Vec<(&'static str, Said)>,
}
