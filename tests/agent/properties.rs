//! What holds for any tree: the sums are those of what counts, the same tree gives the same bytes,
//! and the order in which folders list their entries changes nothing.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use inventory_agent::host::manifest::Manifest;
use inventory_agent::host::{Files, HostRoot, Node, Tree};
use inventory_agent::probe::{Depth, survey};
use inventory_common::{Inventory, Stated};
use proptest::prelude::*;
use rustix::io::Errno;

use crate::support::sketch;

/// Lists each folder in an order that depends on a seed.
struct Shuffled {
    tree: Tree,
    seed: u64,
}

impl Files for Shuffled {
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Errno> {
        self.tree.read(path, limit)
    }

    fn list(&self, path: &Path) -> Result<Vec<OsString>, Errno> {
        let mut names = self.tree.list(path)?;
        names.sort_by_key(|name| {
            name.as_encoded_bytes().iter().fold(self.seed, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            })
        });
        Ok(names)
    }

    fn link(&self, path: &Path) -> Result<PathBuf, Errno> {
        self.tree.link(path)
    }

    fn is_folder(&self, path: &Path) -> Result<bool, Errno> {
        self.tree.is_folder(path)
    }
}

fn read(root: &HostRoot) -> Inventory {
    let stated = Stated::default();
    survey(root, None, &stated, Depth::Detail).readings.into_inventory("node".to_owned(), &stated)
}

/// Places of devices, and the attributes that their probes may read.
const DEVICES: [(&str, &str, &[&str]); 9] = [
    ("sys/block/sd{}", "../devices/pci0000:00/ata{}/host0/target0:0:0/0:0:0:{}/block/sd{}", BLOCK),
    ("sys/block/sdu{}", "../devices/pci0000:00/usb1/host0/target0:0:0/0:0:0:{}/block/sdu{}", BLOCK),
    ("sys/block/nvme{}n1", "../devices/pci0000:00/nvme/nvme{}/nvme{}n1", BLOCK),
    ("sys/block/nvme9n{}", "../devices/virtual/nvme-subsystem/nvme-subsys9/nvme9n{}", BLOCK),
    ("sys/block/dm-{}", "../devices/virtual/block/dm-{}", BLOCK),
    ("sys/class/net/eth{}", "../../devices/pci0000:00/0000:00:0{}.0/net/eth{}", NET),
    ("sys/class/net/veth{}", "../../devices/virtual/net/veth{}", NET),
    (
        "sys/class/infiniband/mlx5_{}",
        "../../devices/pci0000:00/0000:00:1{}.0/infiniband/mlx5_{}",
        INFINIBAND,
    ),
    ("sys/bus/pci/devices/0000:00:2{}.0", "../../../devices/pci0000:00/0000:00:2{}.0", PCI),
];
const BLOCK: &[&str] =
    &["size", "ro", "removable", "hidden", "wwid", "device/type", "device/wwid", "device/vpd_pg80"];
const NET: &[&str] =
    &["type", "speed", "carrier", "phys_port_id", "phys_port_name", "address", "device/physfn"];
const INFINIBAND: &[&str] =
    &["ports/1/link_layer", "ports/1/state", "ports/1/rate", "device/physfn", "device/vpd"];
const PCI: &[&str] = &["class", "vendor", "device", "mem_info_vram_total", "product_name"];

/// What files hold: mostly what they should, at times what they should not.
fn content() -> impl Strategy<Value = Node> {
    let text = prop::sample::select(vec![
        "0",
        "1",
        "5",
        "32",
        "772",
        "-1",
        "1000",
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
        "naa.5000c500a1b2c3d4",
        "eui.0025385b71b00f3a",
        "0x030200",
        "0x038000",
        "0x020000",
        "0x10de",
        "0x1002",
        "0x2330",
        "pf0vf1",
        "p0",
        "02:00:00:00:00:01",
        "ffffffff",
    ]);
    let errno = prop::sample::select(vec![Errno::IO, Errno::INVAL, Errno::ACCESS, Errno::NODEV]);
    prop_oneof![
        12 => text.prop_map(|text| Node::File(format!("{text}\n").into_bytes())),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(Node::File),
        1 => errno.prop_map(Node::Fault),
        1 => Just(Node::folder()),
        1 => Just(Node::Link("nowhere".into())),
    ]
}

