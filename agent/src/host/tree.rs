//! A host's files in memory: what an archive holds, and what tests build by hand.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use rustix::io::Errno;

use super::Files;

/// The most links that one path may lead through, as in the kernel.
pub(crate) const MAX_LINKS: usize = 40;

/// The most folders that one entry may stand in. sysfs has some thirty, and a tree without an end
/// would break the code that walks it.
const MAX_DEPTH: usize = 256;

/// One entry of a [`Tree`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A folder.
    Folder(BTreeMap<OsString, Node>),
    /// A file with its content.
    File(Vec<u8>),
    /// A symbolic link with its text.
    Link(PathBuf),
    /// Something that answers every access with this error number.
    Fault(Errno),
}

impl Node {
    /// An empty folder.
    #[must_use]
    pub fn folder() -> Self {
        Self::Folder(BTreeMap::new())
    }
}

/// A tree of files in memory. Links resolve inside it: `..` stops at its root, and an absolute
/// link starts there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    root: Node,
    /// What can be seen and not opened, by path without links.
    refused: BTreeMap<PathBuf, Errno>,
}

impl Default for Tree {
    fn default() -> Self {
        Self { root: Node::folder(), refused: BTreeMap::new() }
    }
}

impl Tree {
    /// Puts `node` at `path`, through links on the way, making the folders that are missing. An
    /// entry that was there is replaced, but a folder that replaces a folder leaves it as it is.
    pub fn insert(&mut self, path: &Path, node: Node) -> Result<(), Errno> {
        let name = path.file_name().ok_or(Errno::INVAL)?;
        let parent = self.resolve(path.parent().unwrap_or(Path::new("")), true)?;
        if parent.iter().count() >= MAX_DEPTH {
            return Err(Errno::NAMETOOLONG);
        }
        let Node::Folder(entries) = self.make_folder(&parent)? else {
            return Err(Errno::NOTDIR);
        };
        match (entries.get(name), &node) {
            (Some(Node::Folder(_)), Node::Folder(_)) => {}
            _ => drop(entries.insert(name.to_owned(), node)),
        }
        Ok(())
    }

    /// Takes away what is at `path`, with everything below it.
    pub fn remove(&mut self, path: &Path) -> Result<(), Errno> {
        let end = self.resolve(path, false)?;
        let (parent, name) = end.parent().zip(end.file_name()).ok_or(Errno::INVAL)?;
        self.entry(&end).ok_or(Errno::NOENT)?;
        match self.make_folder(parent)? {
            Node::Folder(entries) => entries.remove(name).map(drop).ok_or(Errno::NOENT),
            _ => Err(Errno::NOTDIR),
        }
    }

    /// Lets opening the file or folder that `path` leads to fail, while it can still be seen.
    pub fn refuse(&mut self, path: &Path, errno: Errno) -> Result<(), Errno> {
        let end = self.resolve(path, true)?;
        match self.entry(&end) {
            Some(Node::File(_) | Node::Folder(_)) => {
                self.refused.insert(end, errno);
                Ok(())
            }
            _ => Err(Errno::NOENT),
        }
    }

    /// The entry at `path` itself, which may be a link.
    #[must_use]
    pub fn node(&self, path: &Path) -> Option<&Node> {
        self.entry(&self.resolve(path, false).ok()?)
    }

    /// Every entry with its path, parents first, in order.
    #[must_use]
    pub fn entries(&self) -> Vec<(PathBuf, &Node)> {
        let mut all = Vec::new();
        collect(&self.root, Path::new(""), &mut all);
        all
    }

    /// The folders at the top, each as a tree of its own.
    pub fn into_folders(self) -> impl Iterator<Item = Tree> {
        let entries = match self.root {
            Node::Folder(entries) => entries,
            _ => BTreeMap::new(),
        };
        let is_folder = |node: &Node| matches!(node, Node::Folder(_));
        entries.into_values().filter(is_folder).map(|root| Tree { root, ..Tree::default() })
    }

    /// Where `path` ends once its links are followed, the last one only on demand. What does not
    /// exist is taken as it stands.
    fn resolve(&self, path: &Path, follow_last: bool) -> Result<PathBuf, Errno> {
        let mut left: VecDeque<OsString> = names(path).collect();
        let mut at = PathBuf::new();
        let mut links = 0;
        while let Some(name) = left.pop_front() {
            if name == ".." {
                at.pop();
                continue;
            }
            at.push(&name);
            let Some(Node::Link(target)) = self.entry(&at) else { continue };
            if left.is_empty() && !follow_last {
                break;
            }
            links += 1;
            if links > MAX_LINKS {
                return Err(Errno::LOOP);
            }
            if target.is_absolute() {
                at.clear();
            } else {
                at.pop();
            }
            for name in names(target).collect::<Vec<_>>().into_iter().rev() {
                left.push_front(name);
            }
        }
        Ok(at)
    }

