//! A word that is explained.

use serde::{Serialize, Serializer};

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Why a device is not counted.
    Rule,
    /// Why a GPU's figures are not known.
    GpuState,
    /// How a GPU fares.
    GpuHealth,
    /// Why a port adds nothing.
    PortState,
    /// What became of a probe.
    Outcome,
    /// Why something could not be read.
    Cause,
    /// A condition of a `NodeInventory`.
    NodeCondition,
    /// Why such a condition is as it is.
    NodeReason,
    /// A condition of a `ClusterOnboarding`.
    OnboardingCondition,
    /// Why such a condition is as it is.
    OnboardingReason,
    /// How something that was looked at came out.
    Check,
    /// How a program ended.
    ExitStatus,
}

impl Group {
    /// What the words of this group are, before the colon in one or two words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Rule => "rule: why a device is not counted",
            Self::GpuState => "GPU state: why a GPU's figures are not known",
            Self::GpuHealth => "GPU health: how a GPU fares",
            Self::PortState => "port state: why a port adds no bandwidth",
            Self::Outcome => "outcome: what became of a probe",
            Self::Cause => "cause: why something could not be read",
            Self::NodeCondition => "condition of a NodeInventory",
            Self::NodeReason => "reason of a NodeInventory's condition",
            Self::OnboardingCondition => "condition of a ClusterOnboarding",
            Self::OnboardingReason => "reason of a ClusterOnboarding's condition",
            Self::Check => "check: how something came out that preflight or endpoints look at",
            Self::ExitStatus => "exit status",
        }
    }
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.title().split(':').next().unwrap_or_default())
    }
}

/// A word with what it means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Topic {
    /// What it is.
    pub group: Group,
    /// The word, as the programs print it.
    pub name: &'static str,
    /// What it belongs to: the conditions that a reason is of, the programs of an exit status; empty
    /// where that goes without saying.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<&'static str>,
    /// What it means, in one line.
    pub meaning: &'static str,
    /// Why it is so, in one line; empty where that goes without saying.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub reason: &'static str,
    /// Where it comes from: a file of the kernel, a call, a page, in one line.
    pub source: &'static str,
    /// What to do, in one line; empty where there is nothing to do.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub remedy: &'static str,
}

impl Topic {
    /// A word that belongs to nothing in particular.
    #[must_use]
    pub const fn new(group: Group, name: &'static str, told: Told) -> Self {
        let Told { meaning, source, remedy } = told;
        Self { group, name, of: Vec::new(), meaning, reason: "", source, remedy }
    }

    /// The same, with the reason why it is so.
    #[must_use]
    pub fn because(self, reason: &'static str) -> Self {
        Self { reason, ..self }
    }

    /// The same, of these.
    #[must_use]
    pub fn of(self, of: impl IntoIterator<Item = &'static str>) -> Self {
        Self { of: of.into_iter().collect(), ..self }
    }
}

/// What is told of a word.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// What it means.
    pub meaning: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What to do; empty where there is nothing to do.
    pub remedy: &'static str,
}
