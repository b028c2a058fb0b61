//! Conditions as metrics: 1 for the status that one has and 0 for the others, so that each is a series
//! that stays, and beside them the one reason that holds now.

use super::Sample;
use crate::resource::{Condition, ConditionKind, ConditionStatus};

/// A sample for each status of each condition.
pub fn statuses<Kind: ConditionKind>(conditions: &[Condition<Kind>]) -> Vec<Sample> {
    let each = conditions.iter().flat_map(|condition| {
        ConditionStatus::ALL.map(|status| {
            let labels = [condition.kind.written(), status.as_str()];
            Sample::new(labels, condition.status == status)
        })
    });
    each.collect()
}

/// A sample for each condition, with its reason.
pub fn reasons<Kind: ConditionKind>(conditions: &[Condition<Kind>]) -> Vec<Sample> {
    let one = |condition: &Condition<Kind>| {
        Sample::new([condition.kind.written(), &condition.reason], true)
    };
    conditions.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

    use super::*;
    use crate::resource::ConditionType;

    #[test]
    fn that_nobody_can_tell_is_a_status_of_its_own() {
        let condition = Condition {
            kind: ConditionType::MatchesKubelet,
            status: ConditionStatus::Unknown,
            reason: "NotCompared".to_owned(),
            message: "m".to_owned(),
            last_transition_time: Time(k8s_openapi::jiff::Timestamp::UNIX_EPOCH),
        };
        let conditions = [condition];
        let kind = "MatchesKubelet";
        assert_eq!(
            statuses(&conditions),
            [("True", 0_u64), ("False", 0), ("Unknown", 1)]
                .map(|(status, value)| Sample::new([kind, status], value))
        );
        let why = Sample::new([kind, "NotCompared"], 1_u64);
        assert_eq!(reasons(&conditions), [why]);
    }
}
