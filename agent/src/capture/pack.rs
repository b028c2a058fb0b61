//! A captured host as an archive: the same host gives the same bytes.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

use crate::host::manifest::{self, Manifest};
use crate::host::{Node, Tree};

/// When every file was last changed: in 2000, since some programs take 1970 for a mistake.
const MODIFIED_SECONDS: u64 = 946_684_800;

/// An archive and what it holds.
pub(super) struct Packed {
    pub(super) bytes: Vec<u8>,
    /// Files with content, the manifest not counted.
    pub(super) files: usize,
}

/// The host as a `tar.gz` with the one folder `top`.
pub(super) fn pack(tree: &Tree, manifest: &Manifest, top: &OsStr) -> io::Result<Packed> {
    let top = Path::new(top);
    let mut text = serde_json::to_vec_pretty(manifest)?;
    text.push(b'\n');
    let mut archive = Archive(tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best())));
    archive.folder(top)?;
    archive.file(&top.join(manifest::FILE_NAME), &text)?;
    let mut files = 0;
    for (path, node) in tree.entries() {
        let path = top.join(path);
        match node {
            Node::Folder(_) => archive.folder(&path)?,
            Node::File(content) => archive.file(&path, content)?,
            Node::Link(target) => archive.link(&path, target)?,
            // Errors stand in the manifest.
            Node::Fault(_) => {}
        }
        files += usize::from(matches!(node, Node::File(_)));
    }
    Ok(Packed { bytes: archive.0.into_inner()?.finish()?, files })
}

struct Archive<W: Write>(tar::Builder<W>);

impl<W: Write> Archive<W> {
    fn folder(&mut self, path: &Path) -> io::Result<()> {
        self.0.append_data(&mut header(EntryType::Directory, 0o755, 0), path, io::empty())
    }

    fn file(&mut self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut header = header(EntryType::Regular, 0o644, content.len() as u64);
        self.0.append_data(&mut header, path, content)
    }

    /// The text of a link is kept to the byte; the library would tidy it.
    fn link(&mut self, path: &Path, target: &Path) -> io::Result<()> {
        let text = target.as_os_str().as_bytes();
        let mut header = header(EntryType::Symlink, 0o777, 0);
        if header.set_link_name_literal(text).is_err() {
            self.long_link_text(text)?;
        }
        self.0.append_data(&mut header, path, io::empty())
    }

    /// GNU's way to give the next entry a link text that fits no header.
    fn long_link_text(&mut self, text: &[u8]) -> io::Result<()> {
        let content = [text, b"\0"].concat();
        let mut header = header(EntryType::GNULongLink, 0o644, content.len() as u64);
        self.0.append_data(&mut header, "././@LongLink", content.as_slice())
    }
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(MODIFIED_SECONDS);
    header
}
