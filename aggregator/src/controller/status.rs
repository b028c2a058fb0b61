//! What a person sees in the onboarding's status.

use inventory_common::cluster::Totals;
use inventory_common::resource::OnboardingConditionType::{
    self, Contested, Covered, InSync, RemovalsHeld, Submitted,
};
use inventory_common::resource::{
    ClusterOnboardingStatus, Condition, ConditionStatus, Conditions, CoverageCount,
    OnboardingReason, Receipt,
};
use inventory_common::telling::cut;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::removals::Held;
use crate::cluster::coverage::Coverage;
use crate::cluster::difference::Difference;

/// What was found and done, from which the status is made.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The generation that it is about.
    pub generation: Option<i64>,
    /// What the nodes have together; absent where it cannot be summed.
    pub totals: Option<Totals>,
    /// How far the nodes are known.
    pub coverage: Coverage,
    /// How the submission stands.
    pub submitted: Verdict,
    /// Whether AIOS's copy is true.
    pub in_sync: Verdict,
    /// What others change again and again.
    pub contested: Vec<String>,
    /// Why no entry goes although some have no Node.
    pub held: Option<Held>,
    /// The receipt of the last submission; absent where there was none.
    pub receipt: Option<Receipt>,
}

/// A condition without its type and time.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether it holds.
    pub status: ConditionStatus,
    /// Why, in one word.
    pub reason: String,
    /// Why, in one line.
    pub message: String,
}

impl Verdict {
    /// It holds.
    pub fn yes(reason: OnboardingReason, message: impl Into<String>) -> Self {
        Self {
            status: ConditionStatus::True,
            reason: reason.as_str().to_owned(),
            message: message.into(),
        }
    }

    /// It does not.
    pub fn no(reason: OnboardingReason, message: impl Into<String>) -> Self {
        Self {
            status: ConditionStatus::False,
            reason: reason.as_str().to_owned(),
            message: message.into(),
        }
    }

    /// Nobody can tell.
    pub fn unknown(reason: OnboardingReason, message: impl Into<String>) -> Self {
        Self {
            status: ConditionStatus::Unknown,
            reason: reason.as_str().to_owned(),
            message: message.into(),
        }
    }

    /// The condition of this type, which keeps its time while its status stays.
    pub fn condition(
        self,
        kind: OnboardingConditionType,
        before: Option<&ClusterOnboardingStatus>,
        now: &Time,
    ) -> Condition<OnboardingConditionType> {
        let before = before.and_then(|status| status.condition(kind));
        let since = before.filter(|before| before.status == self.status);
        let last_transition_time = since.map_or(now, |before| &before.last_transition_time).clone();
        let message = short(&self.message);
        let Self { status, reason, .. } = self;
        Condition { kind, status, reason, message, last_transition_time }
    }
}

/// The most bytes of a message, and of an Event's note.
const MOST_BYTES: usize = 1024;

/// As much of a message as may be said.
pub fn short(message: &str) -> String {
    cut(message, MOST_BYTES)
}

/// The status.
#[must_use]
pub fn status(
    findings: Findings,
    before: Option<&ClusterOnboardingStatus>,
    now: &Time,
) -> ClusterOnboardingStatus {
    let Findings { generation, totals, coverage, submitted, in_sync, contested, held, receipt } =
        findings;
    let verdicts = [
        (Covered, covered(&coverage)),
        (Submitted, submitted),
        (InSync, in_sync),
        (Contested, contested_by(&contested)),
        (RemovalsHeld, removals_held(held)),
    ];
    let conditions = verdicts.map(|(kind, verdict)| verdict.condition(kind, before, now));
    ClusterOnboardingStatus {
        observed_generation: generation,
        totals,
        coverage: Some(CoverageCount { whole: coverage.whole, expected: coverage.expected }),
        conditions: Conditions::from(conditions.to_vec()).keeping(before.map(|it| &it.conditions)),
        receipt,
        newer: before.map(|before| before.newer.clone()).unwrap_or_default(),
    }
}

