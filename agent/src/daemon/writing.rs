//! What is written, and what made it necessary, as log and metrics call it.

use std::fmt;

use crate::report::desired::Write;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The Node's label and annotation.
    Node,
    /// The `NodeInventory`.
    Object,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 2] = [Self::Node, Self::Object];

    /// What this write writes.
    #[must_use]
    pub fn of(write: &Write) -> Self {
        match write {
            Write::Node(_) => Self::Node,
            Write::Object(_) | Write::Orphan(_) => Self::Object,
        }
    }

    /// The target as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Object => "NodeInventory",
        }
    }
}

/// What made a write necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// This process has written nothing yet.
    First,
    /// The node has changed.
    Changed,
    /// Somebody else has changed what was written.
    Mended,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::First, Self::Changed, Self::Mended];

    /// The reason as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Changed => "changed",
            Self::Mended => "mended",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
