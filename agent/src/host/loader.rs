//! What may become a captured host: the limits of a capture, and the entries that it never has.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::{Node, Tree};

/// The most that a capture may hold unpacked; a real one has a few megabytes.
pub(super) const MAX_TOTAL_BYTES: u64 = 512 << 20;

/// The most entries that a capture may hold; a host with a thousand disks has some ten thousand.
const MAX_ENTRIES: usize = 1_000_000;

/// The longest path, as in the kernel.
const MAX_PATH_BYTES: usize = 4096;

/// The most characters of a path that a message shows.
const SHOWN_CHARS: usize = 120;

/// A tree that grows entry by entry, and refuses what no capture has. Errors are a reason that
/// completes "it is no usable capture".
pub(super) struct Loader {
    tree: Tree,
    bytes_left: u64,
    entries_left: usize,
}

impl Loader {
    pub(super) fn new() -> Self {
        Self::with_limits(MAX_TOTAL_BYTES, MAX_ENTRIES)
    }

    pub(super) fn with_limits(bytes: u64, entries: usize) -> Self {
        Self { tree: Tree::default(), bytes_left: bytes, entries_left: entries }
    }

    pub(super) fn into_tree(self) -> Tree {
        self.tree
    }

    /// Adds an entry. The same entry twice is one; two different ones in one place are refused.
    pub(super) fn add(&mut self, path: &Path, node: Node) -> Result<(), String> {
        self.entries_left = self.entries_left.checked_sub(1).ok_or("it has too many entries")?;
        let path = inside(path)?;
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        if let Node::File(content) = &node {
            let left = self.bytes_left.checked_sub(content.len() as u64);
            self.bytes_left = left.ok_or_else(too_large)?;
        }
        match (self.tree.node(&path), &node) {
            (Some(Node::Folder(_)), Node::Folder(_)) => Ok(()),
            (Some(known), new) if known == new => Ok(()),
            (Some(_), _) => Err(format!("it holds {} twice", shown(&path))),
            (None, _) => self.tree.insert(&path, node).map_err(|errno| {
                let why = std::io::Error::from(errno).to_string().to_lowercase();
                format!("{} cannot stand where it does: {why}", shown(&path))
            }),
        }
    }

    /// What a file holds, as far as the capture may still grow.
    pub(super) fn content(&self, file: impl Read) -> std::io::Result<Vec<u8>> {
        let mut content = Vec::new();
        file.take(self.bytes_left + 1).read_to_end(&mut content)?;
        if content.len() as u64 > self.bytes_left {
            return Err(std::io::Error::other(too_large()));
        }
        Ok(content)
    }

    /// The file or link that is already at `target`, for a second name of it.
    pub(super) fn second(&self, path: &Path, target: &Path) -> Result<Node, String> {
        let known = self.tree.node(&inside(target)?);
        let known = known.filter(|node| matches!(node, Node::File(_) | Node::Link(_)));
        known.cloned().ok_or_else(|| {
            let (path, target) = (shown(path), shown(target));
            format!("{path} is a second name of {target}, which is no file before it")
        })
    }
}

pub(super) fn too_large() -> String {
    format!("it holds more than {} MiB", MAX_TOTAL_BYTES >> 20)
}

/// A path for a message: a capture may call its files anything.
pub(super) fn shown(path: &Path) -> String {
    let shown: String = path.to_string_lossy().escape_debug().take(SHOWN_CHARS).collect();
    format!("'{shown}'")
}

/// The path without `.`; one that leaves the capture is refused.
fn inside(path: &Path) -> Result<PathBuf, String> {
    if path.as_os_str().len() > MAX_PATH_BYTES {
        return Err(format!("it has a path of more than {MAX_PATH_BYTES} bytes"));
    }
    let mut kept = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => kept.push(name),
            Component::CurDir => {}
            _ => return Err(format!("{} leads out of it", shown(path))),
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Node {
        Node::File(text.into())
    }

    fn added(entries: &[(&str, Node)]) -> Result<Tree, String> {
        let mut loader = Loader::with_limits(8, 4);
        for (path, node) in entries {
            loader.add(Path::new(path), node.clone())?;
        }
        Ok(loader.into_tree())
    }

    #[test]
    fn paths_stay_inside() {
        for path in ["../x", "a/../../x", "/proc/x", "a/.."] {
            assert!(added(&[(path, file(""))]).unwrap_err().contains("leads out"), "{path}");
        }
        let long = "a/".repeat(2049);
        assert!(added(&[(&long, Node::folder())]).unwrap_err().contains("4096 bytes"));
        assert_eq!(added(&[("./a/./b", file("1"))]), added(&[("a/b", file("1"))]));
        assert_eq!(added(&[("./", Node::folder())]), Ok(Tree::default()));
    }

    #[test]
    fn one_place_holds_one_thing() {
        assert!(added(&[("a", file("1")), ("a", file("1"))]).is_ok());
        assert!(added(&[("a/b", file("1")), ("a", Node::folder())]).is_ok());
        for other in [file("2"), Node::folder(), Node::Link("b".into())] {
            let reason = added(&[("a", file("1")), ("a", other)]).unwrap_err();
            assert_eq!(reason, "it holds 'a' twice");
        }
        let through_link = [("a/b", file("1")), ("l", Node::Link("a".into())), ("l/b", file("2"))];
        assert!(added(&through_link).unwrap_err().contains("twice"));
        let reason = added(&[("a", file("1")), ("a/b", file("2"))]).unwrap_err();
        assert!(reason.contains("cannot stand where it does"), "{reason}");
    }

    #[test]
    fn a_capture_cannot_grow_without_end() {
        assert!(added(&[("a", file("12345678"))]).is_ok());
        let twice = [("a", file("12345678")), ("b", file("1"))];
        assert!(added(&twice).unwrap_err().contains("MiB"));
        let many = ["a", "b", "c", "d", "e"].map(|name| (name, Node::folder()));
        assert!(added(&many).unwrap_err().contains("too many"));
        let loader = Loader::with_limits(8, 4);
        assert_eq!(loader.content(&b"12345678"[..]).unwrap().len(), 8);
        assert!(loader.content(std::io::repeat(0)).unwrap_err().to_string().contains("MiB"));
    }
}
