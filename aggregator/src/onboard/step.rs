//! The steps, in the order in which they are taken.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A step of the way to AIOS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// What AIOS's onboarding page wants of a cluster is looked at.
    Preflight,
    /// The cluster's document is made and checked.
    Document,
    /// A person looks at the document.
    Review,
    /// AIOS is told, and read back.
    Submit,
    /// AIOS creates its infrastructure in the cluster.
    Infrastructure,
    /// AIOS's services are up.
    Endpoints,
}

impl Step {
    /// All of them, in the order in which they are taken.
    pub const ALL: [Self; 6] = [
        Self::Preflight,
        Self::Document,
        Self::Review,
        Self::Submit,
        Self::Infrastructure,
        Self::Endpoints,
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|step| step.name() == name);
        found.ok_or_else(|| format!("there is no step '{name}'"))
    }

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Document => "document",
            Self::Review => "review",
            Self::Submit => "submit",
            Self::Infrastructure => "infrastructure",
            Self::Endpoints => "endpoints",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Self::ALL.iter().position(|step| step == self).map_or(0, |place| place + 1);
        write!(f, "step {place} of {}, {}", Self::ALL.len(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_in_their_order_and_told_by_number() {
        assert!(Step::ALL.is_sorted());
        assert_eq!(Step::Preflight.to_string(), "step 1 of 6, preflight");
        assert_eq!(Step::Endpoints.to_string(), "step 6 of 6, endpoints");
    }
}
