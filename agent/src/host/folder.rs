//! Captures as folders: what an archive unpacks to, read into memory.

use std::fs::{DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::archive::manifest_of;
use super::loader::Loader;
use super::manifest::Manifest;
use super::{Node, OpenError, Tree};

pub(super) fn load(root: &Path) -> Result<(Tree, Manifest), OpenError> {
    let bad = |reason: String| OpenError::BadCapture { root: root.to_owned(), reason };
    let mut loader = Loader::new();
    let mut folders = vec![PathBuf::new()];
    let mut refused = Vec::new();
    while let Some(folder) = folders.pop() {
        let unreadable = |source| OpenError::Unreadable { root: root.join(&folder), source };
        let entries = match std::fs::read_dir(root.join(&folder)) {
            Ok(entries) => entries,
            Err(error) => {
                // A folder that this user may not read answers just that.
                let errno = Errno::from_io_error(&error).filter(|_| !folder.as_os_str().is_empty());
                refused.push((folder.clone(), errno.ok_or_else(|| unreadable(error))?));
                continue;
            }
        };
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            let path = folder.join(entry.file_name());
            let node = node(&entry, &loader).map_err(unreadable)?;
            if matches!(node, Some(Node::Folder(_))) {
                folders.push(path.clone());
            }
            if let Some(node) = node {
                loader.add(&path, node).map_err(bad)?;
            }
        }
    }
    let mut tree = loader.into_tree();
    let manifest = manifest_of(&tree).map_err(bad)?;
    for (folder, errno) in refused {
        tree.refuse(&folder, errno)
            .map_err(|errno| bad(format!("its folder '{}': {errno}", folder.display())))?;
    }
    Ok((tree, manifest))
}

/// The entry as a node. Sockets, pipes and device nodes are no part of a host's files.
fn node(entry: &DirEntry, loader: &Loader) -> io::Result<Option<Node>> {
    let kind = entry.file_type()?;
    Ok(if kind.is_dir() {
        Some(Node::folder())
    } else if kind.is_symlink() {
        Some(Node::Link(std::fs::read_link(entry.path())?))
    } else if kind.is_file() {
        Some(file(&entry.path(), loader)?)
    } else {
        None
    })
}

fn file(path: &Path, loader: &Loader) -> io::Result<Node> {
    match File::open(path).and_then(|file| loader.content(file)) {
        Ok(content) => Ok(Node::File(content)),
        // A file that this user may not read answers just that.
        Err(error) => Errno::from_io_error(&error).map(Node::Fault).ok_or(error),
    }
}
