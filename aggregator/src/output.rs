//! Where a text is written: a file that is whole or not touched at all, or standard output.

use std::fs::{OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use console::Term;

use crate::input::STANDARD;

/// How many characters a line has there; absent where it is no terminal, and lines may be as long as they are.
#[must_use]
pub fn width(term: &Term) -> Option<u16> {
    term.size_checked().map(|(_, width)| width).filter(|width| *width > 0)
}

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// As the user's umask says.
    Usual,
    /// The user alone: there is a secret in it.
    Owner,
}

impl Readers {
    const fn mode(self) -> u32 {
        match self {
            Self::Usual => 0o666,
            Self::Owner => 0o600,
        }
    }
}

/// Writes `text` to `file`.
pub fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    write_for(Readers::Usual, file, text)
}

/// Writes `text` to `file`, for these to read.
pub fn write_for(readers: Readers, file: &Path, text: &str) -> anyhow::Result<()> {
    if file == Path::new(STANDARD) {
        let mut out = anstream::stdout().lock();
        return match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // A reader that has seen enough, as `head` has, is no error.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.context("cannot write to standard output"),
        };
    }
    let written = match std::fs::metadata(file) {
        // A pipe or a device cannot be replaced.
        Ok(metadata) if !metadata.is_file() => OpenOptions::new()
            .write(true)
            .open(file)
            .and_then(|mut out| out.write_all(text.as_bytes())),
        // A link stays, and the file that it leads to is replaced.
        Ok(_) => std::fs::canonicalize(file).and_then(|file| replace(&file, text, readers)),
        Err(_) => replace(file, text, readers),
    };
    written.with_context(|| format!("cannot write '{}'", file.display()))
}

/// Writes a new file beside `file` and lets it take its place.
fn replace(file: &Path, text: &str, readers: Readers) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mode = Permissions::from_mode(readers.mode());
    let mut new = tempfile::Builder::new().permissions(mode).tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}