    /// The entry at a path without links.
    fn entry(&self, path: &Path) -> Option<&Node> {
        path.iter().try_fold(&self.root, |node, name| match node {
            Node::Folder(entries) => entries.get(name),
            _ => None,
        })
    }

    /// The entry that `path` leads to, or the error that opening it gives.
    fn lookup(&self, path: &Path, follow_last: bool) -> Result<&Node, Errno> {
        self.reach(&self.resolve(path, follow_last)?)
    }

    /// As [`Self::lookup`], for its content.
    fn open(&self, path: &Path) -> Result<&Node, Errno> {
        let end = self.resolve(path, true)?;
        let node = self.reach(&end)?;
        self.refused.get(&end).map_or(Ok(node), |errno| Err(*errno))
    }

    fn reach(&self, end: &Path) -> Result<&Node, Errno> {
        let mut node = &self.root;
        for name in end {
            node = match node {
                Node::Folder(entries) => entries.get(name).ok_or(Errno::NOENT)?,
                Node::Fault(errno) => return Err(*errno),
                Node::File(_) | Node::Link(_) => return Err(Errno::NOTDIR),
            };
        }
        match node {
            Node::Fault(errno) => Err(*errno),
            node => Ok(node),
        }
    }

    fn make_folder(&mut self, path: &Path) -> Result<&mut Node, Errno> {
        path.iter().try_fold(&mut self.root, |node, name: &OsStr| match node {
            Node::Folder(entries) => {
                Ok(entries.entry(name.to_owned()).or_insert_with(Node::folder))
            }
            _ => Err(Errno::NOTDIR),
        })
    }
}

/// The names in a path, `..` among them.
pub(crate) fn names(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    })
}

fn collect<'a>(node: &'a Node, path: &Path, all: &mut Vec<(PathBuf, &'a Node)>) {
    if let Node::Folder(entries) = node {
        for (name, entry) in entries {
            let path = path.join(name);
            all.push((path.clone(), entry));
            collect(entry, &path, all);
        }
    }
}

impl Files for Tree {
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Errno> {
        match self.open(path)? {
            Node::File(content) if content.len() > limit => Err(Errno::FBIG),
            Node::File(content) => Ok(content.clone()),
            _ => Err(Errno::ISDIR),
        }
    }

    fn list(&self, path: &Path) -> Result<Vec<OsString>, Errno> {
        match self.open(path)? {
            Node::Folder(entries) => Ok(entries.keys().cloned().collect()),
            _ => Err(Errno::NOTDIR),
        }
    }

    fn link(&self, path: &Path) -> Result<PathBuf, Errno> {
        match self.lookup(path, false)? {
            Node::Link(target) => Ok(target.clone()),
            _ => Err(Errno::INVAL),
        }
    }

    fn is_folder(&self, path: &Path) -> Result<bool, Errno> {
        Ok(matches!(self.lookup(path, true)?, Node::Folder(_)))
    }
}

