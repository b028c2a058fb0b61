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
    let mut left = None;
    loop {
        let trouble = match attempt().await {
            Ok(done) => return Ok(done),
            Err(trouble) if is_harmless(&trouble) => trouble,
            Err(trouble) => return Err(trouble),
        };
        let end = *left.get_or_insert_with(|| Instant::now() + limit);
        let remaining = end.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(trouble);
        }
        let pause = pauses.next().unwrap_or(remaining).min(remaining);
        debug!(%trouble, pause_ms = pause.as_millis(), "asking again");
        sleep(pause).await;
    }
}
