//! Conditions, in the form of Kubernetes' own, so that `kubectl wait --for=condition` works.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing about an object that a person should see, with why it is so and since when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition<Type> {
    /// What the condition is about.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// Why, in one word for machines.
    #[schemars(length(min = 1, max = 128), regex(pattern = "^[A-Za-z][A-Za-z0-9]*$"))]
    pub reason: String,
    /// Why, in one line for people, with what to do about it.
    #[schemars(length(max = 1024))]
    pub message: String,
    /// Since when the status is what it is.
    #[schemars(schema_with = "time")]
    pub last_transition_time: Time,
}

/// What a condition may be about.
pub trait ConditionKind: Copy + PartialEq {
    /// The status that it has where all is well.
    fn should_be(self) -> ConditionStatus;
    /// The type as it is written.
    fn written(self) -> &'static str;
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum ConditionStatus {
    /// It does.
    True,
    /// It does not.
    False,
    /// Nobody can tell.
    Unknown,
}

impl ConditionStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::True, Self::False, Self::Unknown];

    /// The status as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl From<bool> for ConditionStatus {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

impl<Type: ConditionKind> Condition<Type> {
    /// Whether it is as it should be.
    pub fn is_well(&self) -> bool {
        self.status == self.kind.should_be()
    }
}

impl<Type> Condition<Type> {
    /// Whether the two say the same, whenever they began to.
    pub fn says_as(&self, other: &Self) -> bool
    where
        Type: PartialEq,
    {
        (&self.kind, self.status, &self.reason, &self.message)
            == (&other.kind, other.status, &other.reason, &other.message)
    }
}

/// A time in the form of Kubernetes' own.
pub(super) fn time(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string", "format": "date-time" })
}

#[cfg(test)]
mod tests {
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::resource::{ConditionType, OnboardingConditionType};

    fn condition<Type>(kind: Type, status: ConditionStatus) -> Condition<Type> {
        Condition {
            kind,
            status,
            reason: "R".to_owned(),
            message: "m".to_owned(),
            last_transition_time: Time(Timestamp::UNIX_EPOCH),
        }
    }

    /// The types of which it is well that they do not hold.
    fn well_where_false<Type: ConditionKind>(all: &[Type]) -> Vec<&'static str> {
        let is_well = |kind: &Type, status| condition(*kind, status).is_well();
        for kind in all {
            let holds = is_well(kind, ConditionStatus::True);
            assert_ne!(holds, is_well(kind, ConditionStatus::False), "{}", kind.written());
            assert!(!is_well(kind, ConditionStatus::Unknown), "{}", kind.written());
        }
        let ill = all.iter().filter(|kind| is_well(kind, ConditionStatus::False));
        ill.map(|kind| kind.written()).collect()
    }

    #[test]
    fn all_but_a_contest_and_held_removals_should_be_true() {
        assert_eq!(well_where_false(ConditionType::ALL), ["Contested"]);
        assert_eq!(well_where_false(OnboardingConditionType::ALL), ["Contested", "RemovalsHeld"]);
    }

    #[test]
    fn what_a_condition_says_is_not_since_when() {
        let condition = condition(ConditionType::Complete, ConditionStatus::True);
        let later = Time(Timestamp::from_second(7).unwrap());
        assert!(condition.says_as(&Condition { last_transition_time: later, ..condition.clone() }));
        for other in [
            Condition { kind: ConditionType::Contested, ..condition.clone() },
            Condition { status: ConditionStatus::False, ..condition.clone() },
            Condition { reason: "S".to_owned(), ..condition.clone() },
            Condition { message: "n".to_owned(), ..condition.clone() },
        ] {
            assert!(!condition.says_as(&other), "{other:?}");
        }
    }
}
