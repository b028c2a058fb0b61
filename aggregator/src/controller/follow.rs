//! Follows the objects of a kind: all of them now, and every change.

use std::fmt::Debug;

use futures_util::{Stream, StreamExt};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};

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

/// Tells what a watch shows, for ever.
pub async fn follow<K: Debug>(
    watch: impl Stream<Item = watcher::Result<Event<K>>>,
    mut tell: impl FnMut(Notice<K>),
) {
    let mut watch = std::pin::pin!(watch.default_backoff());
    while let Some(event) = watch.next().await {
        tell(match event {
            Ok(Event::Init) => Notice::Begin,
            Ok(Event::InitApply(object)) => Notice::Listed(object),
            Ok(Event::InitDone) => Notice::End,
            Ok(Event::Apply(object)) => Notice::Changed(object),
            Ok(Event::Delete(object)) => Notice::Deleted(object),
            Err(error) => Notice::Lost(told(&error)),
        });
    }
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
