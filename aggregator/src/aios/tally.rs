//! How many requests there were, by how they ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::trouble::{Kind, Refusal};

/// How a request ended, in a word.
const OUTCOMES: [&str; 8] =
    ["answered", "not-sent", "lost", "outage", "refused", "unclear", "failed", "nonsense"];

/// A count of requests that whoever clones it counts on.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<[AtomicU64; OUTCOMES.len()]>);

impl Tally {
    /// A request ended, with this trouble or with none.
    pub(super) fn count(&self, trouble: Option<&Kind>) {
        let outcome = trouble.map_or(OUTCOMES[0], outcome);
        for (count, _) in self.0.iter().zip(OUTCOMES).filter(|(_, name)| *name == outcome) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many there were of each outcome.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        OUTCOMES.into_iter().zip(self.0.iter().map(|count| count.load(Ordering::Relaxed)))
    }
}

/// That there is no such thing is an answer like any other.
fn outcome(kind: &Kind) -> &'static str {
    match kind {
        Kind::Refused { refusal: Refusal::Absent, .. } => "answered",
        Kind::NotSent(_) => "not-sent",
        Kind::Lost(_) => "lost",
        Kind::Outage { .. } => "outage",
        Kind::Refused { .. } => "refused",
        Kind::Unclear(_) => "unclear",
        Kind::Failed(_) => "failed",
        Kind::Nonsense(_) => "nonsense",
    }
}

#[cfg(test)]
mod tests {
    use super::super::trouble::{Loss, Said};
    use super::*;

    #[test]
    fn each_request_is_counted_once_by_how_it_ended() {
        let tally = Tally::default();
        let absent = Kind::Refused { refusal: Refusal::Absent, said: Said::new("no") };
        let lost = Kind::Lost(Loss::Broken(Said::new("x")));
        for trouble in [None, Some(&absent), Some(&lost), Some(&Kind::Unclear(Said::new("?")))] {
            tally.clone().count(trouble);
        }
        let counted = tally.counts().filter(|(_, count)| *count > 0);
        assert_eq!(counted.collect::<Vec<_>>(), [("answered", 2), ("lost", 1), ("unclear", 1)]);
    }
}
