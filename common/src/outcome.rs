//! How a probe went. An inventory carries its own errors, so that "none found" never looks like
//! "could not look".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The probes, in the order in which their outcomes are listed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ProbeName {
    /// Logical CPUs.
    Cpu,
    /// Main memory.
    Memory,
    /// Swap space.
    Swap,
    /// Block devices.
    Block,
    /// Network devices.
    Net,
    /// InfiniBand and RoCE devices.
    Infiniband,
    /// Functions on the PCI bus.
    Pci,
    /// GPUs, from every source.
    Gpu,
}

impl ProbeName {
    /// The name as it is written in the inventory.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Swap => "swap",
            Self::Block => "block",
            Self::Net => "net",
            Self::Infiniband => "infiniband",
            Self::Pci => "pci",
            Self::Gpu => "gpu",
        }
    }
}

/// What became of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// All that the rules need was read.
    Complete,
    /// The host has no such thing: its class folder does not exist. Not a failure.
    Absent,
    /// Something could not be read; the faults say what. All else is right.
    Partial,
    /// The probe's only source could not be read, and its figures are unknown.
    Failed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Complete, Self::Absent, Self::Partial, Self::Failed];

    /// Whether everything that is there was read.
    #[must_use]
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Complete | Self::Absent)
    }

    /// The outcome as it is written in the inventory.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Absent => "absent",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

/// Why something could not be read, sorted by what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// It is not there.
    Absent,
    /// It is there, and this user may not read it.
    Forbidden,
    /// It is there, and says something that it should not.
    Malformed,
    /// It did not answer in time.
    Timeout,
    /// The device or the kernel failed; another try may succeed.
    Transient,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 5] =
        [Self::Absent, Self::Forbidden, Self::Malformed, Self::Timeout, Self::Transient];

    /// The cause as it is written in the inventory.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Forbidden => "forbidden",
            Self::Malformed => "malformed",
            Self::Timeout => "timeout",
            Self::Transient => "transient",
        }
    }
}

/// One thing that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The device that it belongs to; absent where it concerns the whole probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The file, relative to the host's root, or the call.
    pub path: String,
    /// The kind of trouble.
    pub cause: Cause,
    /// One line for a person.
    pub message: String,
}

/// A probe and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// Which probe.
    pub name: ProbeName,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it is not complete; empty where it is.
    pub faults: Vec<Fault>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_written_as(value: impl Serialize, text: &str) {
        assert_eq!(serde_json::to_value(value).unwrap(), text);
    }

    #[test]
    fn every_word_is_the_one_that_it_serializes_to() {
        for name in [
            ProbeName::Cpu,
            ProbeName::Memory,
            ProbeName::Swap,
            ProbeName::Block,
            ProbeName::Net,
            ProbeName::Infiniband,
            ProbeName::Pci,
            ProbeName::Gpu,
        ] {
            is_written_as(name, name.as_str());
        }
        for outcome in [Outcome::Complete, Outcome::Absent, Outcome::Partial, Outcome::Failed] {
            is_written_as(outcome, outcome.as_str());
        }
        for cause in
            [Cause::Absent, Cause::Forbidden, Cause::Malformed, Cause::Timeout, Cause::Transient]
        {
            is_written_as(cause, cause.as_str());
        }
    }

    #[test]
    fn what_is_not_there_leaves_nothing_to_read() {
        assert!(Outcome::Complete.is_whole() && Outcome::Absent.is_whole());
        assert!(!Outcome::Partial.is_whole() && !Outcome::Failed.is_whole());
    }
}
