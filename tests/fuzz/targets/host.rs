//! A host that is like none: the whole one with files, folders and links changed, taken away and added.
#![no_main]

use std::path::{Path, PathBuf};

use arbitrary::Arbitrary;
use fuzz::host::{PATHS, WHOLE, read_tree};
use fuzz::inventory::holds;
use inventory_agent::host::{Node, Tree};
use libfuzzer_sys::fuzz_target;
use rustix::io::Errno;

/// What probes ask for beside what the whole host has.
const NAMES: &[&str] = &[
    "size",
    "ro",
    "removable",
    "hidden",
    "wwid",
    "serial",
    "type",
    "transport",
    "vpd_pg80",
    "vpd_pg83",
    "speed",
    "carrier",
    "phys_port_id",
    "phys_port_name",
    "address",
    "physfn",
    "device",
    "driver",
    "class",
    "vendor",
    "state",
    "rate",
    "link_layer",
    "ports",
    "1",
    "2",
    "vpd",
    "mem_info_vram_total",
    "product_name",
    "mem_banks",
    "0",
    "properties",
    "gpu_id",
    "online",
    "numa_node",
    "meminfo",
    "nr_hugepages",
    "memory1",
    "nvme2n1",
    "eth2",
    "mlx5_1",
    "0000:66:00.0",
    "bonding",
    "bridge",
    "wireless",
    "slaves",
    "holders",
    "loop",
    "dm",
    "md",
    "net",
    "block",
];

const WORDS: &[&str] = &[
    "0",
    "1",
    "-1",
    "5",
    "32",
    "772",
    "10000",
    "65535",
    "4294967295",
    "2097152",
    "18446744073709551615",
    "99999999999999999999",
    "",
    "SD",
    "garbage",
    "Ethernet",
    "InfiniBand",
    "4: ACTIVE",
    "1: DOWN",
    "400 Gb/sec (4X NDR)",
    "2.5 Gb/sec (1X SDR)",
    "naa.5000c500a1b2c3d4",
    "eui.0025385b71b00f3a",
    "0x030200",
    "0x038000",
    "0x020000",
    "0x020700",
    "0x120000",
    "0x10de",
    "0x1002",
    "0x2330",
    "pf0vf1",
    "p0",
    "02:00:00:00:00:01",
    "ffffffff",
    "online",
    "offline",
    "0-3",
    "0-18446744073709551615",
    "rdma",
    "tcp",
    "pcie",
];

const ERRNOS: &[Errno] = &[
    Errno::IO,
    Errno::INVAL,
    Errno::ACCESS,
    Errno::NODEV,
    Errno::OPNOTSUPP,
    Errno::NOENT,
    Errno::LOOP,
];

/// A change of the tree.
#[derive(Arbitrary, Debug)]
struct Edit<'a> {
    place: u16,
    below: Option<u8>,
    what: What<'a>,
}

#[derive(Arbitrary, Debug)]
enum What<'a> {
    Nothing,
    Word(u8),
    Text(&'a [u8]),
    Folder,
    Link(u16),
    Elsewhere(&'a str),
    Fault(u8),
}

fn of<T>(list: &[T], index: impl Into<usize>) -> &T {
    &list[index.into() % list.len()]
}

impl Edit<'_> {
    /// What has no place in the tree changes nothing, as on a host.
    fn apply(&self, tree: &mut Tree) {
        let mut path: PathBuf = of(&PATHS, self.place).clone();
        path.extend(self.below.map(|name| of(NAMES, name)));
        let _was_there = tree.remove(&path);
        if let Some(node) = self.what.node() {
            let _has_a_place = tree.insert(&path, node);
        }
    }
}

impl What<'_> {
    fn node(&self) -> Option<Node> {
        Some(match *self {
            Self::Nothing => return None,
            Self::Word(word) => Node::File(format!("{}\n", of(WORDS, word)).into_bytes()),
            Self::Text(text) => Node::File(text.to_vec()),
            Self::Folder => Node::folder(),
            Self::Link(to) => Node::Link(Path::new("/").join(of(&PATHS, to))),
            Self::Elsewhere(to) => Node::Link(to.into()),
            Self::Fault(errno) => Node::Fault(*of(ERRNOS, errno)),
        })
    }
}

fuzz_target!(|edits: Vec<Edit>| {
    let mut tree = WHOLE.clone();
    edits.iter().take(32).for_each(|edit| edit.apply(&mut tree));
    holds(&read_tree(tree));
});
