//! What goes wrong while a host is read, sorted by what can be done about it.

use std::io;
use std::path::{Path, PathBuf};

use inventory_common::{Cause, Fault};
use rustix::io::Errno;

/// The most characters of a malformed file that a message shows.
const SHOWN_CHARS: usize = 40;

/// Why a root cannot be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is nothing there, or it may not be read.
    #[error("cannot open the host root '{}'", root.display())]
    Unreadable {
        /// The root as it was given.
        root: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is there, and is no host.
    #[error(
        "'{}' is no host tree: it has neither 'proc' nor 'sys' (give the folder that holds them, or a capture)",
        root.display()
    )]
    NotAHost {
        /// The root as it was given.
        root: PathBuf,
    },
    /// It is an archive with something in it that a capture never has.
    #[error("'{}' is no usable capture: {reason}", root.display())]
    BadCapture {
        /// The root as it was given.
        root: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Too much of it does not answer.
    #[error(
        "{} files and folders of the host root '{}' do not answer, the first of them '{}'",
        paths.len(),
        root.display(),
        paths.first().map_or(Path::new(""), PathBuf::as_path).display()
    )]
    Silent {
        /// The root as it was given.
        root: PathBuf,
        /// What was waited for.
        paths: Vec<PathBuf>,
    },
    /// Nobody can be sent to read it.
    #[error("cannot start a thread that reads the host")]
    Unattended {
        /// Why.
        source: io::Error,
    },
}

/// One file or folder of a host that could not be read, or not understood.
#[derive(Clone, Debug)]
pub struct ReadError {
    path: PathBuf,
    trouble: Trouble,
}

#[derive(Clone, Debug)]
enum Trouble {
    Refused(Errno),
    Malformed(String),
}

impl ReadError {
    /// The kernel's refusal.
    #[must_use]
    pub fn new(path: &Path, errno: Errno) -> Self {
        Self { path: path.to_owned(), trouble: Trouble::Refused(errno) }
    }

    /// A file that was read and does not hold what it should.
    #[must_use]
    pub fn malformed(path: &Path, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), trouble: Trouble::Malformed(what.into()) }
    }

    /// A file that holds `found` where `expected` was due.
    #[must_use]
    pub fn unexpected(path: &Path, found: &str, expected: &str) -> Self {
        let shown: String = found.trim().chars().take(SHOWN_CHARS).collect();
        let found = match shown.as_str() {
            "" => "is empty".to_owned(),
            shown => format!("says {shown:?}"),
        };
        Self::malformed(path, format!("{found}, expected {expected}"))
    }

    /// The kernel's error number; absent where the file was read and not understood.
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        match self.trouble {
            Trouble::Refused(errno) => Some(errno),
            Trouble::Malformed(_) => None,
        }
    }

    /// Whether it is simply not there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.errno() == Some(Errno::NOENT)
    }

    /// The kind of trouble.
    #[must_use]
    pub fn cause(&self) -> Cause {
        let Some(errno) = self.errno() else { return Cause::Malformed };
        match errno {
            Errno::NOENT => Cause::Absent,
            Errno::ACCESS | Errno::PERM => Cause::Forbidden,
            Errno::TIMEDOUT => Cause::Timeout,
            // The tree has another shape than it should, or a file has no end.
            Errno::ISDIR | Errno::NOTDIR | Errno::LOOP | Errno::FBIG => Cause::Malformed,
            _ => Cause::Transient,
        }
    }

    /// The error as a fault of the inventory.
    #[must_use]
    pub fn fault(&self, device: Option<&str>) -> Fault {
        Fault {
            device: device.map(str::to_owned),
            path: self.path.to_string_lossy().into_owned(),
            cause: self.cause(),
            message: self.message(),
        }
    }

    /// What happened, without the path.
    #[must_use]
    pub fn message(&self) -> String {
        match &self.trouble {
            Trouble::Malformed(what) => what.clone(),
            Trouble::Refused(Errno::NOENT) => "does not exist".to_owned(),
            Trouble::Refused(Errno::FBIG) => "is larger than any such file".to_owned(),
            Trouble::Refused(Errno::TIMEDOUT) => "does not answer".to_owned(),
            Trouble::Refused(errno) => words(*errno),
        }
    }
}

/// What the C library calls the error, without its number.
fn words(errno: Errno) -> String {
    let text = io::Error::from(errno).to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause_of(errno: Errno) -> Cause {
        ReadError::new(Path::new("sys/x"), errno).cause()
    }

    #[test]
    fn causes_are_sorted_by_what_can_be_done() {
        for (errno, cause) in [
            (Errno::NOENT, Cause::Absent),
            (Errno::ACCESS, Cause::Forbidden),
            (Errno::PERM, Cause::Forbidden),
            (Errno::TIMEDOUT, Cause::Timeout),
            (Errno::ISDIR, Cause::Malformed),
            (Errno::NOTDIR, Cause::Malformed),
            (Errno::LOOP, Cause::Malformed),
            (Errno::FBIG, Cause::Malformed),
            (Errno::IO, Cause::Transient),
            (Errno::NODEV, Cause::Transient),
            (Errno::INVAL, Cause::Transient),
        ] {
            assert_eq!(cause_of(errno), cause, "{errno:?}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_c_library() {
        let message = |errno| ReadError::new(Path::new("sys/x"), errno).message();
        assert_eq!(message(Errno::ACCESS), "permission denied");
        assert_eq!(message(Errno::NOENT), "does not exist");
        assert_eq!(message(Errno::FBIG), "is larger than any such file");
    }

    #[test]
    fn a_malformed_file_is_shown_cut_and_without_control_characters() {
        let text = format!("\u{1b}[2J{}", "9".repeat(100));
        let message = ReadError::unexpected(Path::new("sys/x"), &text, "a number").message();
        assert!(message.starts_with("says \"\\u{1b}[2J999"), "{message}");
        assert!(message.ends_with("9\", expected a number") && message.len() < 80, "{message}");
    }
}
