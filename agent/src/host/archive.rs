//! Captures: a `tar.gz` of a host tree, or the folder that it unpacks to, read into memory.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::manifest::{self, Manifest};
use super::{Files, Node, OpenError, Tree};

/// The most that a capture may hold unpacked; a real one has a few megabytes.
const MAX_TOTAL_BYTES: u64 = 512 << 20;

/// The most entries that a capture may hold; a host with a thousand disks has some ten thousand.
const MAX_ENTRIES: usize = 1_000_000;

pub(super) fn unpack(path: &Path) -> Result<(Tree, Manifest), OpenError> {
    let bad = |reason: String| OpenError::BadCapture { root: path.to_owned(), reason };
    let file = File::open(path)
        .map_err(|source| OpenError::Unreadable { root: path.to_owned(), source })?;
    let bytes = flate2::read::GzDecoder::new(BufReader::new(file)).take(MAX_TOTAL_BYTES);
    let tree = read_tar(bytes).map_err(|error| bad(format!("cannot unpack it: {error}")))?;
    let tree = top_of(tree).ok_or_else(|| OpenError::NotAHost { root: path.to_owned() })?;
    let manifest = manifest_of(&tree).map_err(bad)?;
    Ok((tree, manifest))
}

fn read_tar(bytes: impl Read) -> std::io::Result<Tree> {
    let mut tree = Tree::default();
    let mut archive = tar::Archive::new(bytes);
    for (count, entry) in archive.entries()?.enumerate() {
        if count >= MAX_ENTRIES {
            return Err(std::io::Error::other("it has too many entries"));
        }
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        if path.file_name().is_none() {
            continue;
        }
        let target = |entry: &tar::Entry<_>| {
            let target = entry.link_name()?.map(std::borrow::Cow::into_owned);
            target.ok_or_else(|| std::io::Error::other("a link without a target"))
        };
        let node = match entry.header().entry_type() {
            tar::EntryType::Directory => Node::folder(),
            tar::EntryType::Symlink => Node::Link(target(&entry)?),
            // A second name of a file that came before it.
            tar::EntryType::Link => Node::File(tree.read(&target(&entry)?, super::MAX_FILE_BYTES)?),
            tar::EntryType::Regular | tar::EntryType::Continuous => {
                let mut content = Vec::new();
                entry.read_to_end(&mut content)?;
                Node::File(content)
            }
            _ => continue,
        };
        tree.insert(&path, node)?;
    }
    Ok(tree)
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

fn manifest_of(tree: &Tree) -> Result<Manifest, String> {
    match tree.read(Path::new(manifest::FILE_NAME), super::MAX_FILE_BYTES) {
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|error| format!("its '{}' is malformed: {error}", manifest::FILE_NAME)),
        Err(_) => Ok(Manifest::default()),
    }
}

pub(super) fn load_folder(root: &Path) -> Result<(Tree, Manifest), OpenError> {
    let mut tree = Tree::default();
    let mut folders = vec![PathBuf::new()];
    let mut budget = MAX_TOTAL_BYTES;
    while let Some(folder) = folders.pop() {
        load_entries(root, &folder, &mut tree, &mut folders, &mut budget)
            .map_err(|source| OpenError::Unreadable { root: root.join(&folder), source })?;
    }
    let bad = |reason: String| OpenError::BadCapture { root: root.to_owned(), reason };
    let manifest = manifest_of(&tree).map_err(bad)?;
    Ok((tree, manifest))
}

fn load_entries(
    root: &Path,
    folder: &Path,
    tree: &mut Tree,
    folders: &mut Vec<PathBuf>,
    budget: &mut u64,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        let kind = entry.file_type()?;
        let node = if kind.is_dir() {
            folders.push(path.clone());
            Node::folder()
        } else if kind.is_symlink() {
            Node::Link(std::fs::read_link(entry.path())?)
        } else if kind.is_file() {
            load_file(&entry.path(), budget)?
        } else {
            continue;
        };
        tree.insert(&path, node)?;
    }
    Ok(())
}

fn load_file(path: &Path, budget: &mut u64) -> std::io::Result<Node> {
    let mut content = Vec::new();
    let read = File::open(path).and_then(|file| file.take(*budget).read_to_end(&mut content));
    if let Err(error) = read {
        // A file that this user may not read answers just that.
        return Errno::from_io_error(&error).map(Node::Fault).ok_or(error);
    }
    *budget -= content.len() as u64;
    if *budget == 0 {
        return Err(std::io::Error::other("the folder holds more than any capture"));
    }
    Ok(Node::File(content))
}
