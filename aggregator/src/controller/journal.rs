//! What the log tells of the controller's work: a line for each change of state, and none while all stays as it is.

use std::collections::BTreeMap;

use inventory_common::log::{News, Ongoing};
use inventory_common::resource::{
    ClusterOnboardingStatus, ConditionStatus, OnboardingConditionType, OnboardingReason,
};

use super::transition::Transition;
use crate::kubernetes::trouble::Trouble;

/// What was told last.
#[derive(Debug, Default)]
pub struct Journal {
    onboarding: BTreeMap<OnboardingConditionType, (ConditionStatus, String)>,
    status: Ongoing,
    event: Ongoing,
}

impl Journal {
    /// Tells of the onboarding's conditions that say something else than before, or for another reason: of their
    /// messages, which have numbers in them, only with these. What the object said before is known.
    pub fn onboarding(
        &mut self,
        before: Option<&ClusterOnboardingStatus>,
        now: &ClusterOnboardingStatus,
    ) {
        if self.onboarding.is_empty() {
            let before = before.into_iter().flat_map(|before| &before.conditions);
            let said = before.map(|it| (it.kind, (it.status, it.reason.clone())));
            self.onboarding = said.collect();
        }
        for condition in &now.conditions {
            let said = (condition.status, condition.reason.clone());
            if self.onboarding.insert(condition.kind, said.clone()).as_ref() != Some(&said) {
                let is_well = condition.is_well();
                told(None, condition.kind.as_str(), &condition.reason, &condition.message, is_well);
            }
        }
    }

    /// The onboarding's status was written, or was not.
    pub fn status(&mut self, trouble: Option<&Trouble>) {
        ongoing(
            &mut self.status,
            trouble,
            "the status is not written",
            "the status is written again",
        );
    }

    /// An Event was written, or was not.
    pub fn event(&mut self, trouble: Option<&Trouble>) {
        ongoing(&mut self.event, trouble, "Events are not written", "Events are written again");
    }
}

/// Tells of a condition of a node that says something else than before.
pub fn node(transition: &Transition) {
    let Transition { object, kind, is_well, reason, message } = transition;
    told(object.name.as_deref(), kind, reason, message, *is_well);
}

/// A condition of the node's inventory, or of the onboarding where there is no node.
fn told(node: Option<&str>, condition: &str, reason: &str, detail: &str, is_well: bool) {
    let object = if node.is_some() { "NodeInventory" } else { "ClusterOnboarding" };
    if is_well {
        tracing::info!(node, object, condition, reason, detail, "as it should be");
    } else if reason == OnboardingReason::Manual.as_str() {
        // A person wants it so.
        tracing::info!(node, object, condition, reason, detail, "waits for a person");
    } else {
        tracing::warn!(node, object, condition, reason, detail, "not as it should be");
    }
}

fn ongoing(ongoing: &mut Ongoing, trouble: Option<&Trouble>, begun: &str, over: &str) {
    let trouble = trouble.map(ToString::to_string);
    match ongoing.now(trouble.as_deref()) {
        Some(News::Begun) => tracing::warn!(trouble, "{begun}"),
        Some(News::Over) => tracing::info!("{over}"),
        None => {}
    }
}