fn host() -> impl Strategy<Value = Tree> {
    let device = (
        0..DEVICES.len(),
        0..6_u8,
        prop::collection::vec(prop::option::weighted(0.7, content()), 8),
    );
    prop::collection::vec(device, 0..16).prop_map(|devices| {
        let mut tree = sketch::tree("");
        for (kind, number, contents) in devices {
            let (entry, target, attributes) = DEVICES[kind];
            let (entry, target) = (
                entry.replace("{}", &number.to_string()),
                target.replace("{}", &number.to_string()),
            );
            tree.insert(Path::new(&entry), Node::Link(target.into())).unwrap();
            for (attribute, content) in attributes.iter().zip(contents) {
                if let Some(content) = content {
                    // An attribute below one that is no folder has no place, as on a real host.
                    let _no_place = tree.insert(&Path::new(&entry).join(attribute), content);
                }
            }
        }
        tree
    })
}

proptest! {
    #[test]
    fn sums_are_those_of_what_counts(tree in host()) {
        let all = read(&HostRoot::of_tree(tree, Manifest::default()));
        let node = &all.node_data;
        let disks: Vec<_> = all.devices.disks.iter().filter(|disk| disk.verdict.is_counted()).collect();
        prop_assert_eq!(node.storage.disks, disks.len() as u64);
        let bytes: u128 = disks.iter().filter_map(|disk| disk.size_bytes).map(u128::from).sum();
        prop_assert_eq!(u128::from(node.storage.size_mib), bytes >> 20);
        let ports: Vec<_> = all.devices.ports.iter().filter(|port| port.verdict.is_counted()).collect();
        prop_assert_eq!(node.network.interfaces, ports.len() as u64);
        let mbps: u64 = ports.iter().filter_map(|port| port.speed_mbps).sum();
        prop_assert_eq!((node.network.tx_bandwidth_mbps, node.network.rx_bandwidth_mbps), (mbps, mbps));
        let gpus: Vec<_> = all.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted()).collect();
        prop_assert_eq!(node.gpus.count, gpus.len() as u64);
        prop_assert_eq!(node.gpus.gpus.len(), gpus.len());
        let mib: u64 = gpus.iter().filter_map(|gpu| gpu.memory_mib).sum();
        prop_assert_eq!(node.gpus.memory_mib, mib);
    }

    #[test]
    fn every_absent_figure_of_a_counted_device_is_an_unknown(tree in host()) {
        let all = read(&HostRoot::of_tree(tree, Manifest::default()));
        let is_unknown = |field: &str, name: &str| {
            all.unknowns.iter().any(|u| u.field == field && u.device.as_deref() == Some(name))
        };
        for disk in all.devices.disks.iter().filter(|disk| disk.verdict.is_counted()) {
            prop_assert_eq!(disk.size_bytes.is_none(), is_unknown("storage.size", &disk.name));
        }
        for port in all.devices.ports.iter().filter(|port| port.verdict.is_counted()) {
            prop_assert_eq!(port.speed_mbps.is_none(), is_unknown("network.txBandwidth", &port.name));
        }
        for gpu in all.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted()) {
            prop_assert_eq!(gpu.memory_mib.is_none(), is_unknown("gpus.memory", &gpu.name));
        }
    }

    #[test]
    fn the_order_of_folders_changes_nothing(tree in host(), seed in any::<u64>()) {
        let sorted = read(&HostRoot::of_tree(tree.clone(), Manifest::default()));
        let shuffled = read(&HostRoot::of_files(Box::new(Shuffled { tree, seed })));
        prop_assert_eq!(
            serde_json::to_string(&sorted).unwrap(),
            serde_json::to_string(&shuffled).unwrap()
        );
    }
}
