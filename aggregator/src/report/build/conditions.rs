//! What conditions say, of a node and of the cluster's onboarding.

use inventory_common::resource::{
    self, ClusterOnboarding, ConditionKind, ConditionStatus, SubmitPolicy,
};

use crate::report::Detail;
use crate::report::model::{Condition, Onboarding};
use crate::report::said::Said;

/// What the conditions of a node's object say.
#[must_use]
pub fn of_node(detail: &Detail) -> Vec<Condition> {
    let Detail::Object(object) = detail else { return Vec::new() };
    object.status.conditions.iter().map(told).collect()
}

/// What the cluster's `ClusterOnboarding` says of how far AIOS has been told.
#[must_use]
pub fn onboarding(object: &ClusterOnboarding) -> Onboarding {
    let status = object.status.as_ref();
    let receipt = status.and_then(|status| status.receipt.as_ref());
    Onboarding {
        policy: match object.spec.submit {
            SubmitPolicy::Manual => "Manual: a person submits, and the controller only compares",
            SubmitPolicy::WhenComplete => {
                "WhenComplete: the controller submits once all nodes are there and fully known"
            }
        },
        submitted: receipt.map(|receipt| receipt.time.0),
        conditions: status
            .map(|status| status.conditions.iter().map(told).collect())
            .unwrap_or_default(),
    }
}

fn told<Type: ConditionKind>(condition: &resource::Condition<Type>) -> Condition {
    Condition {
        kind: condition.kind.written(),
        status: condition.status,
        is_good: match condition.status {
            ConditionStatus::Unknown => None,
            ConditionStatus::True | ConditionStatus::False => Some(condition.is_well()),
        },
        reason: Said::from(&condition.reason),
        message: Said::from(&condition.message),
        since: condition.last_transition_time.0,
    }
}
