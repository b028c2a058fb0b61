//! Waiting for what comes about in its own time.

use std::time::{Duration, Instant};

/// From one look to the next.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks again and again until there is something, and says how long that took. Panics after
/// `limit` with what was waited for.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> (T, Duration) {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return (found, started.elapsed());
        }
        assert!(started.elapsed() < limit, "waited {} s in vain until {what}", limit.as_secs());
        tokio::time::sleep(PAUSE).await;
    }
}
