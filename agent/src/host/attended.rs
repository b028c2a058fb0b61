//! A host whose accesses are seen from beside, so that one that never returns is noticed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::Files;

/// What a reader is waiting for, shared with whoever waits for the reader.
#[derive(Debug)]
pub struct Attendance {
    /// What is not asked, nor anything below it: it would not answer.
    avoided: Vec<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// The reader waits for nothing.
    Busy,
    /// It asked for this path, at this time.
    Waiting(PathBuf, Instant),
    /// Nobody waits for the reader any more.
    Dismissed,
}

impl Attendance {
    /// Of a reader that asks for none of these paths.
    pub(super) fn avoiding(avoided: Vec<PathBuf>) -> Arc<Self> {
        Arc::new(Self { avoided, state: Mutex::new(State::Busy) })
    }

    /// The answer to an access to `path`; `ETIMEDOUT` where there will be none.
    pub(super) fn during<T>(
        &self,
        path: &Path,
        access: impl FnOnce() -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        if self.avoided.iter().any(|avoided| path.starts_with(avoided)) {
            return Err(Errno::TIMEDOUT);
        }
        self.change(State::Waiting(path.to_owned(), Instant::now()))?;
        let answer = access();
        self.change(State::Busy)?;
        answer
    }

    /// Dismisses the reader where it has waited for longer than `patience`, and says for what.
    pub(super) fn overdue(&self, patience: Duration) -> Option<PathBuf> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::Waiting(path, since) if since.elapsed() >= patience => {
                let path = path.clone();
                *state = State::Dismissed;
                Some(path)
            }
            _ => None,
        }
    }

    fn change(&self, to: State) -> Result<(), Errno> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Dismissed) {
            return Err(Errno::TIMEDOUT);
        }
        *state = to;
        Ok(())
    }
}

/// Files that are reached with somebody watching.
pub(super) struct Attended<F> {
    pub inner: F,
    pub attendance: Arc<Attendance>,
}

impl<F: Files> Files for Attended<F> {
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Errno> {
        self.attendance.during(path, || self.inner.read(path, limit))
    }

    fn list(&self, path: &Path) -> Result<Vec<OsString>, Errno> {
        self.attendance.during(path, || self.inner.list(path))
    }

    fn link(&self, path: &Path) -> Result<PathBuf, Errno> {
        self.attendance.during(path, || self.inner.link(path))
    }

    fn is_folder(&self, path: &Path) -> Result<bool, Errno> {
        self.attendance.during(path, || self.inner.is_folder(path))
    }

    fn place(&self, path: &Path) -> Option<PathBuf> {
        self.inner.place(path)
    }
}
