//! Follows the objects of a kind: all of them now, and every change.

use std::fmt::Debug;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::{Stream, StreamExt};
use kube::runtime::watcher::{self, Event};
use tokio::time::{Instant, sleep};

/// What is learnt of a kind of object.
#[derive(Debug)]
pub enum Notice<K> {
    /// A list begins.
    Begin,
    /// An object was listed.
    Listed(K),
    /// The list has ended.
    End,
    /// An object was made or changed.
    Changed(K),
    /// An object was deleted.
    Deleted(K),
    /// Nobody can tell for now: this went wrong.
    Lost(String),
}

/// The pauses while the API server does not answer.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(800))
    .with_max_delay(Duration::from_secs(10))
    .with_jitter()
    .without_max_times();

/// After so long without a failure the pauses are short again.
const FORGETS: Duration = Duration::from_mins(2);

/// Tells what a watch shows, for ever. After a failure everything is listed again: a watch that goes on
/// where it was says nothing until something changes, and nobody would know that it is back.
pub async fn follow<K: Debug, S: Stream<Item = watcher::Result<Event<K>>>>(
    watch: impl Fn() -> S,
    mut tell: impl FnMut(Notice<K>),
) {
    let (mut pauses, mut failed) = (PAUSES.build(), Instant::now());
    loop {
        if let Err(error) = until_lost(watch(), &mut tell).await {
            tell(Notice::Lost(told(&error)));
        }
        if failed.elapsed() > FORGETS {
            pauses = PAUSES.build();
        }
        failed = Instant::now();
        sleep(pauses.next().unwrap_or(FORGETS)).await;
    }
}

/// Tells what a watch shows until it fails.
async fn until_lost<K: Debug>(
    watch: impl Stream<Item = watcher::Result<Event<K>>>,
    tell: &mut impl FnMut(Notice<K>),
) -> watcher::Result<()> {
    let mut watch = std::pin::pin!(watch);
    while let Some(event) = watch.next().await {
        tell(match event? {
            Event::Init => Notice::Begin,
            Event::InitApply(object) => Notice::Listed(object),
            Event::InitDone => Notice::End,
            Event::Apply(object) => Notice::Changed(object),
            Event::Delete(object) => Notice::Deleted(object),
        });
    }
    Ok(())
}

/// The error in one line.
fn told(error: &watcher::Error) -> String {
    use crate::kubernetes::trouble;
    match error {
        watcher::Error::InitialListFailed(error)
        | watcher::Error::WatchStartFailed(error)
        | watcher::Error::WatchFailed(error) => trouble::told(error),
        watcher::Error::WatchError(status) => format!("{} ({})", status.message, status.code),
        watcher::Error::NoResourceVersion => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use futures_util::stream;
    use kube::runtime::watcher::Error;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_while_it_fails_and_are_short_again_after_a_quiet_time() {
        const FAILURES: usize = 6;
        let (last, pauses) = (Cell::new(Instant::now()), RefCell::new(Vec::new()));
        let watch = || {
            // At once, but for one that lives for a while.
            let lives = if pauses.borrow().len() == FAILURES { FORGETS } else { Duration::ZERO };
            pauses.borrow_mut().push(last.replace(Instant::now() + lives).elapsed());
            stream::once(async move {
                sleep(lives).await;
                Err::<Event<u8>, _>(Error::NoResourceVersion)
            })
        };
        let follows = follow(watch, |_| ());
        assert!(tokio::time::timeout(Duration::from_mins(10), follows).await.is_err());
        let pauses = pauses.into_inner();
        let is_short = |n: usize| pauses[n] < Duration::from_secs(5);
        let short = [1, FAILURES, FAILURES + 1].map(is_short);
        assert_eq!(short, [true, false, true], "{pauses:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_failure_everything_is_listed_again() {
        let (watches, told) = (Cell::new(0), RefCell::new(Vec::new()));
        let watch = || {
            watches.set(watches.get() + 1);
            let fails = (watches.get() < 3).then_some(Err(Error::NoResourceVersion));
            let listed = [Event::Init, Event::InitApply(watches.get()), Event::InitDone].map(Ok);
            stream::iter(listed.into_iter().chain(fails)).chain(stream::pending())
        };
        let follows = follow(watch, |notice| told.borrow_mut().push(format!("{notice:?}")));
        let ended = tokio::time::timeout(Duration::from_mins(1), follows).await;
        assert!(ended.is_err(), "it follows for ever");
        let lost = format!("Lost({:?})", Error::NoResourceVersion.to_string());
        let expected = [
            ["Begin", "Listed(1)", "End", &lost],
            ["Begin", "Listed(2)", "End", &lost],
            ["Begin", "Listed(3)", "End", ""],
        ];
        assert_eq!(told.into_inner().join(" "), expected.as_flattened().join(" ").trim_end());
    }
}
