//! How long to wait after a write that failed.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBackoff};

use super::api::Trouble;
use super::follow::PAUSES;

/// The longest that an API server's word (`Retry-After`) is obeyed.
const LONGEST_WORD: Duration = Duration::from_mins(1);

/// The Node is changed by many; what was seen of it is old now and then, and news is on its way.
const AFTER_CONFLICT: Duration = Duration::from_millis(200);

/// The pauses after failures: longer each time, and jittered, since many nodes fail at once.
#[derive(Debug, Default)]
pub struct Backoff {
    pauses: Option<ExponentialBackoff>,
    until: Option<Instant>,
}

impl Backoff {
    /// Something failed.
    pub fn failed(&mut self, trouble: &Trouble, now: Instant) {
        let pause = if trouble.is_conflict() {
            AFTER_CONFLICT
        } else {
            let pauses = self.pauses.get_or_insert_with(|| PAUSES.build());
            let own = pauses.next().unwrap_or(LONGEST_WORD);
            own.max(trouble.retry_after().unwrap_or_default().min(LONGEST_WORD))
        };
        self.until = Some(now + pause);
    }

    /// All is well.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Until when to wait.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Whether to wait.
    #[must_use]
    pub fn is_on(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }
}
