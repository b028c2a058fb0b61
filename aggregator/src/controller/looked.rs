//! How a look at AIOS's copy ended.

use std::time::{Duration, Instant};

use inventory_common::resource::{
    ClusterOnboarding, ConditionStatus, OnboardingConditionType, OnboardingReason, Receipt,
};

use k8s_openapi::jiff::Timestamp;

use super::course::Wait;
use super::picture::Picture;
use super::removals::Held;
use super::status::{Verdict, first_of};
use crate::aios::Trouble;
use crate::report::{Differences, Look, Said};

/// After a look that came to nothing, or not to all, how long until the next.
pub const AFTER_TROUBLE: Duration = Duration::from_secs(30);

/// How a look ended.
pub struct Looked {
    /// How the submission stands; absent where that is as it was.
    pub submitted: Option<Verdict>,
    /// Whether AIOS's copy is true.
    pub in_sync: Verdict,
    /// What work was done.
    pub work: Work,
    /// What AIOS's copy says otherwise, as far as it is known.
    pub differences: Differences,
}

/// What came of the work beside how things stand.
#[derive(Debug, Default)]
pub struct Work {
    /// The receipt of a submission.
    pub receipt: Option<Receipt>,
    /// How many values of AIOS's copy were found to say something else than what is true, before any
    /// was put right; absent where the two were not compared.
    pub differences: Option<usize>,
    /// Why no entry goes although some have no Node.
    pub held: Option<Held>,
    /// When to look again although nothing changes.
    pub next: Option<Instant>,
}

/// The reason where AIOS could not be asked.
pub const UNREACHABLE: OnboardingReason = OnboardingReason::Unreachable;

/// How the submission stood.
pub fn before(onboarding: &ClusterOnboarding) -> Verdict {
    let status = onboarding.status.as_ref();
    let before = status.and_then(|status| status.condition(OnboardingConditionType::Submitted));
    before.map_or_else(
        || Verdict::unknown(UNREACHABLE, "AIOS could not be asked yet"),
        |before| Verdict {
            status: before.status,
            reason: before.reason.clone(),
            message: before.message.clone(),
        },
    )
}

impl Looked {
    /// A look of which nothing else is to be told.
    pub fn new(submitted: Option<Verdict>, in_sync: Verdict) -> Self {
        Self { submitted, in_sync, work: Work::default(), differences: Differences::default() }
    }

    /// The same for people: when it was, and where AIOS was asked.
    pub fn told(&self, at: Timestamp, asked: Vec<(&'static str, Said)>) -> Look {
        let Verdict { status, reason, message } = &self.in_sync;
        Look {
            at,
            asked,
            is_true: match status {
                ConditionStatus::True => Some(true),
                ConditionStatus::False => Some(false),
                ConditionStatus::Unknown => None,
            },
            verdict: Said::from(if message.is_empty() { reason } else { message }),
            differences: self.differences.clone(),
        }
    }

    /// Something must be put right first.
    pub fn blocked(submitted: Verdict) -> Self {
        let in_sync = Verdict { status: ConditionStatus::Unknown, ..submitted.clone() };
        Self::new(Some(submitted), in_sync)
    }

    /// AIOS could not be asked.
    pub fn unreachable(trouble: &Trouble) -> Self {
        let in_sync = Verdict::unknown(UNREACHABLE, trouble.to_string());
        Self::new(None, in_sync)
    }

    /// Nothing is done.
    pub fn waiting(wait: Wait, picture: &Picture) -> Self {
        let id = &picture.onboarding.spec.profile.id;
        let (reason, message) = match wait {
            Wait::Manual => (
                OnboardingReason::Manual,
                "spec.submit is Manual: inventory-aggregator submit does it, or WhenComplete"
                    .to_owned(),
            ),
            Wait::NotCovered => {
                (OnboardingReason::NotCovered, first_of(&picture.coverage.obstacles))
            }
            Wait::Taken => (
                OnboardingReason::IdTaken,
                format!(
                    "AIOS has a cluster '{id}' that shares no node with this one: if it is the same, inventory-aggregator submit --adopt says so, else take another id"
                ),
            ),
            Wait::Withdrawn => (
                OnboardingReason::Withdrawn,
                format!(
                    "AIOS had '{id}' and has it no more: inventory-aggregator submit registers it again, if that is wanted"
                ),
            ),
        };
        Self::blocked(Verdict::no(reason, message))
    }
}
