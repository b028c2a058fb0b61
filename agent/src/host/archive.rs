//! Captures as archives: a `tar.gz` of a host tree, read into memory.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::loader::{self, Loader, shown};
use super::manifest::{self, Manifest};
use super::{Files, Node, OpenError, Tree};

/// The most that is unpacked: what a capture may hold, and as much again for the headers.
const MAX_UNPACKED_BYTES: u64 = 2 * loader::MAX_TOTAL_BYTES;

pub(super) fn unpack(path: &Path) -> Result<(Tree, Manifest), OpenError> {
    let file = File::open(path)
        .map_err(|source| OpenError::Unreadable { root: path.to_owned(), source })?;
    let bad = |reason: String| OpenError::BadCapture { root: path.to_owned(), reason };
    let tree = read(BufReader::new(file)).map_err(bad)?;
    let tree = top_of(tree).ok_or_else(|| OpenError::NotAHost { root: path.to_owned() })?;
    let manifest = manifest_of(&tree).map_err(bad)?;
    Ok((tree, manifest))
}

/// The manifest of a capture, by default an empty one.
pub(super) fn manifest_of(tree: &Tree) -> Result<Manifest, String> {
    match tree.node(Path::new(manifest::FILE_NAME)) {
        Some(Node::File(text)) => Manifest::parse(text),
        Some(_) => Err(format!("its '{}' cannot be read", manifest::FILE_NAME)),
        None => Ok(Manifest::default()),
    }
}

/// The tree in a compressed archive, or what is wrong with it.
fn read(compressed: impl Read) -> Result<Tree, String> {
    let unpacking = |error: io::Error| format!("cannot unpack it: {error}");
    let inner = flate2::read::GzDecoder::new(compressed);
    let mut bytes = Limited { inner, left: MAX_UNPACKED_BYTES };
    let mut loader = Loader::new();
    let mut archive = tar::Archive::new(&mut bytes);
    for entry in archive.entries().map_err(unpacking)? {
        let mut entry = entry.map_err(unpacking)?;
        let path = entry.path().map_err(unpacking)?.into_owned();
        if let Some(node) = node(&mut entry, &path, &loader).map_err(unpacking)? {
            loader.add(&path, node)?;
        }
    }
    // What is behind the last entry tells whether all before it came through unharmed.
    io::copy(&mut bytes, &mut io::sink()).map_err(unpacking)?;
    Ok(loader.into_tree())
}

fn node(
    entry: &mut tar::Entry<impl Read>,
    path: &Path,
    loader: &Loader,
) -> io::Result<Option<Node>> {
    use tar::EntryType as Type;
    let wrong = |what: &str| io::Error::other(format!("{} is {what}", shown(path)));
    let target = |entry: &tar::Entry<_>| {
        let target = entry.link_name()?.map(std::borrow::Cow::into_owned);
        target.ok_or_else(|| wrong("a link without a target"))
    };
    match entry.header().entry_type() {
        Type::Directory => Ok(Some(Node::folder())),
        Type::Symlink => Ok(Some(Node::Link(target(entry)?))),
        Type::Link => {
            let node = loader.second(path, &target(entry)?);
            node.map(Some).map_err(io::Error::other)
        }
        Type::Regular | Type::Continuous | Type::GNUSparse => {
            Ok(Some(Node::File(loader.content(entry)?)))
        }
        // A remark on the whole archive.
        Type::XGlobalHeader => Ok(None),
        Type::Block | Type::Char | Type::Fifo => Err(wrong("a device node or a pipe")),
        _ => Err(wrong("of an unknown kind")),
    }
}

/// The part of the archive that is the host: its top, or the only folder there.
fn top_of(tree: Tree) -> Option<Tree> {
    let is_host = |tree: &Tree| {
        ["proc", "sys"].iter().any(|path| tree.is_folder(Path::new(path)).unwrap_or(false))
    };
    if is_host(&tree) {
        return Some(tree);
    }
    tree.into_folders().find(is_host)
}

/// A reader that fails where it would give more than a capture can have.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(loader::too_large()))?;
        Ok(count)
    }
}
