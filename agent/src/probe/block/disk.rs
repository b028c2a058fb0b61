//! One block device's folder: the files that the rules ask for.

use std::path::PathBuf;

use rustix::io::Errno;

use super::identity::{self, Identity, Wwid};
use super::origin;
use crate::probe::class::Place;
use crate::probe::text::{flag, is_numbered, number};
use crate::probe::{Attribute, Device};

const SIZE: Attribute = Attribute::required("size");
const HIDDEN: Attribute = Attribute::optional("hidden");
const READ_ONLY: Attribute = Attribute::optional("ro");
const REMOVABLE: Attribute = Attribute::optional("removable");
const TYPE: Attribute = Attribute::optional("device/type");
const WWID: Attribute = Attribute::optional("wwid");
/// A SCSI disk without the page that holds ids says ENXIO, one whose page holds none EINVAL
/// (kernel: `scsi_vpd_lun_id`).
const DEVICE_WWID: Attribute =
    Attribute::optional("device/wwid").answering(&[Errno::NOENT, Errno::NXIO, Errno::INVAL]);
const SERIAL_PAGE: Attribute = Attribute::optional("device/vpd_pg80");

/// Of an NVMe controller's folder.
const TRANSPORT: Attribute = Attribute::optional("transport");
/// Of an NVMe controller's folder.
const SERIAL: Attribute = Attribute::optional("serial");

/// Every attribute of a disk's own folder that a rule could ask for.
pub const ATTRIBUTES: &[Attribute] =
    &[SIZE, HIDDEN, READ_ONLY, REMOVABLE, TYPE, WWID, DEVICE_WWID, SERIAL_PAGE];

/// `size` counts these, whatever the logical block size is.
const SECTOR_BYTES: u64 = 512;

/// A block device's folder.
pub(super) struct DiskFolder<'a> {
    pub(super) device: Device<'a>,
    /// Where it hangs: the entry's link, or in old kernels, where the entry is a folder, what its
    /// `device` link says.
    place: Option<Place>,
    /// Whether it is of the kernel's own making; told without reading the device.
    pub(super) is_virtual: bool,
}

impl<'a> DiskFolder<'a> {
    pub(super) fn new(device: Device<'a>, link: Option<Place>) -> Self {
        let is_virtual = origin::is_virtual(device.name(), link.as_ref());
        let place = link.or_else(|| Some(Place::of_link(&device.link("device")?)));
        Self { device, place, is_virtual }
    }

    /// Whether its link may lead nowhere: the kernel's own devices come and go.
    pub(super) fn may_lead_nowhere(&self) -> bool {
        self.is_virtual && self.place.as_ref().is_some_and(Place::is_virtual)
    }

    /// Whether a name on the way to the device is `prefix` and a number.
    pub(super) fn hangs_on(&self, prefix: &str) -> bool {
        self.place.as_ref().is_some_and(|place| place.has_numbered(prefix))
    }

    /// Whether a Fibre Channel port is on the way to the device.
    pub(super) fn hangs_on_fibre_channel(&self) -> bool {
        let mut names = self.place.iter().flat_map(Place::names);
        names.any(|name| name.starts_with("rport-"))
    }

    /// Size in bytes; absent where it cannot be read.
    pub(super) fn size_bytes(&self) -> Option<u64> {
        let bytes = |text: &str| number(text)?.checked_mul(SECTOR_BYTES);
        self.device.parsed(SIZE, "a number of 512-byte sectors", bytes)
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.device.parsed(HIDDEN, "0 or 1", flag).unwrap_or(false)
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.device.parsed(READ_ONLY, "0 or 1", flag).unwrap_or(false)
    }

    pub(super) fn says_removable(&self) -> bool {
        self.device.parsed(REMOVABLE, "0 or 1", flag).unwrap_or(false)
    }

    /// The SCSI device type as a number, or the kind of an MMC card as a word.
    pub(super) fn kind(&self) -> Option<String> {
        let word = |text: &str| Some(text.trim().to_owned()).filter(|word| !word.is_empty());
        self.device.parsed(TYPE, "a device type", word)
    }

    /// How each NVMe controller behind the namespace is reached, such as `pcie` or `tcp`.
    pub(super) fn transports(&self) -> Vec<String> {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
        let of_folder = |folder: &PathBuf| self.device.bytes_in(folder, TRANSPORT).map(text);
        // One controller's folder can be reached in two ways; a head has several controllers.
        let most = if self.is_multipath_head() { usize::MAX } else { 1 };
        self.controllers().iter().filter_map(of_folder).take(most).collect()
    }

    /// The folders of the NVMe controllers behind the namespace: the one above it, or for a
    /// multipath head those that its subsystem links to beside it.
    fn controllers(&self) -> Vec<PathBuf> {
        let Some(above) = self.place.as_ref().and_then(Place::parent) else {
            return vec![self.device.folder().join("device")];
        };
        if !self.is_multipath_head() {
            return vec![above.to_owned(), self.device.folder().join("device")];
        }
        let names = self.device.names_in(above).unwrap_or_else(|error| {
            self.device.fault(&error);
            Vec::new()
        });
        let is_controller = |name: &&str| is_numbered(name, "nvme");
        let controllers = names.iter().filter_map(|name| name.to_str()).filter(is_controller);
        controllers.map(|name| above.join(name)).collect()
    }

    fn is_multipath_head(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.leads_through("/nvme-subsystem/"))
    }

    /// What proves that two paths lead to one disk.
    pub(super) fn identity(&self) -> Identity {
        let wwid = [WWID, DEVICE_WWID]
            .into_iter()
            .find_map(|attribute| Wwid::parse(&self.device.bytes(attribute)?));
        let wwid = match wwid {
            Some(Wwid::Eui(eui)) => {
                self.controller_serial().map(|serial| format!("{eui} {serial}"))
            }
            Some(Wwid::Unique(id)) => Some(id),
            None => None,
        };
        let serial = if wwid.is_none() { self.unit_serial() } else { None };
        Identity { wwid, serial }
    }

    fn controller_serial(&self) -> Option<String> {
        let of_folder = |folder: &PathBuf| self.device.bytes_in(folder, SERIAL);
        identity::serial(&self.controllers().iter().find_map(of_folder)?)
    }

    /// The serial number that the SCSI disk's page 0x80 holds, with the number of the unit.
    fn unit_serial(&self) -> Option<(String, String)> {
        let page = self.device.bytes(SERIAL_PAGE)?;
        let serial = identity::page_serial(&page)?;
        let unit = self.place.as_ref()?.names().filter_map(identity::scsi_lun).last()?;
        Some((serial, unit.to_owned()))
    }
}
