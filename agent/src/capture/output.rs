//! Where a capture is written: a file that is whole or not there at all, or standard output.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// The name that stands for standard output.
const STANDARD_OUTPUT: &str = "-";

/// Endings of an archive's name, longest first.
const ENDINGS: [&str; 4] = [".tar.gz", ".tgz", ".tar", ".gz"];

/// Who may read the file besides its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    /// As the user's umask says.
    All,
    /// Nobody: it holds what only root may read.
    Nobody,
}

/// The name of the folder in an archive called `file`.
pub(super) fn top_folder(file: &Path) -> OsString {
    let name = file.file_name().unwrap_or_default();
    let bytes = name.as_encoded_bytes();
    let stem = ENDINGS.iter().find_map(|ending| bytes.strip_suffix(ending.as_bytes()));
    let stem = stem.map_or(name, std::os::unix::ffi::OsStrExt::from_bytes);
    let is_no_name = |name: &OsStr| ["", ".", "..", STANDARD_OUTPUT].iter().any(|no| name == *no);
    if is_no_name(stem) { "capture".into() } else { stem.to_owned() }
}

/// Refuses what could never be written, before anything is read.
pub(super) fn check(file: &Path) -> anyhow::Result<()> {
    if file == Path::new(STANDARD_OUTPUT) {
        if io::stdout().is_terminal() {
            bail!("a capture is no text for a terminal: give a file, or redirect the output");
        }
    } else if file.is_dir() {
        bail!("cannot write '{}': it is a folder", file.display());
    }
    Ok(())
}

/// Writes `bytes` to `file`, and says where they are now.
pub(super) fn write(file: &Path, bytes: &[u8], readers: Readers) -> anyhow::Result<String> {
    if file == Path::new(STANDARD_OUTPUT) {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).context("cannot write the capture")?;
        return Ok("standard output".to_owned());
    }
    let result = match std::fs::metadata(file) {
        // A pipe or a device cannot be replaced.
        Ok(metadata) if !metadata.is_file() => {
            OpenOptions::new().write(true).open(file).and_then(|mut open| open.write_all(bytes))
        }
        // A link stays, and the file that it leads to is replaced.
        Ok(_) => std::fs::canonicalize(file).and_then(|file| replace(&file, bytes, readers)),
        Err(_) => replace(file, bytes, readers),
    };
    result.with_context(|| format!("cannot write '{}'", file.display()))?;
    Ok(format!("'{}'", file.display()))
}

/// Writes a new file beside `file` and lets it take its place.
fn replace(file: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let name = file.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}", std::process::id()));
    let temporary = Temporary(file.with_file_name(temporary));
    let mode = match readers {
        Readers::All => 0o666,
        Readers::Nobody => 0o600,
    };
    let mut open = temporary.create(mode)?;
    let written = open.write_all(bytes).and_then(|()| open.sync_all());
    written.and_then(|()| std::fs::rename(&temporary.0, file)).inspect_err(|_| temporary.remove())
}

struct Temporary(PathBuf);

impl Temporary {
    /// Whatever has its name is what a process of the same number left behind.
    fn create(&self, mode: u32) -> io::Result<File> {
        let create = || OpenOptions::new().write(true).create_new(true).mode(mode).open(&self.0);
        match create() {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                std::fs::remove_file(&self.0)?;
                create()
            }
            result => result,
        }
    }

    fn remove(&self) {
        let _already_gone = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

    use super::*;
    use crate::capture::tests::Folder;

    #[test]
    fn the_folder_is_called_like_the_file() {
        for (file, top) in [
            ("/tmp/gpu-07.tar.gz", "gpu-07"),
            ("node.1.tgz", "node.1"),
            ("node.1", "node.1"),
            ("-", "capture"),
            (".tar.gz", "capture"),
            ("...tar.gz", "capture"),
            ("/", "capture"),
        ] {
            assert_eq!(top_folder(Path::new(file)), top, "{file}");
        }
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = Folder::new("replaced");
        let file = folder.0.join("x.tar.gz");
        write(&file, b"first and longer", Readers::All).unwrap();
        write(&file, b"second", Readers::Nobody).unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"second");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(folder.names(), ["x.tar.gz"]);
    }

    #[test]
    fn a_link_stays_and_its_file_is_replaced() {
        let folder = Folder::new("link");
        std::fs::write(folder.0.join("x"), "old").unwrap();
        let link = folder.0.join("link");
        symlink("x", &link).unwrap();
        write(&link, b"new", Readers::All).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(folder.0.join("x")).unwrap(), b"new");
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let folder = Folder::new("failure");
        std::fs::create_dir(folder.0.join("taken")).unwrap();
        assert!(check(&folder.0.join("taken")).unwrap_err().to_string().contains("is a folder"));
        assert!(replace(&folder.0.join("taken"), b"x", Readers::All).is_err());
        assert!(write(&folder.0.join("missing/x"), b"x", Readers::All).is_err());
        assert_eq!(folder.names(), ["taken"]);
    }

    /// Of its own, and not one of the machine's: as root a mistake here would replace that.
    #[test]
    fn a_pipe_is_written_to_and_not_replaced() {
        let folder = Folder::new("pipe");
        let pipe = folder.0.join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        let mut reader = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
        let said = write(&pipe, b"x", Readers::All).unwrap();
        assert_eq!(said, format!("'{}'", pipe.display()));
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
        let mut heard = [0; 1];
        reader.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"x");
    }
}
