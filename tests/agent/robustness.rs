//! One damaged file never changes another device's number, and the exit status tells exactly
//! whether something that must be there is missing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use inventory_agent::host::manifest::Manifest;
use inventory_agent::host::{Access, HostRoot, Node, Tree};
use inventory_agent::probe::{Depth, survey};
use inventory_common::{Inventory, Stated};
use rustix::io::Errno;

use crate::support::accesses::accesses;
use crate::support::others::others_agree;
use crate::support::sketch;

/// A host on which every probe has something to read.
pub const HOST: &str = include_str!("whole.host");

pub fn read(tree: Tree, depth: Depth) -> Inventory {
    let root = HostRoot::of_tree(tree, Manifest::default());
    let stated = Stated::default();
    survey(&root, None, &stated, depth).readings.into_inventory("node".to_owned(), &stated)
}

/// The files that reading the host at `depth` opens, by their paths without links.
pub fn files_read(depth: Depth) -> BTreeSet<PathBuf> {
    let accesses = accesses(sketch::tree(HOST), depth).into_iter();
    let read = accesses.filter(|(_, access)| matches!(access, Access::Read(Ok(_))));
    read.map(|(path, _)| path).collect()
}

/// What can stand where a file should.
pub fn damages() -> Vec<(&'static str, Option<Node>)> {
    let text = |text: &str| Some(Node::File(text.as_bytes().to_vec()));
    vec![
        ("missing", None),
        ("empty", text("")),
        ("folder", Some(Node::folder())),
        ("dangling", Some(Node::Link("nowhere".into()))),
        ("loop", Some(Node::Link("../".into()))),
        ("binary", Some(Node::File(vec![0xff, 0xfe, 0, 1]))),
        ("garbage", text("garbage\n")),
        ("negative", text("-5\n")),
        ("past u64", text("18446744073709551616\n")),
        ("huge", Some(Node::File(vec![b'9'; 20 << 20]))),
        ("EIO", Some(Node::Fault(Errno::IO))),
        ("EACCES", Some(Node::Fault(Errno::ACCESS))),
        ("EINVAL", Some(Node::Fault(Errno::INVAL))),
        ("EOPNOTSUPP", Some(Node::Fault(Errno::OPNOTSUPP))),
        ("ENODEV", Some(Node::Fault(Errno::NODEV))),
    ]
}

pub fn damaged(file: &Path, damage: Option<&Node>) -> Tree {
    let mut tree = sketch::tree(HOST);
    tree.remove(file).unwrap();
    if let Some(node) = damage {
        tree.insert(file, node.clone()).unwrap();
    }
    tree
}

/// What the rules say of a damage to a file: whether it leaves the inventory whole.
#[expect(clippy::match_same_arms, reason = "a table, in the order of the rules")]
fn leaves_whole(file: &Path, damage: &str) -> Option<bool> {
    let name = file.file_name().unwrap().to_str().unwrap();
    let is = |path: &str| file == Path::new(path);
    let is_net_type = name == "type" && file.starts_with("sys/class/net");
    let required = is("proc/meminfo") || name == "size" || is_net_type;
    match (damage, name) {
        // cpuN folders and cpuinfo stand in for the list of online CPUs.
        ("missing" | "dangling", "online") => Some(true),
        ("missing" | "dangling", _) => Some(!required),
        ("EINVAL" | "EOPNOTSUPP", "speed" | "carrier" | "rate") => Some(true),
        ("EOPNOTSUPP", "phys_port_id" | "phys_port_name") => Some(true),
        ("EINVAL", "wwid") if file.parent().unwrap().ends_with("device") => Some(true),
        // This host's GPU has no switches that could be managed over InfiniBand.
        ("EACCES", "vpd") => Some(true),
        ("negative", "speed") => None,
        ("EIO" | "EACCES" | "EINVAL" | "ENODEV" | "EOPNOTSUPP" | "folder" | "loop" | "huge", _) => {
            Some(false)
        }
        // Whether text is malformed depends on what the file holds.
        _ => None,
    }
}

#[test]
fn every_damage_to_every_file_leaves_the_other_devices_alone() {
    let whole = read(sketch::tree(HOST), Depth::Figures);
    let files = files_read(Depth::Figures);
    assert!(files.len() > 30, "{files:?}");
    for file in &files {
        for (damage, node) in damages() {
            let found = read(damaged(file, node.as_ref()), Depth::Figures);
            let context = format!("{} {damage}", file.display());
            others_agree(&whole, &found, file, &context);
        }
    }
}

#[test]
fn the_outcome_tells_required_files_from_optional_ones() {
    for file in files_read(Depth::Figures) {
        for (damage, node) in damages() {
            let Some(wanted) = leaves_whole(&file, damage) else { continue };
            let found = read(damaged(&file, node.as_ref()), Depth::Figures);
            let is_whole = found.probes.iter().all(|probe| probe.outcome.is_whole());
            assert_eq!(is_whole, wanted, "{} {damage}: {:?}", file.display(), found.probes);
        }
    }
}

#[test]
fn files_that_only_the_detail_needs_never_change_a_figure_or_an_outcome() {
    let whole = read(sketch::tree(HOST), Depth::Detail);
    let figures = files_read(Depth::Figures);
    let detail = files_read(Depth::Detail);
    let only_detail: Vec<&PathBuf> = detail.difference(&figures).collect();
    assert!(only_detail.len() > 5, "{only_detail:?}");
    for file in only_detail {
        for (damage, node) in damages() {
            let found = read(damaged(file, node.as_ref()), Depth::Detail);
            assert_eq!(found.node_data, whole.node_data, "{} {damage}", file.display());
            assert_eq!(found.probes, whole.probes, "{} {damage}", file.display());
        }
    }
}
