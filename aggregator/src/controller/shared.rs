//! What the parts of the controller share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::news::News;
use super::view::{Sight, View};
use crate::report::Look;

/// What the parts of the controller share.
#[derive(Debug, Default)]
pub struct Shared {
    view: Mutex<View>,
    /// What came of the last look at AIOS's copy; absent where this replica did not look.
    look: Mutex<Option<Look>>,
    changed: Notify,
    /// Grows with whatever a reader can see.
    revision: watch::Sender<u64>,
}

impl Shared {
    /// What the cluster shows. Not to be held while something is waited for.
    pub fn view(&self) -> MutexGuard<'_, View> {
        locked(&self.view)
    }

    /// What is seen of the nodes now. Nothing waits while it is judged.
    pub fn sight(&self) -> Sight {
        self.view().sight()
    }

    /// Lets something be learnt, and wakes those for whom it is news.
    pub fn learn(&self, learn: impl FnOnce(&mut View) -> News) {
        let news = learn(&mut self.view());
        if news >= News::ToSee {
            self.seen();
        }
        if news >= News::ToDo {
            self.changed.notify_one();
        }
    }

    /// Is there once something has changed that AIOS's copy may hang on.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// AIOS's copy was looked at; without a look nobody here knows of it any more.
    pub fn looked(&self, look: Option<Look>) {
        let is_news = look.is_some() || locked(&self.look).is_some();
        *locked(&self.look) = look;
        if is_news {
            self.seen();
        }
    }

    /// What came of the last look at AIOS's copy; absent where this replica did not look.
    pub fn look(&self) -> Option<Look> {
        locked(&self.look).clone()
    }

    /// A reader would see something else now.
    pub fn seen(&self) {
        self.revision.send_modify(|revision| *revision = revision.wrapping_add(1));
    }

    /// A number that is another one once a reader would see something else, with every change of it.
    pub fn revision(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }
}

/// Nothing panics while it holds a lock here, and what is poisoned would still be the last that was known.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use k8s_openapi::jiff::Timestamp;

    use super::super::looked::Looked;
    use super::super::told::equal;
    use super::*;

    /// Whether what was done is to be seen, and to be acted upon.
    fn heard(shared: &Shared, does: impl FnOnce(&Shared)) -> [bool; 2] {
        let revision = *shared.revision().borrow();
        does(shared);
        let is_to_see = *shared.revision().borrow() != revision;
        [is_to_see, shared.changed().now_or_never().is_some()]
    }

    #[test]
    fn news_wake_those_for_whom_they_are_some() {
        let shared = Shared::default();
        for (news, expected) in [
            (News::Nothing, [false, false]),
            (News::ToSee, [true, false]),
            (News::ToDo, [true, true]),
        ] {
            assert_eq!(heard(&shared, |shared| shared.learn(|_| news)), expected, "{news:?}");
        }
    }

    #[test]
    fn a_look_is_to_be_seen_and_so_is_that_there_is_none_any_more() {
        let shared = Shared::default();
        let look = || Looked::new(None, equal(1, 1)).told(Timestamp::UNIX_EPOCH, Vec::new());
        assert_eq!(heard(&shared, |shared| shared.looked(None)), [false, false]);
        for _ in 0..2 {
            assert_eq!(heard(&shared, |shared| shared.looked(Some(look()))), [true, false]);
            assert_eq!(shared.look().unwrap().is_true, Some(true));
        }
        assert_eq!(heard(&shared, |shared| shared.looked(None)), [true, false]);
        assert!(shared.look().is_none());
    }
}
