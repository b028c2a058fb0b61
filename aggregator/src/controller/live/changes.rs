//! Tells browsers when there is something else to see.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use futures_util::{Stream, stream};
use tokio::sync::watch;
use tokio::time::sleep;

use super::Source;

/// Changes that come about within it are told together.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// So often something is told although nothing has changed: who hears nothing for longer is cut off.
const AT_LEAST_EVERY: Duration = Duration::from_secs(15);

/// The revision that is to be seen now, and every other. A browser that is gone is noticed by the
/// connection that it closes, and what it waited for is dropped.
pub async fn changes(
    State(source): State<Arc<Source>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let revisions = source.shared.revision();
    let told = stream::unfold((revisions, true), move |(mut revisions, is_first)| {
        let source = Arc::clone(&source);
        async move {
            if !is_first {
                next(&mut revisions).await?;
            }
            let number = *revisions.borrow_and_update();
            Some((Ok(Event::default().data(source.revision(number))), (revisions, false)))
        }
    });
    Sse::new(told)
}

/// Waits until something is to be told; absent where nothing will be any more.
async fn next(revisions: &mut watch::Receiver<u64>) -> Option<()> {
    sleep(AT_MOST_EVERY).await;
    tokio::select! {
        changed = revisions.changed() => changed.ok(),
        () = sleep(AT_LEAST_EVERY) => Some(()),
    }
}
