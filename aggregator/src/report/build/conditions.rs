//! What conditions say, of a node and of the cluster's onboarding.

use inventory_common::resource::{
    self, ClusterOnboarding, ConditionStatus, ConditionType, OnboardingConditionType, SubmitPolicy,
};

use crate::report::Detail;
use crate::report::model::{Condition, Onboarding};
use crate::report::said::Said;

/// What the conditions of a node's object say.
#[must_use]
pub fn of_node(detail: &Detail) -> Vec<Condition> {
    let Detail::Object(object) = detail else { return Vec::new() };
    let told =
        |it: &resource::Condition<ConditionType>| told(it, it.kind.as_str(), wanted(it.kind));
    object.status.conditions.iter().map(told).collect()
}

/// The conditions of a node's object that are not as they should be.
#[must_use]
pub fn unwell(conditions: &[resource::Condition<ConditionType>]) -> Vec<&'static str> {
    let bad = conditions.iter().filter(|it| it.status != ConditionStatus::from(wanted(it.kind)));
    bad.map(|it| it.kind.as_str()).collect()
}

/// Whether a condition of a node holds where all is well.
fn wanted(kind: ConditionType) -> bool {
    kind != ConditionType::Contested
}

/// What the cluster's `ClusterOnboarding` says of how far AIOS has been told.
#[must_use]
pub fn onboarding(object: &ClusterOnboarding) -> Onboarding {
    let told = |it: &resource::Condition<OnboardingConditionType>| {
        let wanted = !matches!(
            it.kind,
            OnboardingConditionType::Contested | OnboardingConditionType::RemovalsHeld
        );
        told(it, it.kind.as_str(), wanted)
    };
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

/// The condition; `wanted` is what it says where all is well.
fn told<Type>(
    condition: &resource::Condition<Type>,
    kind: &'static str,
    wanted: bool,
) -> Condition {
    Condition {
        kind,
        status: condition.status,
        is_good: match condition.status {
            ConditionStatus::Unknown => None,
            status => Some(status == ConditionStatus::from(wanted)),
        },
        reason: Said::from(&condition.reason),
        message: Said::from(&condition.message),
        since: condition.last_transition_time.0,
    }
}
