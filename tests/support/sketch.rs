//! A host tree from a few lines of text, in memory and on disk.

use std::collections::BTreeMap;
use std::path::Path;

use inventory_agent::host::manifest::{self, Manifest};
use inventory_agent::host::{Node, Tree};
use rustix::io::Errno;

/// What every host has unless its description takes it away.
pub const BASE: &str = "\
proc/meminfo = MemTotal:       16777216 kB\\nMemFree:         8388608 kB\\nSwapTotal:       2097152 kB\\nSwapFree:        2097152 kB
sys/devices/system/cpu/online = 0-3
sys/block/
sys/class/net/
sys/bus/pci/devices/
proc/sys/kernel/hostname = host-1
";

const ERRNOS: [(&str, Errno); 12] = [
    ("EIO", Errno::IO),
    ("EINVAL", Errno::INVAL),
    ("EACCES", Errno::ACCESS),
    ("ENODEV", Errno::NODEV),
    ("EOPNOTSUPP", Errno::OPNOTSUPP),
    ("ENXIO", Errno::NXIO),
    ("ELOOP", Errno::LOOP),
    ("ENOENT", Errno::NOENT),
    ("ETIMEDOUT", Errno::TIMEDOUT),
    ("EAGAIN", Errno::AGAIN),
    ("EPERM", Errno::PERM),
    ("EBUSY", Errno::BUSY),
];

/// The tree of the base and `lines`.
pub fn tree(lines: &str) -> Tree {
    let mut tree = Tree::default();
    for line in BASE.lines().chain(lines.lines()).filter(|line| !line.is_empty()) {
        apply(&mut tree, line).unwrap_or_else(|reason| panic!("{reason}: {line}"));
    }
    tree
}

/// One line: `PATH = TEXT`, `PATH =raw BYTES`, `PATH -> TARGET`, `PATH/`, `PATH ! ERRNO`,
/// `remove PATH` or `pci ADDRESS CLASS VENDOR DEVICE [DRIVER]`.
fn apply(tree: &mut Tree, line: &str) -> Result<(), String> {
    if let Some(path) = line.strip_prefix("remove ") {
        return tree.remove(Path::new(path.trim())).map_err(|errno| errno.to_string());
    }
    if let Some(function) = line.strip_prefix("pci ") {
        return apply_pci(tree, &function.split(' ').collect::<Vec<_>>());
    }
    let (path, node) = if let Some((path, target)) = line.split_once(" -> ") {
        (path, Node::Link(target.trim().into()))
    } else if let Some((path, name)) = line.split_once(" ! ") {
        let known = ERRNOS.iter().find(|(known, _)| *known == name.trim());
        (path, Node::Fault(known.ok_or("no such error number")?.1))
    } else if let Some((path, text)) = line.split_once(" =raw") {
        (path, Node::File(unescape(text.strip_prefix(' ').unwrap_or(text))?))
    } else if let Some((path, text)) = line.split_once(" =") {
        let mut content = unescape(text.strip_prefix(' ').unwrap_or(text))?;
        content.push(b'\n');
        (path, Node::File(content))
    } else if let Some(path) = line.trim().strip_suffix('/') {
        (path, Node::folder())
    } else {
        return Err("no line of a host".to_owned());
    };
    tree.insert(Path::new(path.trim()), node).map_err(|errno| errno.to_string())
}

/// The files of a PCI function.
fn apply_pci(tree: &mut Tree, words: &[&str]) -> Result<(), String> {
    let [address, class, vendor, device, driver @ ..] = words else {
        return Err("no PCI function".to_owned());
    };
    let at = format!("sys/bus/pci/devices/{address}");
    for (file, text) in [("class", class), ("vendor", vendor), ("device", device)] {
        apply(tree, &format!("{at}/{file} = {text}"))?;
    }
    for driver in driver {
        apply(tree, &format!("{at}/driver -> ../../../bus/pci/drivers/{driver}"))?;
    }
    Ok(())
}

fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (byte, length) = match tail {
            [b'n', ..] => (b'\n', 1),
            [b't', ..] => (b'\t', 1),
            [b'\\', ..] => (b'\\', 1),
            [b'x', digits @ ..] if digits.len() >= 2 => {
                let digits = std::str::from_utf8(&digits[..2]).map_err(|e| e.to_string())?;
                (u8::from_str_radix(digits, 16).map_err(|e| e.to_string())?, 3)
            }
            _ => return Err("no such escape".to_owned()),
        };
        bytes.push(byte);
        rest = &tail[length..];
    }
    Ok(bytes)
}

/// Writes the tree below `root`; faults go into the manifest of a capture.
pub fn write(tree: &Tree, root: &Path) {
    let mut errors = BTreeMap::new();
    for (path, node) in tree.entries() {
        if let Node::Fault(errno) = node {
            errors.insert(path, errno.raw_os_error());
        } else {
            put(node, &root.join(&path));
        }
    }
    if !errors.is_empty() {
        let manifest = Manifest { errors, ..Manifest::default() };
        let text = serde_json::to_vec(&manifest).unwrap();
        std::fs::write(root.join(manifest::FILE_NAME), text).unwrap();
    }
}

/// Writes one entry; what is in a folder comes by itself.
pub fn put(node: &Node, at: &Path) {
    match node {
        Node::Folder(_) => std::fs::create_dir(at).unwrap(),
        Node::File(content) => std::fs::write(at, content).unwrap(),
        Node::Link(target) => std::os::unix::fs::symlink(target, at).unwrap(),
        Node::Fault(_) => panic!("no file on disk answers with an error number"),
    }
}
