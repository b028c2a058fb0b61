//! What is told of AIOS's copy after a look at it.

use std::time::Instant;

use inventory_common::cluster::RawDocument;
use inventory_common::resource::{ClusterOnboarding, OnboardingReason};

use super::judgement::Judgement;
use super::looked::{AFTER_TROUBLE, Looked, UNREACHABLE, before};
use super::status::{DIFFERENT, Verdict, different};
use crate::cluster::difference::differences;
use crate::submission::Failure;

/// AIOS says the same of the nodes that are known, of all that it has.
pub fn equal(known: usize, stored: usize) -> Verdict {
    let said = format!("AIOS says what is true of {known} nodes");
    let message = match stored.saturating_sub(known) {
        0 => said,
        others => format!("{said}; of {others} more that it has nothing is known for certain now"),
    };
    Verdict::yes(OnboardingReason::Equal, message)
}

/// How the submission stands of a cluster that AIOS has.
pub fn accepted(onboarding: &ClusterOnboarding) -> Verdict {
    let before = before(onboarding);
    let reasons = [OnboardingReason::Accepted, OnboardingReason::Rewritten];
    let still_holds = reasons.iter().any(|reason| reason.as_str() == before.reason);
    if still_holds {
        before
    } else {
        Verdict::yes(OnboardingReason::Accepted, "AIOS has the cluster")
    }
}

pub fn in_sync(judgement: &Judgement, stored: &RawDocument) -> Verdict {
    if let Some((id, reason)) = judgement.left_out.first_key_value() {
        return Verdict::no(
            OnboardingReason::LeftOut,
            format!("node '{id}' stays out of AIOS's copy: {reason}"),
        );
    }
    if let Some(part) = judgement.given_way.first() {
        return Verdict::no(
            OnboardingReason::Contested,
            format!("{part} is put back later, since somebody else changes it again and again"),
        );
    }
    if judgement.held.is_some() {
        return Verdict::no(
            OnboardingReason::RemovalsHeld,
            "too many nodes are gone at once: see RemovalsHeld",
        );
    }
    let left = differences(stored, &judgement.wanted);
    if left.is_empty() {
        equal(judgement.wanted.nodes.len(), stored.ids().count())
    } else {
        different(&left)
    }
}

impl Looked {
    /// What was sent was not done, or not all of it.
    pub fn failed(failure: &Failure) -> Self {
        let reason = match failure {
            failure if failure.is_refusal() => OnboardingReason::Refused,
            Failure::Trouble(_)
            | Failure::Absent { .. }
            | Failure::Unconfirmed(_)
            | Failure::Unsettled { .. }
            | Failure::Vanished(_) => UNREACHABLE,
            Failure::Taken(_) => OnboardingReason::IdTaken,
            Failure::NotKept { .. } => OnboardingReason::NotKept,
            Failure::TooLarge(_) => OnboardingReason::TooLarge,
            _ => OnboardingReason::Stopped,
        };
        let line = failure.to_string();
        let in_sync = if reason == UNREACHABLE {
            Verdict::unknown(reason, line)
        } else {
            Verdict::no(reason, line)
        };
        Self::new(None, in_sync)
    }

    /// It was the submission that came to nothing.
    pub fn not_submitted(self) -> Self {
        Self { submitted: Some(self.in_sync.clone()), ..self }
    }

    pub fn with(mut self, judgement: &Judgement) -> Self {
        (self.work.held, self.work.next) = (judgement.held, judgement.next);
        self.work.differences = Some(judgement.differences.len());
        if self.in_sync.reason == DIFFERENT.as_str() {
            // Others wrote meanwhile.
            let soon = Instant::now() + AFTER_TROUBLE;
            self.work.next = self.work.next.into_iter().chain([soon]).min();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use inventory_common::resource::ConditionStatus;
    use serde_json::json;

    use super::*;
    use crate::cluster::difference::TooLarge;

    #[test]
    fn what_is_not_known_is_not_called_true() {
        assert_eq!(equal(3, 3).message, "AIOS says what is true of 3 nodes");
        assert!(
            equal(2, 3)
                .message
                .ends_with("2 nodes; of 1 more that it has nothing is known for certain now")
        );
    }

    #[test]
    fn a_failure_that_may_be_over_soon_leaves_open_how_things_stand() {
        let gone = Looked::failed(&Failure::Vanished("c".to_owned())).not_submitted();
        let not_kept = Looked::failed(&Failure::NotKept { what: "x".to_owned() }).not_submitted();
        let taken = Looked::failed(&Failure::Taken("c".to_owned())).not_submitted();
        let too_large = Failure::TooLarge(TooLarge { path: "x".to_owned(), bytes: 1 });
        let too_large = Looked::failed(&too_large).not_submitted();
        for (looked, status, reason) in [
            (gone, ConditionStatus::Unknown, UNREACHABLE.as_str()),
            (not_kept, ConditionStatus::False, "NotKept"),
            (taken, ConditionStatus::False, "IdTaken"),
            (too_large, ConditionStatus::False, "TooLarge"),
        ] {
            assert_eq!((looked.in_sync.status, looked.in_sync.reason.as_str()), (status, reason));
            assert_eq!(looked.submitted, Some(looked.in_sync));
        }
    }

    #[test]
    fn what_others_wrote_meanwhile_is_looked_at_again_soon() {
        let next = |in_sync| {
            let judgement = Judgement::default();
            Looked::new(None, in_sync).with(&judgement).work.next
        };
        assert_eq!(next(equal(1, 1)), None);
        let before = Instant::now();
        assert!(next(different(&[])).is_some_and(|next| next >= before + AFTER_TROUBLE));
    }

    #[test]
    fn a_cluster_that_aios_has_is_not_told_to_be_missing() {
        let onboarding = |reason: &str, status: &str| {
            let spec = serde_json::from_value(json!({ "id": "c", "regionId": "r" })).unwrap();
            let status = json!({ "conditions": [{
                "type": "Submitted", "status": status, "reason": reason, "message": "m",
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            }] });
            let status = Some(serde_json::from_value(status).unwrap());
            ClusterOnboarding { status, ..ClusterOnboarding::new(spec) }
        };
        assert_eq!(accepted(&onboarding("Rewritten", "True")).message, "m");
        for (reason, status) in [("Withdrawn", "False"), ("NoAddress", "False"), ("Manual", "True")]
        {
            let verdict = accepted(&onboarding(reason, status));
            assert_eq!(
                (verdict.reason.as_str(), verdict.status),
                ("Accepted", ConditionStatus::True)
            );
        }
    }
}
