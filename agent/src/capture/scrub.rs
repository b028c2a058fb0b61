//! A capture without what identifies the machine: which files hold what.

mod content;

use std::cmp::Ordering;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use inventory_common::order;

use super::pattern;
use super::stand_in::StandIns;
use crate::answers::Answers;
use crate::host::manifest::Manifest;
use crate::host::{Node, Tree};
use content::Holds;

/// Which files hold what; the first line that fits decides. A pattern is the end of a path, part
/// by part, where `*` begins, ends or is a part. All other files, the names and the texts of links
/// are only searched for UUIDs and addresses.
const FILES: &[(&str, Holds)] = &[
    ("kernel/hostname", Holds::Name),
    ("node_desc", Holds::Name),
    ("wwid", Holds::Wwid),
    ("serial", Holds::Serial),
    ("serial_number", Holds::Serial),
    ("*_serial", Holds::Serial),
    ("unique_id", Holds::Serial),
    ("vpd_pg80", Holds::SerialPage),
    ("vpd_pg*", Holds::Nothing),
    ("vpd", Holds::ProductData),
    ("subsysnqn", Holds::QualifiedName),
    ("hostnqn", Holds::QualifiedName),
    ("net/*/address", Holds::Address),
    ("net/*/broadcast", Holds::Address),
    ("phys_port_id", Holds::Address),
    ("phys_switch_id", Holds::Address),
    ("*_guid", Holds::Address),
    ("gids/*", Holds::Address),
    ("eui", Holds::Address),
    ("nguid", Holds::Address),
    ("gpus/*/information", Holds::Lines),
    ("nodes/*/properties", Holds::Lines),
    ("proc/cpuinfo", Holds::Lines),
];

/// The same host with stand-ins in place of serial numbers, addresses, UUIDs and host names.
///
/// They are numbered in canonical order, names first, so that devices that are named by their ids
/// keep their order.
pub(super) fn scrub(tree: &Tree, manifest: &Manifest) -> (Tree, Manifest) {
    let mut ids = StandIns::default();
    let mut entries = tree.entries();
    entries.sort_by(|(a, _), (b, _)| in_canonical_order(a, b));
    let mut places: Vec<PathBuf> = Vec::new();
    for (path, _) in &entries {
        places.push(path_of(path, &mut ids));
    }
    let node_name = manifest.node_name.as_deref().map(|name| ids.name(name));
    let mut scrubbed = Tree::default();
    for ((path, node), place) in entries.iter().zip(&places) {
        let node = match node {
            Node::File(text) => Node::File(holds(path).scrub(text, &mut ids)),
            Node::Link(target) => Node::Link(path_of(target, &mut ids)),
            // Its entries have lines of their own.
            Node::Folder(_) => Node::folder(),
            Node::Fault(errno) => Node::Fault(*errno),
        };
        // The parents were put there before, as folders.
        let _infallible = scrubbed.insert(place, node);
    }
    let errors = manifest.errors.iter().map(|(path, errno)| (path_of(path, &mut ids), *errno));
    let errors = errors.collect();
    let nvml = manifest.nvml.as_ref().and_then(|answers| answers_of(answers, &mut ids));
    (scrubbed, Manifest { node_name, nvml, errors, ..manifest.clone() })
}

fn in_canonical_order(a: &Path, b: &Path) -> Ordering {
    let by_name =
        |(a, b): (&OsStr, &OsStr)| order::by_name(a.as_encoded_bytes(), b.as_encoded_bytes());
    let first_difference = a.iter().zip(b.iter()).map(by_name).find(|order| order.is_ne());
    first_difference.unwrap_or_else(|| a.iter().count().cmp(&b.iter().count()))
}

fn path_of(path: &Path, ids: &mut StandIns) -> PathBuf {
    OsString::from_vec(pattern::replaced(path.as_os_str().as_bytes(), ids)).into()
}

/// NVML's answers with stand-ins for the UUIDs in them; what could not be read back would not be
/// safe to hand on.
fn answers_of(answers: &Answers, ids: &mut StandIns) -> Option<Answers> {
    let text = serde_json::to_vec(answers).ok()?;
    serde_json::from_slice(&pattern::replaced(&text, ids)).ok()
}

fn holds(path: &Path) -> Holds {
    FILES
        .iter()
        .find(|(pattern, _)| ends_with(path, pattern))
        .map_or(Holds::Text, |(_, what)| *what)
}

fn ends_with(path: &Path, pattern: &str) -> bool {
    let mut parts = path.iter().rev();
    pattern.rsplit('/').all(|pattern| {
        let part = parts.next().map(|part| part.to_string_lossy()).unwrap_or_default();
        match pattern.split_once('*') {
            Some((before, after)) => part.starts_with(before) && part.ends_with(after),
            None => part == pattern,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_the_end_of_its_path() {
        let holds = |path: &str| holds(Path::new(path));
        assert_eq!(holds("sys/devices/pci0000:00/net/eth0/address"), Holds::Address);
        assert_eq!(holds("sys/devices/pci0000:00/nvme/nvme0/address"), Holds::Text);
        assert_eq!(holds("sys/devices/x/vpd_pg80"), Holds::SerialPage);
        assert_eq!(holds("sys/devices/x/vpd_pg83"), Holds::Nothing);
        assert_eq!(holds("sys/class/dmi/id/board_serial"), Holds::Serial);
        assert_eq!(holds("sys/class/infiniband/mlx5_0/sys_image_guid"), Holds::Address);
        assert_eq!(holds("proc/driver/nvidia/gpus/0000:65:00.0/information"), Holds::Lines);
        assert_eq!(holds("proc/sys/kernel/hostname"), Holds::Name);
        assert_eq!(holds("address"), Holds::Text);
    }

    #[test]
    fn names_links_and_errors_are_scrubbed_alike_and_keep_their_order() {
        let mut tree = Tree::default();
        let target = "../devices/9d5e0f11-0000-4000-8000-00000000000a/net/enx0a0000000002";
        for (path, node) in [
            ("sys/class/enx0a0000000010", Node::Link("x".into())),
            ("sys/class/enx0a0000000002", Node::Link(target.into())),
            (
                "sys/devices/9d5e0f11-0000-4000-8000-00000000000a/net/enx0a0000000002/address",
                Node::File(b"0A:00:00:00:00:02\n".to_vec()),
            ),
        ] {
            tree.insert(Path::new(path), node).unwrap();
        }
        let error = PathBuf::from("sys/class/enx0a0000000010/speed");
        let manifest = Manifest {
            node_name: Some("gpu-07".to_owned()),
            errors: [(error, 22)].into(),
            ..Manifest::default()
        };
        let (tree, manifest) = scrub(&tree, &manifest);
        let place = "sys/devices/00000000-0000-4000-8000-000000000001/net/enx020000000001/address";
        assert_eq!(tree.node(place.as_ref()), Some(&Node::File(b"02:00:00:00:00:01\n".to_vec())));
        let target = "../devices/00000000-0000-4000-8000-000000000001/net/enx020000000001";
        let link = tree.node(Path::new("sys/class/enx020000000001"));
        assert_eq!(link, Some(&Node::Link(target.into())));
        assert!(manifest.errors.contains_key(Path::new("sys/class/enx020000000002/speed")));
        assert_eq!(manifest.node_name.as_deref(), Some("node-1"));
    }
}
