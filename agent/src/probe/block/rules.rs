//! The rules by which a block device is not counted, in their order.

use inventory_common::{Rule, Stated};

use super::disk::DiskFolder;
use crate::probe::text::is_numbered;

/// What a rule looks at.
type Applies = fn(&DiskFolder) -> bool;

/// The rules that judge a disk by itself. `same-disk` comes after them, since it looks at all.
const RULES: &[(Rule, Applies)] = &[
    (Rule::Virtual, |disk| disk.is_virtual),
    (Rule::Path, is_path),
    (Rule::Remote, is_remote),
    (Rule::Optical, is_optical),
    (Rule::Removable, is_removable),
    (Rule::FirmwareArea, is_firmware_area),
    (Rule::Empty, |disk| disk.size_bytes() == Some(0)),
    (Rule::ReadOnly, |disk| disk.is_read_only()),
];

/// The first rule by which the disk is not counted.
pub(super) fn first(disk: &DiskFolder, stated: &Stated) -> Option<Rule> {
    let is_waived = |rule| rule == Rule::Remote && stated.count_remote_disks;
    let applying = |(rule, applies): &&(Rule, Applies)| !is_waived(*rule) && applies(disk);
    RULES.iter().find(applying).map(|(rule, _)| *rule)
}

/// A path device of native NVMe multipath: the head stands for it.
fn is_path(disk: &DiskFolder) -> bool {
    let name = disk.device.name();
    name.starts_with("nvme")
        && (disk.is_hidden() || (is_path_name(name) && disk.device.lacks("dev")))
}

/// `nvmeXcYnZ`.
fn is_path_name(name: &str) -> bool {
    let rest = name.strip_prefix("nvme").unwrap_or_default();
    rest.split_once('c').is_some_and(|(_, rest)| rest.contains('n'))
}

/// What the kernel calls the ways to an NVMe controller on another machine.
const REMOTE_TRANSPORTS: [&str; 4] = ["tcp", "rdma", "fc", "loop"];

fn is_remote(disk: &DiskFolder) -> bool {
    // A head that is reached over PCIe too is a disk of this machine.
    let is_remote_nvme = || {
        let transports = disk.transports();
        let is_remote = |transport: &String| REMOTE_TRANSPORTS.contains(&transport.as_str());
        !transports.is_empty() && transports.iter().all(is_remote)
    };
    disk.hangs_on("session")
        || disk.hangs_on_fibre_channel()
        || (disk.device.name().starts_with("nvme") && is_remote_nvme())
}

/// SCSI's peripheral device type of CD and DVD drives.
const SCSI_TYPE_OPTICAL: &str = "5";
/// SCSI's peripheral device type of disks.
const SCSI_TYPE_DISK: &str = "0";

fn is_optical(disk: &DiskFolder) -> bool {
    is_numbered(disk.device.name(), "sr") || disk.kind().as_deref() == Some(SCSI_TYPE_OPTICAL)
}

fn is_removable(disk: &DiskFolder) -> bool {
    let is_card = || matches!(disk.kind().as_deref(), Some("SD" | "SDcombo"));
    disk.hangs_on("usb") || is_card() || (disk.says_removable() && !is_ata_disk(disk))
}

/// Before kernel 6.11 the disks of ports marked external said that they are removable. Without a
/// device type nothing says that it is not a disk.
fn is_ata_disk(disk: &DiskFolder) -> bool {
    disk.hangs_on("ata") && disk.kind().is_none_or(|kind| kind == SCSI_TYPE_DISK)
}

/// `mmcblkNbootM` and `mmcblkNrpmb`.
fn is_firmware_area(disk: &DiskFolder) -> bool {
    let rest = disk.device.name().strip_prefix("mmcblk").unwrap_or_default();
    let area = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    area.len() < rest.len() && (is_numbered(area, "boot") || area == "rpmb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_devices_have_a_controller_in_their_name() {
        assert!(is_path_name("nvme0c1n2"));
        for other in ["nvme0n1", "nvme10n1", "sdc", "nvme0c1"] {
            assert!(!is_path_name(other), "{other}");
        }
    }
}