#[cfg(test)]
impl<P: AsRef<Path>, C: AsRef<str>> FromIterator<(P, C)> for Tree {
    /// Files with their texts, and links, whose texts are `-> ` and the target.
    fn from_iter<I: IntoIterator<Item = (P, C)>>(files: I) -> Self {
        let mut tree = Self::default();
        for (path, content) in files {
            let node = match content.as_ref().strip_prefix("-> ") {
                Some(target) => Node::Link(target.into()),
                None => Node::File(content.as_ref().into()),
            };
            tree.insert(path.as_ref(), node).unwrap();
        }
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Node {
        Node::File(text.as_bytes().to_vec())
    }

    fn put(tree: &mut Tree, path: &str, node: Node) {
        tree.insert(Path::new(path), node).unwrap();
    }

    #[test]
    fn what_is_written_through_a_link_stands_at_its_target() {
        let mut tree = Tree::default();
        put(&mut tree, "sys/block/sda", Node::Link("../devices/pci/sda".into()));
        assert_eq!(tree.is_folder(Path::new("sys/block/sda")).err(), Some(Errno::NOENT));
        put(&mut tree, "sys/block/sda/size", file("8"));
        assert_eq!(tree.read(Path::new("sys/devices/pci/sda/size"), 9).unwrap(), b"8");
        assert!(tree.is_folder(Path::new("sys/block/sda")).unwrap());
    }

    #[test]
    fn links_stay_inside_the_tree() {
        let mut tree = Tree::default();
        put(&mut tree, "etc/passwd", file("inside"));
        put(&mut tree, "up", Node::Link("../../../../etc/passwd".into()));
        put(&mut tree, "absolute", Node::Link("/etc/passwd".into()));
        for path in ["up", "absolute"] {
            assert_eq!(tree.read(Path::new(path), 99).unwrap(), b"inside");
        }
    }

    #[test]
    fn a_loop_of_links_is_an_error() {
        let mut tree = Tree::default();
        put(&mut tree, "a", Node::Link("b".into()));
        put(&mut tree, "b", Node::Link("a".into()));
        assert_eq!(tree.read(Path::new("a"), 9).err(), Some(Errno::LOOP));
    }

    #[test]
    fn a_path_may_lead_through_as_many_links_as_the_kernel_follows() {
        let mut tree = Tree::default();
        put(&mut tree, "link0", file("end"));
        for number in 1..=MAX_LINKS + 1 {
            put(
                &mut tree,
                &format!("link{number}"),
                Node::Link(format!("link{}", number - 1).into()),
            );
        }
        let read = |number: usize| tree.read(Path::new(&format!("link{number}")), 3);
        assert_eq!(read(MAX_LINKS).unwrap(), b"end");
        assert_eq!(read(MAX_LINKS + 1).err(), Some(Errno::LOOP));
    }

    #[test]
    fn a_folder_that_is_made_again_keeps_what_is_in_it() {
        let mut tree = Tree::default();
        put(&mut tree, "sys/block/sda/size", file("8"));
        put(&mut tree, "sys/block/sda", Node::folder());
        assert_eq!(tree.read(Path::new("sys/block/sda/size"), 1).unwrap(), b"8");
        put(&mut tree, "sys/block", file("no folder"));
        assert!(!tree.is_folder(Path::new("sys/block")).unwrap());
    }

    #[test]
    fn errors_are_those_of_the_kernel() {
        let mut tree = Tree::default();
        put(&mut tree, "folder/file", file("12345"));
        put(&mut tree, "fault", Node::Fault(Errno::IO));
        let read = |path: &str| tree.read(Path::new(path), 4).err();
        assert_eq!(read("folder"), Some(Errno::ISDIR));
        assert_eq!(read("folder/file"), Some(Errno::FBIG));
        assert_eq!(tree.read(Path::new("folder/file"), 5).unwrap(), b"12345");
        assert_eq!(read("folder/file/below"), Some(Errno::NOTDIR));
        assert_eq!(read("missing"), Some(Errno::NOENT));
        assert_eq!(read("fault"), Some(Errno::IO));
        assert_eq!(tree.link(Path::new("folder")).err(), Some(Errno::INVAL));
        assert_eq!(tree.list(Path::new("folder/file")).err(), Some(Errno::NOTDIR));
    }

    #[test]
    fn what_cannot_be_opened_can_still_be_seen() {
        let mut tree = Tree::default();
        put(&mut tree, "folder/file", file("8"));
        tree.refuse(Path::new("folder"), Errno::ACCESS).unwrap();
        tree.refuse(Path::new("folder/file"), Errno::IO).unwrap();
        assert_eq!(tree.refuse(Path::new("gone"), Errno::IO), Err(Errno::NOENT));
        assert_eq!(tree.list(Path::new("folder")).err(), Some(Errno::ACCESS));
        assert_eq!(tree.is_folder(Path::new("folder")), Ok(true));
        assert_eq!(tree.read(Path::new("folder/file"), 9).err(), Some(Errno::IO));
        assert_eq!(tree.link(Path::new("folder/file")).err(), Some(Errno::INVAL));
    }

    #[test]
    fn a_tree_has_an_end() {
        let mut tree = Tree::default();
        let deep: PathBuf = std::iter::repeat_n("a", 256).collect();
        put(&mut tree, deep.to_str().unwrap(), Node::folder());
        assert_eq!(tree.insert(&deep.join("a"), Node::folder()), Err(Errno::NAMETOOLONG));
        put(&mut tree, "link", Node::Link(deep));
        assert_eq!(tree.insert(Path::new("link/a"), Node::folder()), Err(Errno::NAMETOOLONG));
    }
}
