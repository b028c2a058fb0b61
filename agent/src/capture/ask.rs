//! What a capture asks of a host: all that any inventory of it could need, whatever a person
//! states.

use std::path::{Path, PathBuf};

use inventory_common::{Devices, Stated};

use crate::host::HostRoot;
use crate::identity::{self, Hints, Identity};
use crate::probe::network::hidden;
use crate::probe::{Attribute, Depth, block, gpu, gpu_nodes, infiniband, net, pci, survey};

/// Folders of devices, with `*` for every entry, and the files that a rule could need of each
/// device. A survey reads them only as far as the rules get. Without files the folder above is
/// listed, and that is all.
const DEVICES: &[(&[&str], &[Attribute])] = &[
    (&[block::CLASS, "*"], block::ATTRIBUTES),
    (&[net::CLASS, "*"], net::ATTRIBUTES),
    (&[infiniband::CLASS, "*"], infiniband::ATTRIBUTES),
    (&[infiniband::CLASS, "*", infiniband::NETDEVS, "*"], &[]),
    (&[infiniband::CLASS, "*", infiniband::PORTS, "*"], infiniband::PORT_ATTRIBUTES),
    (&[pci::BUS, "*"], pci::ATTRIBUTES),
    (&[pci::BUS, "*"], hidden::ATTRIBUTES),
    (&[pci::BUS, "*"], gpu::ATTRIBUTES),
    (&[pci::BUS, "*", gpu::SENSORS, "*"], gpu::SENSOR_ATTRIBUTES),
    (&[gpu::KFD_NODES, "*"], gpu::KFD_ATTRIBUTES),
    (&[gpu::KFD_NODES, "*", gpu::KFD_BANKS, "*"], gpu::KFD_ATTRIBUTES),
    (&[gpu_nodes::GPUS, "*"], gpu_nodes::ATTRIBUTES),
    (&[gpu_nodes::GPUS, "*"], gpu::DRIVER_ATTRIBUTES),
];

/// Asks `root` for everything; the answers are for whoever listens. What is asked first is what
/// `--dump` asks, so that its answers belong to one moment.
pub(super) fn everything(root: &HostRoot, hints: &Hints) -> Identity {
    let _either = (root.is_folder("proc"), root.is_folder("sys"));
    let identity = identity::identify(root, hints);
    let survey_as = |stated: &Stated| survey(root, None, stated, Depth::Detail);
    let count = names(&survey_as(&Stated::default()).readings.devices).collect();
    survey_as(&Stated { count_remote_disks: true, ..Stated::default() });
    survey_as(&Stated { count, ..Stated::default() });
    for (pattern, attributes) in DEVICES {
        for folder in folders(root, pattern) {
            for attribute in *attributes {
                let _whatever = root.read(folder.join(attribute.file));
            }
        }
    }
    identity
}

/// The names by which a person can state something of each device.
fn names(devices: &Devices) -> impl Iterator<Item = String> {
    let disks = devices.disks.iter().map(|disk| &disk.name);
    let ports = devices.ports.iter().map(|port| &port.name);
    let gpus = devices.gpus.iter().map(|gpu| &gpu.name);
    disks.chain(ports).chain(gpus).cloned()
}

/// The folders that a pattern names; none where they cannot be listed.
fn folders(root: &HostRoot, pattern: &[&str]) -> Vec<PathBuf> {
    pattern.iter().fold(vec![PathBuf::new()], |folders, part| match *part {
        "*" => folders.iter().flat_map(|folder| entries(root, folder)).collect(),
        part => folders.iter().map(|folder| folder.join(part)).collect(),
    })
}

fn entries(root: &HostRoot, folder: &Path) -> Vec<PathBuf> {
    let names = root.list(folder).unwrap_or_default();
    names.iter().map(|name| folder.join(name)).collect()
}
