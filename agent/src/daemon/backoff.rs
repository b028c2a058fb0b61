//! How long to wait after a write that failed.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBackoff};

use super::api::Trouble;
use super::follow::PAUSES;

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
            // Many nodes hear the same word: after it each waits its own time.
            trouble.retry_after() + pauses.next().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use kube::Error;
    use kube::core::Status;

    use super::*;

    fn refused(code: u16, retry_after_seconds: u32) -> Trouble {
        let details = serde_json::json!({ "retryAfterSeconds": retry_after_seconds });
        let status = serde_json::json!({ "code": code, "details": details });
        let status: Status = serde_json::from_value(status).unwrap();
        Error::Api(Box::new(status)).into()
    }

    /// How long is waited after the last of these.
    fn pause_after(troubles: &[Trouble]) -> Duration {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        for trouble in troubles {
            backoff.failed(trouble, now);
        }
        backoff.until().unwrap() - now
    }

    #[test]
    fn each_failure_is_waited_for_longer_up_to_a_bound() {
        let failures = |n| (0..n).map(|_| Trouble::Timeout).collect::<Vec<_>>();
        assert!(pause_after(&failures(1)) < Duration::from_secs(2));
        let long = pause_after(&failures(20));
        assert!((Duration::from_secs(20)..=Duration::from_secs(40)).contains(&long), "{long:?}");
    }

    #[test]
    fn the_api_server_s_word_is_obeyed_within_reason() {
        assert!(pause_after(&[refused(429, 7)]) >= Duration::from_secs(7));
        assert!(pause_after(&[refused(429, 86_400)]) < Duration::from_secs(62));
    }

    #[test]
    fn who_hears_the_same_word_does_not_come_back_at_the_same_time() {
        let pauses = (0..100).map(|_| pause_after(&[refused(429, 7)]));
        let pauses: std::collections::BTreeSet<Duration> = pauses.collect();
        assert!(pauses.len() > 50, "{pauses:?}");
    }

    #[test]
    fn who_was_slower_looks_again_at_once() {
        assert_eq!(pause_after(&[Trouble::Timeout, refused(409, 0)]), AFTER_CONFLICT);
    }

    #[test]
    fn when_all_is_well_nothing_is_waited_for() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        backoff.failed(&Trouble::Timeout, now);
        assert!(backoff.is_on(now));
        backoff.reset();
        assert!(!backoff.is_on(now));
    }
}
