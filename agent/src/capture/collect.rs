//! From what was asked of a host to a tree that gives the same answers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::host::tree::{MAX_LINKS, names};
use crate::host::{Access, HostRoot, Node, ReadError, Tree};

/// A host as far as it was asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Collected {
    pub(super) tree: Tree,
    /// By path without links.
    pub(super) errors: BTreeMap<PathBuf, i32>,
}

/// The part of `root` that gives the noted answers. Where a path was asked twice, the first answer
/// counts. The host is asked again for the links on the way, and for what stands at each path.
pub(super) fn collect(root: &HostRoot, notes: &[(PathBuf, Access)]) -> Collected {
    let (kinds, answered) = Default::default();
    let mut collector = Collector { root, kinds, answered, collected: Collected::default() };
    for (path, access) in notes {
        collector.add(path, access);
    }
    collector.collected
}

/// What stands at a path without links.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Folder,
    File,
    Link(PathBuf),
    Absent,
    Fault(Errno),
}

struct Collector<'a> {
    root: &'a HostRoot,
    kinds: BTreeMap<PathBuf, Kind>,
    answered: BTreeSet<PathBuf>,
    collected: Collected,
}

impl Collector<'_> {
    fn add(&mut self, path: &Path, access: &Access) {
        let Some((end, kind)) = self.arrive(path) else { return };
        match access {
            Access::Read(answer) if self.answered.insert(end.clone()) => match answer {
                Ok(content) => self.put(&end, Node::File(content.clone())),
                Err(Errno::ISDIR) if kind == Kind::Folder => {}
                Err(errno) => self.refused(end, &kind, *errno),
            },
            Access::List(Ok(names)) => {
                for name in names {
                    self.listed(&end.join(name));
                }
            }
            Access::List(Err(Errno::NOTDIR)) if kind == Kind::File => {}
            Access::List(Err(errno)) => self.refused(end, &kind, *errno),
            // All that these tell is known from arriving.
            Access::Read(_) | Access::Link(_) | Access::IsFolder(_) => {}
        }
    }

    /// Keeps an entry of a folder, and what it leads to. One that was listed and is not there is an
    /// answer too.
    fn listed(&mut self, entry: &Path) {
        if self.kind(entry) == Kind::Absent {
            self.collected.errors.insert(entry.to_owned(), Errno::NOENT.raw_os_error());
        }
        self.arrive(entry);
    }

    /// Notes the error of opening what stands at `end`. That it is gone is plain absence.
    fn refused(&mut self, end: PathBuf, kind: &Kind, errno: Errno) {
        if *kind != Kind::Absent || errno != Errno::NOENT {
            self.collected.errors.entry(end).or_insert(errno.raw_os_error());
        }
    }

    /// Where `path` ends once its links are followed, as far as it leads, with everything on the
    /// way put into the tree; absent where it never ends.
    fn arrive(&mut self, path: &Path) -> Option<(PathBuf, Kind)> {
        let mut left: VecDeque<OsString> = names(path).collect();
        let (mut at, mut kind, mut links) = (PathBuf::new(), Kind::Folder, 0);
        while let Some(name) = left.pop_front() {
            if name == ".." {
                at.pop();
                kind = Kind::Folder;
                continue;
            }
            at.push(name);
            kind = self.kind(&at);
            match &kind {
                Kind::Folder => {}
                Kind::Link(target) => {
                    links += 1;
                    if links > MAX_LINKS {
                        return None;
                    }
                    at = if target.is_absolute() { PathBuf::new() } else { parent(&at) };
                    left = names(target).chain(left).collect();
                    kind = Kind::Folder;
                }
                _ if left.is_empty() => {}
                // The way ends before its time, and that is the answer to whatever is asked.
                _ => return None,
            }
        }
        Some((at, kind))
    }

    /// What stands at a path without links; the first time it is put into the tree.
    fn kind(&mut self, path: &Path) -> Kind {
        if let Some(kind) = self.kinds.get(path) {
            return kind.clone();
        }
        let kind = ask(self.root, path);
        match &kind {
            Kind::Folder => self.put(path, Node::folder()),
            Kind::File => self.put(path, Node::File(Vec::new())),
            Kind::Link(target) => self.put(path, Node::Link(target.clone())),
            Kind::Absent => {}
            Kind::Fault(errno) => self.refused(path.to_owned(), &kind, *errno),
        }
        self.kinds.insert(path.to_owned(), kind.clone());
        kind
    }

    fn put(&mut self, path: &Path, node: Node) {
        // Its folder was found to be one; a host that changes meanwhile is captured as it was.
        let _changed = self.collected.tree.insert(path, node);
    }
}

fn ask(root: &HostRoot, path: &Path) -> Kind {
    let kind = match root.link(path) {
        Ok(Some(target)) => return Kind::Link(target),
        Ok(None) => root.is_folder(path),
        Err(error) => Err(error),
    };
    match kind {
        Ok(true) => Kind::Folder,
        Ok(false) => Kind::File,
        Err(error) => error_kind(&error),
    }
}

fn error_kind(error: &ReadError) -> Kind {
    match error.errno() {
        Some(Errno::NOENT) | None => Kind::Absent,
        Some(errno) => Kind::Fault(errno),
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}
