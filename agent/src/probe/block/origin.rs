//! Which block devices are of the kernel's own making: told without reading them.

use crate::probe::class::Place;
use crate::probe::text::is_numbered;

/// Folders below `devices/virtual` that hold real disks all the same: multipath heads, and disks
/// over fabrics, which the `remote` rule judges.
const REAL_BELOW_VIRTUAL: [&str; 2] =
    ["/devices/virtual/nvme-subsystem/", "/devices/virtual/nvme-fabrics/"];

/// Ceph's block devices hang on a root of their own.
const RBD: &str = "/devices/rbd/";

/// Names of the kernel's own devices, for where there is no link that tells.
const VIRTUAL_NAMES: [&str; 7] = ["loop", "ram", "zram", "dm-", "md", "nbd", "bcache"];

/// Flash translation layers on raw flash, which hang on real devices.
const TRANSLATED_FLASH: [&str; 2] = ["mtdblock", "ubiblock"];

/// Decided by the link's text, so that a link that leads nowhere is no error.
pub(super) fn is_virtual(name: &str, link: Option<&Place>) -> bool {
    let by_place = match link {
        Some(place) => {
            let is_real = REAL_BELOW_VIRTUAL.iter().any(|folder| place.leads_through(folder));
            (place.is_virtual() && !is_real) || place.leads_through(RBD)
        }
        None => VIRTUAL_NAMES.iter().any(|prefix| is_numbered(name, prefix)),
    };
    by_place || TRANSLATED_FLASH.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_ways_make_a_disk_virtual() {
        let is_below = |way: &str| {
            let target = format!("../devices/{way}/sda");
            is_virtual("sda", Some(&Place::of_link(target.as_ref())))
        };
        for way in ["virtual/block", "rbd/0/block", "virtual/other/nvme-fabrics"] {
            assert!(is_below(way), "{way}");
        }
        for way in [
            "virtual/nvme-fabrics/ctl",
            "virtual/nvme-subsystem/nvme-subsys0",
            "platform/virtual/block",
            "platform/rbd/block",
            "rbd0/block",
        ] {
            assert!(!is_below(way), "{way}");
        }
    }
}
