//! One root for everything that is read of a host: the live machine, a container's mount of it, or
//! a captured tree. This is the only place that opens a host's files.

mod archive;
mod attendant;
mod attended;
mod directory;
mod error;
mod folder;
mod loader;
pub mod manifest;
mod recorder;
pub(crate) mod tree;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use inventory_common::order::by_name;
use rustix::io::Errno;

pub use attendant::Attendant;
pub use directory::OWN_PROGRAM;
pub use error::{OpenError, ReadError};
pub use recorder::{Access, Notes, Recorder};
pub use tree::{Node, Tree};

use attended::{Attendance, Attended};
use manifest::Manifest;

/// The most that is read of one file. `cpuinfo` of a machine with thousands of CPUs is a few
/// megabytes, and nothing else comes near.
const MAX_FILE_BYTES: usize = 16 << 20;

/// How a host's files are reached. Errors carry the kernel's error number, since what a number
/// means depends on the file.
pub trait Files {
    /// The content of the file at `path`; more than `limit` bytes of it are an error (`EFBIG`).
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Errno>;

    /// The names in the folder at `path`, in any order.
    fn list(&self, path: &Path) -> Result<Vec<OsString>, Errno>;

    /// The text of the symbolic link at `path`; `EINVAL` where it is something else.
    fn link(&self, path: &Path) -> Result<PathBuf, Errno>;

    /// Whether `path` leads to a folder.
    fn is_folder(&self, path: &Path) -> Result<bool, Errno>;

    /// Where this machine has the file at `path`, for those who take no other answer than a path
    /// of this machine; absent where it has none.
    fn place(&self, _path: &Path) -> Option<PathBuf> {
        None
    }
}

/// A host whose files can be read, by paths relative to its root such as `sys/block`.
pub struct HostRoot {
    files: Box<dyn Files>,
    live: bool,
    manifest: Manifest,
}

impl HostRoot {
    /// Opens the host at `root`: a folder that holds `proc` and `sys`, or an archive of one.
    pub fn open(root: &Path) -> Result<Self, OpenError> {
        Self::open_attended(root, &Attendance::avoiding(Vec::new()))
    }

    /// Opens it, watched by somebody.
    fn open_attended(root: &Path, attendance: &Arc<Attendance>) -> Result<Self, OpenError> {
        let files = match attendance.during(root, || directory::Directory::open(root)) {
            Err(Errno::NOTDIR) => {
                let (tree, manifest) = archive::unpack(root)?;
                return Self::of_tree(tree, manifest).checked(root);
            }
            Err(errno) => {
                return Err(OpenError::Unreadable { root: root.to_owned(), source: errno.into() });
            }
            Ok(files) => files,
        };
        let live = files.has_live_proc();
        if !live && (files.has_manifest() || !files.is_confined()) {
            let (tree, manifest) = folder::load(root)?;
            return Self::of_tree(tree, manifest).checked(root);
        }
        let files = Attended { inner: files, attendance: Arc::clone(attendance) };
        Self { files: Box::new(files), live, manifest: Manifest::default() }.checked(root)
    }

    /// A captured host that is held in memory.
    #[must_use]
    pub fn of_tree(tree: Tree, manifest: Manifest) -> Self {
        Self { files: Box::new(manifest.apply(tree)), live: false, manifest }
    }

    /// A captured host behind any other way to reach files.
    #[must_use]
    pub fn of_files(files: Box<dyn Files>) -> Self {
        Self { files, live: false, manifest: Manifest::default() }
    }

    /// The same host behind another layer, such as a [`Recorder`].
    #[must_use]
    pub fn wrapped(self, layer: impl FnOnce(Box<dyn Files>) -> Box<dyn Files>) -> Self {
        Self { files: layer(self.files), ..self }
    }

    fn checked(self, root: &Path) -> Result<Self, OpenError> {
        let is_folder = |path: &str| self.files.is_folder(Path::new(path)).unwrap_or(false);
        if self.live || is_folder("proc") || is_folder("sys") {
            Ok(self)
        } else {
            Err(OpenError::NotAHost { root: root.to_owned() })
        }
    }

    /// Whether this root shows a running kernel: its `proc` is procfs. Only then may anything of
    /// this machine beside the root be asked.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// What a capture recorded beside files; empty for a live host.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The bytes of the file at `path`.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Vec<u8>, ReadError> {
        let path = path.as_ref();
        self.files.read(path, MAX_FILE_BYTES).map_err(|errno| ReadError::new(path, errno))
    }

    /// The text of the file at `path`.
    pub fn text(&self, path: impl AsRef<Path>) -> Result<String, ReadError> {
        let path = path.as_ref();
        String::from_utf8(self.read(path)?).map_err(|_| ReadError::malformed(path, "is not UTF-8"))
    }

    /// The file at `path`, parsed; `expected` says what it should have held.
    pub fn parsed<T>(
        &self,
        path: impl AsRef<Path>,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ReadError> {
        let path = path.as_ref();
        let text = self.text(path)?;
        parse(&text).ok_or_else(|| ReadError::unexpected(path, &text, expected))
    }

    /// The names in the folder at `path`, in canonical order.
    pub fn list(&self, path: impl AsRef<Path>) -> Result<Vec<OsString>, ReadError> {
        let path = path.as_ref();
        let mut names = self.files.list(path).map_err(|errno| ReadError::new(path, errno))?;
        names.sort_by(|a, b| by_name(a.as_encoded_bytes(), b.as_encoded_bytes()));
        Ok(names)
    }

    /// The text of the link at `path`; absent where it is no link.
    pub fn link(&self, path: impl AsRef<Path>) -> Result<Option<PathBuf>, ReadError> {
        let path = path.as_ref();
        match self.files.link(path) {
            Ok(target) => Ok(Some(target)),
            Err(Errno::INVAL) => Ok(None),
            Err(errno) => Err(ReadError::new(path, errno)),
        }
    }

    /// Whether anything stands at `path`, a link that leads nowhere included.
    pub fn exists(&self, path: impl AsRef<Path>) -> Result<bool, ReadError> {
        match self.link(path) {
            Ok(_) => Ok(true),
            Err(error) if error.is_absent() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether `path` leads to a folder; a missing one is an error.
    pub fn is_folder(&self, path: impl AsRef<Path>) -> Result<bool, ReadError> {
        let path = path.as_ref();
        self.files.is_folder(path).map_err(|errno| ReadError::new(path, errno))
    }

    /// Where this machine has the file at `path`, without links; absent where it has none, as of a
    /// captured tree that is held in memory.
    pub fn place(&self, path: impl AsRef<Path>) -> Option<PathBuf> {
        self.files.place(path.as_ref())
    }

    /// The architecture of the running kernel as uname gives it; absent for a captured tree, which
    /// answers for another machine.
    #[must_use]
    pub fn architecture(&self) -> Option<String> {
        if self.live {
            return Some(rustix::system::uname().machine().to_string_lossy().into_owned());
        }
        self.manifest.architecture.clone()
    }
}
