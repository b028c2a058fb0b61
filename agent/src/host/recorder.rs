//! A host whose accesses are noted: what a capture must hold, and what a reader asked for.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::io::Errno;

use super::Files;

/// One access to a host and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// A file was read.
    Read(Result<Vec<u8>, Errno>),
    /// A folder was listed.
    List(Result<Vec<OsString>, Errno>),
    /// A link was read.
    Link(Result<PathBuf, Errno>),
    /// A path was tested for being a folder.
    IsFolder(Result<bool, Errno>),
}

/// The notes, shared between the recorder and whoever reads them afterwards.
pub type Notes = Rc<RefCell<Vec<(PathBuf, Access)>>>;

/// Passes every access on and notes its answer.
pub struct Recorder {
    inner: Box<dyn Files>,
    notes: Notes,
}

impl Recorder {
    /// A recorder before `inner` that writes into `notes`.
    #[must_use]
    pub fn new(inner: Box<dyn Files>, notes: Notes) -> Self {
        Self { inner, notes }
    }

    fn note<T: Clone>(
        &self,
        path: &Path,
        answer: Result<T, Errno>,
        access: impl FnOnce(Result<T, Errno>) -> Access,
    ) -> Result<T, Errno> {
        self.notes.borrow_mut().push((path.to_owned(), access(answer.clone())));
        answer
    }
}

impl Files for Recorder {
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Errno> {
        self.note(path, self.inner.read(path, limit), Access::Read)
    }

    fn list(&self, path: &Path) -> Result<Vec<OsString>, Errno> {
        self.note(path, self.inner.list(path), Access::List)
    }

    fn link(&self, path: &Path) -> Result<PathBuf, Errno> {
        self.note(path, self.inner.link(path), Access::Link)
    }

    fn is_folder(&self, path: &Path) -> Result<bool, Errno> {
        self.note(path, self.inner.is_folder(path), Access::IsFolder)
    }

    fn place(&self, path: &Path) -> Option<PathBuf> {
        self.inner.place(path)
    }
}
