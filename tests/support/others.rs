//! One device's trouble is no other device's.

use std::path::Path;

use inventory_common::Inventory;

/// Folders that tell of a device without bearing its name: the hardware that disks hang on, and the AMD GPU's
/// node in KFD.
const OWNED: [(&str, &str); 6] = [
    ("sys/class/kfd/kfd/topology/nodes/1/", "0000:65:00.0"),
    ("sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/nvme/", "nvme0n1"),
    ("sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0/nvme/", "nvme1n1"),
    ("sys/devices/virtual/nvme-subsystem/nvme-subsys1/", "nvme1n1"),
    ("sys/devices/pci0000:00/0000:00:1f.2/ata1/", "sda"),
    ("sys/devices/pci0000:00/0000:00:1f.2/ata2/", "sdb"),
];

/// Devices that the damaged file does not belong to are as they were.
pub fn others_agree(whole: &Inventory, found: &Inventory, file: &Path, context: &str) {
    let path = file.to_str().unwrap();
    let owns = |name: &str| OWNED.iter().any(|(at, of)| path.starts_with(at) && *of == name);
    let is_in = |name: &str| path.contains(&format!("/{}/", name.split('/').next().unwrap()));
    let is_mine = |name: &str| is_in(name) || owns(name);
    for (before, after) in [
        (names(&whole.devices.disks), names(&found.devices.disks)),
        (names(&whole.devices.ports), names(&found.devices.ports)),
        (names(&whole.devices.gpus), names(&found.devices.gpus)),
    ] {
        for (name, device) in before.iter().filter(|(name, _)| !is_mine(name)) {
            let same = after.iter().any(|(other, now)| other == name && now == device);
            assert!(same, "{context}: {name} was {device}, now {after:?}");
        }
    }
}

fn names<D: serde::Serialize>(devices: &[D]) -> Vec<(String, String)> {
    let json = devices.iter().map(|device| serde_json::to_value(device).unwrap());
    json.map(|device| (device["name"].as_str().unwrap().to_owned(), device.to_string())).collect()
}
