//! Asking again what failed, for a while.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::time::{Instant, sleep};
use tracing::debug;

/// The pauses between two tries: longer each time, and jittered, since others wait for the same.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(500))
    .with_max_delay(Duration::from_secs(10))
    .with_jitter()
    .without_max_times();

/// Does `attempt` until it succeeds, or ends in a trouble that it must not be repeated after, or `limit`
/// is over since it first failed; the last try begins when it is. Answers with how it ended at last.
///
/// Which troubles are harmless is the caller's to say: what [`may_have_happened`] may be sent again only
/// where twice is as good as once.
///
/// [`may_have_happened`]: super::Trouble::may_have_happened
pub async fn patiently<T, E: Display, F: Future<Output = Result<T, E>>>(
    limit: Duration,
    is_harmless: impl Fn(&E) -> bool,
    mut attempt: impl FnMut() -> F,
) -> Result<T, E> {
    let mut pauses = PAUSES.build();
    let mut end = None;
    loop {
        let trouble = match attempt().await {
            Ok(done) => return Ok(done),
            Err(trouble) if is_harmless(&trouble) => trouble,
            Err(trouble) => return Err(trouble),
        };
        let end = *end.get_or_insert_with(|| Instant::now() + limit);
        let remaining = end.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(trouble);
        }
        let pause = pauses.next().unwrap_or(remaining).min(remaining);
        debug!(%trouble, pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX), "asking again");
        sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::trouble::{Call, Kind, Loss};
    use super::*;
    use crate::aios::Trouble;

    const LIMIT: Duration = Duration::from_secs(30);

    fn trouble() -> Trouble {
        let (method, url) = ("GET".to_owned(), "http://a".to_owned());
        Trouble {
            call: Call { method, url, changes: false },
            kind: Kind::Lost(Loss::Timeout(LIMIT)),
        }
    }

    /// How often it is tried, and how long that takes, when each try takes `each` and the first `fails`
    /// fail.
    async fn tried(limit: Duration, each: Duration, fails: u32) -> (u32, Duration, bool) {
        let (tries, begin) = (Cell::new(0), Instant::now());
        let attempt = async || {
            tries.set(tries.get() + 1);
            sleep(each).await;
            if tries.get() > fails { Ok(()) } else { Err(trouble()) }
        };
        let ended = patiently(limit, Trouble::is_worth_repeating, attempt).await;
        (tries.get(), begin.elapsed(), ended.is_ok())
    }

    #[tokio::test(start_paused = true)]
    async fn what_succeeds_is_not_repeated() {
        assert_eq!(tried(LIMIT, Duration::ZERO, 0).await, (1, Duration::ZERO, true));
        let (tries, _, is_done) = tried(LIMIT, Duration::ZERO, 3).await;
        assert_eq!((tries, is_done), (4, true));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_given_up_when_the_time_is_over() {
        let (tries, took, is_done) = tried(LIMIT, Duration::ZERO, u32::MAX).await;
        assert!(tries > 3 && !is_done, "{tries}");
        // The clock stands still but for the pauses, which are counted in whole milliseconds.
        assert!((LIMIT..LIMIT + Duration::from_millis(50)).contains(&took), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_counts_from_the_first_failure() {
        let long = Duration::from_mins(1);
        let (tries, took, _) = tried(LIMIT, long, u32::MAX).await;
        assert_eq!(tries, 2);
        assert!((long * 2..long * 2 + LIMIT).contains(&took), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_time_nothing_is_repeated() {
        assert_eq!(
            tried(Duration::ZERO, Duration::ZERO, u32::MAX).await,
            (1, Duration::ZERO, false)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_harm_is_not_repeated() {
        let tries = Cell::new(0);
        let attempt = async || {
            tries.set(tries.get() + 1);
            Err::<(), _>(trouble())
        };
        assert!(patiently(LIMIT, |_| false, attempt).await.is_err());
        assert_eq!(tries.get(), 1);
    }
}
