//! One network device's folder: the files that the rules ask for.

use std::path::Path;

use rustix::io::Errno;

use super::speed;
use crate::probe::class::Place;
use crate::probe::port::{Link, Speed};
use crate::probe::text::{flag, number};
use crate::probe::{Attribute, Device};

const TYPE: Attribute = Attribute::required("type");
const PHYSICAL_FUNCTION: Attribute = Attribute::optional("device/physfn");
const SUB_FUNCTION_NUMBER: Attribute = Attribute::optional("device/sfnum");
const DRIVER: Attribute = Attribute::optional("device/driver");
/// The bus device, for where the entry is a folder and tells no place.
const DEVICE: Attribute = Attribute::optional("device");
const MASTER: Attribute = Attribute::optional("master");
const ADDRESS: Attribute = Attribute::optional("address");
/// Wireless devices have at least one of these, by the age of their drivers.
const WIRELESS: [Attribute; 2] = [Attribute::optional("phy80211"), Attribute::optional("wireless")];

/// Most drivers name no ports, and the kernel says so with this error.
const NOT_SUPPORTED: &[Errno] = &[Errno::NOENT, Errno::OPNOTSUPP];
const PORT_NAME: Attribute = Attribute::optional("phys_port_name").answering(NOT_SUPPORTED);
const PORT_ID: Attribute = Attribute::optional("phys_port_id").answering(NOT_SUPPORTED);

/// Without a link or without a driver's help there is nothing to tell.
const NOTHING_TO_TELL: &[Errno] = &[Errno::NOENT, Errno::INVAL, Errno::OPNOTSUPP];
const SPEED: Attribute = Attribute::optional("speed").answering(NOTHING_TO_TELL);
const CARRIER: Attribute = Attribute::optional("carrier").answering(NOTHING_TO_TELL);

/// Every attribute of an interface that a rule could ask for, links and folders included.
pub const ATTRIBUTES: &[Attribute] = &[
    TYPE,
    PHYSICAL_FUNCTION,
    SUB_FUNCTION_NUMBER,
    DRIVER,
    DEVICE,
    MASTER,
    ADDRESS,
    WIRELESS[0],
    WIRELESS[1],
    PORT_NAME,
    PORT_ID,
    SPEED,
    CARRIER,
];

/// A network device's folder.
pub(super) struct Interface<'a> {
    pub(super) device: Device<'a>,
    /// Where it hangs; absent where the entry is a plain folder, as in old kernels.
    place: Option<Place>,
    /// Whether it is of the kernel's own making; told without reading the device.
    pub(super) is_virtual: bool,
}

impl<'a> Interface<'a> {
    pub(super) fn new(device: Device<'a>, place: Option<Place>) -> Self {
        let is_virtual = place.as_ref().is_some_and(Place::is_virtual);
        Self { device, place, is_virtual }
    }

    /// The bus device that carries it, where the entry's link tells.
    pub(super) fn carrier(&self) -> Option<&Path> {
        self.place.as_ref()?.before("net")
    }

    pub(super) fn is_on_usb(&self) -> bool {
        let by_device = || Some(Place::of_link(&self.device.link(DEVICE.file)?));
        let place = self.place.clone().or_else(by_device);
        place.is_some_and(|place| place.has_numbered("usb"))
    }

    pub(super) fn has_physical_function(&self) -> bool {
        self.device.has(PHYSICAL_FUNCTION.file)
    }

    pub(super) fn is_sub_function(&self) -> bool {
        self.device.has(SUB_FUNCTION_NUMBER.file)
    }

    pub(super) fn is_wireless(&self) -> bool {
        WIRELESS.iter().any(|attribute| self.device.has(attribute.file))
    }

    /// The hardware type as ARP numbers it (`linux/if_arp.h`); absent where it cannot be read.
    pub(super) fn hardware_type(&self) -> Option<u16> {
        let hardware_type = |text: &str| u16::try_from(number(text)?).ok();
        self.device.parsed(TYPE, "a hardware type such as 1", hardware_type)
    }

    /// What the driver calls its port, such as `p0` or `pf0vf1`.
    pub(super) fn port_name(&self) -> Option<String> {
        self.text(PORT_NAME)
    }

    /// What all functions on one port share; absent where nothing tells.
    pub(super) fn port_id(&self) -> Option<String> {
        self.text(PORT_ID).filter(|id| !is_blank(id))
    }

    pub(super) fn driver(&self) -> Option<String> {
        self.device.link_name(DRIVER.file)
    }

    /// The name of the interface that this one is a part of, such as a bond.
    pub(super) fn master(&self) -> Option<String> {
        self.device.link_name(MASTER.file)
    }

    /// The MAC address in lower case; absent where there is none.
    pub(super) fn mac(&self) -> Option<String> {
        self.text(ADDRESS).map(|mac| mac.to_ascii_lowercase()).filter(|mac| !is_blank(mac))
    }

    pub(super) fn link(&self) -> Link {
        // The kernel answers so for an interface that is administratively down.
        let is_down = self.device.answers_with(CARRIER, Errno::INVAL);
        if is_down || self.device.parsed(CARRIER, "0 or 1", flag) == Some(false) {
            return Link::Down;
        }
        if self.device.is_at_fault(CARRIER.file) {
            return Link::Untold;
        }
        Link::Up(self.device.parsed(SPEED, "a speed in Mbit/s", speed::parse).and_then(Speed::mbps))
    }

    fn text(&self, attribute: Attribute) -> Option<String> {
        let bytes = self.device.bytes(attribute)?;
        Some(String::from_utf8_lossy(&bytes).trim().to_owned())
    }
}

/// Whether an address or id says nothing: empty or all zero.
fn is_blank(id: &str) -> bool {
    id.chars().all(|c| matches!(c, '0' | ':'))
}