fn covered(coverage: &Coverage) -> Verdict {
    match coverage.obstacles.as_slice() {
        [] => Verdict::yes(
            OnboardingReason::Complete,
            format!("{coverage} are there and fully known"),
        ),
        obstacles => Verdict::no(
            OnboardingReason::Incomplete,
            format!("{coverage}: {}", first_of(obstacles)),
        ),
    }
}

fn contested_by(parts: &[String]) -> Verdict {
    match parts {
        [] => Verdict::no(OnboardingReason::Undisputed, ""),
        parts => {
            let message = format!(
                "somebody else keeps changing {}, and it is put back more and more rarely: see what writes to AIOS's registry",
                first_of(parts)
            );
            Verdict::yes(OnboardingReason::PutBackAgain, message)
        }
    }
}

fn removals_held(held: Option<Held>) -> Verdict {
    let Some(Held { gone, of, to_allow }) = held else {
        return Verdict::no(OnboardingReason::NothingHeld, "");
    };
    let message = format!(
        "{gone} of the {of} nodes that AIOS has are gone, too many to be removed at once: set spec.allowRemovals to {to_allow} if that is right"
    );
    Verdict::yes(OnboardingReason::TooMany, message)
}

/// The reason where AIOS's copy says something else.
pub const DIFFERENT: OnboardingReason = OnboardingReason::Different;

/// What is different, in one line.
#[must_use]
pub fn different(differences: &[Difference]) -> Verdict {
    let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
    Verdict::no(DIFFERENT, first_of(&told))
}

/// The first of several lines, and how many more there are.
pub fn first_of(lines: &[String]) -> String {
    match lines {
        [] => String::new(),
        [line] => line.clone(),
        [line, rest @ ..] => format!("{line} (and {} more)", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::cluster::coverage::judge;
    use crate::cluster::expected::Expected;
    use crate::cluster::state::ClusterState;

    fn time(second: i64) -> Time {
        Time(Timestamp::from_second(second).unwrap())
    }

    fn verdict(status: ConditionStatus) -> Verdict {
        Verdict { status, reason: "R".to_owned(), message: String::new() }
    }

    #[test]
    fn a_condition_keeps_its_time_while_its_status_stays() {
        let mut before = ClusterOnboardingStatus::default();
        let mut times = Vec::new();
        for (second, status) in
            [(1, ConditionStatus::True), (2, ConditionStatus::True), (3, ConditionStatus::False)]
        {
            let condition = verdict(status).condition(InSync, Some(&before), &time(second));
            times.push(condition.last_transition_time.clone());
            before.conditions = vec![condition].into();
        }
        assert_eq!(times, [time(1), time(1), time(3)]);
    }

    #[test]
    fn every_condition_is_judged() {
        let verdict = || verdict(ConditionStatus::True);
        let coverage = judge(&ClusterState::default().snapshot(), &Expected::Unknown);
        let findings = Findings {
            generation: None,
            totals: None,
            coverage,
            submitted: verdict(),
            in_sync: verdict(),
            contested: Vec::new(),
            held: None,
            receipt: None,
        };
        let kinds: Vec<OnboardingConditionType> =
            status(findings, None, &time(1)).conditions.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, OnboardingConditionType::ALL);
    }

    #[test]
    fn of_several_lines_the_first_is_told_and_how_many_more_there_are() {
        let first =
            |lines: &[&str]| first_of(&lines.iter().map(|it| (*it).into()).collect::<Vec<_>>());
        assert_eq!([first(&[]), first(&["a"])], ["", "a"]);
        assert_eq!(first(&["a", "b", "c"]), "a (and 2 more)");
    }

    #[test]
    fn a_long_message_is_cut() {
        let long = short(&"ü".repeat(2000));
        assert!(long.len() <= MOST_BYTES && long.ends_with("..."), "{}", long.len());
        assert_eq!(short(&"x".repeat(MOST_BYTES)).len(), MOST_BYTES);
    }

    #[test]
    fn what_is_held_says_what_to_do() {
        let held = removals_held(Some(Held { gone: 11, of: 100, to_allow: 1 }));
        assert!(held.message.contains("spec.allowRemovals to 1"), "{}", held.message);
    }
}
