//! Functions on the PCI bus, from `sys/bus/pci/devices` (kernel:
//! Documentation/ABI/testing/sysfs-bus-pci).

mod address;

use std::ffi::OsStr;
use std::path::Path;

use inventory_common::ProbeName;

use super::class::{self, Entry, Place};
use super::text::hexadecimal;
use super::{Attribute, Device, Probed, Report};
use crate::host::HostRoot;

pub use address::Address;

/// The folder of PCI functions.
pub const BUS: &str = "sys/bus/pci/devices";

const CLASS: Attribute = Attribute::optional("class");
const VENDOR: Attribute = Attribute::optional("vendor");
const DEVICE: Attribute = Attribute::optional("device");

/// Every attribute of a function that this probe could ask for.
pub const ATTRIBUTES: &[Attribute] = &[CLASS, VENDOR, DEVICE];

/// What a function is for: the upper two bytes of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class(pub u16);

impl Class {
    /// An Ethernet controller.
    pub const ETHERNET: Self = Self(0x0200);
    /// An InfiniBand controller.
    pub const INFINIBAND: Self = Self(0x0207);
    /// A display controller that speaks VGA: most GPUs, and a BMC's screen.
    pub const VGA: Self = Self(0x0300);
    /// A display controller without a screen: most datacentre GPUs.
    pub const DISPLAY_3D: Self = Self(0x0302);
    /// Any other display controller.
    pub const DISPLAY_OTHER: Self = Self(0x0380);
    /// A processing accelerator.
    pub const ACCELERATOR: Self = Self(0x1200);

    /// Whether it is a network card.
    #[must_use]
    pub fn is_network(self) -> bool {
        matches!(self, Self::ETHERNET | Self::INFINIBAND)
    }

    /// Whether it is an accelerator of any kind.
    #[must_use]
    pub fn is_accelerator(self) -> bool {
        self.0 >> 8 == Self::ACCELERATOR.0 >> 8
    }

    /// Whether it could be a GPU or another accelerator.
    #[must_use]
    pub fn is_gpu_like(self) -> bool {
        matches!(self, Self::VGA | Self::DISPLAY_3D | Self::DISPLAY_OTHER) || self.is_accelerator()
    }
}

/// A function of a class that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its entry in the bus's folder; the name is its address, such as `0000:65:00.0`.
    pub entry: Entry,
    /// What it is for.
    pub class: Class,
    /// Vendor and device id; absent for network functions, where nobody asks, and where the files
    /// cannot be read.
    pub id: Option<Id>,
}

/// Vendor and device id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id {
    /// The vendor, such as 0x10de.
    pub vendor: u16,
    /// The device, such as 0x2330.
    pub device: u16,
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.device)
    }
}

/// The network, display and accelerator functions on the bus, by address.
///
/// Absent on machines without PCI. One file tells of most functions that nobody asks for them, nor where they hang.
#[must_use]
pub fn probe(root: &HostRoot) -> Probed<Vec<Function>> {
    let mut report = Report::new(ProbeName::Pci);
    let names = match root.list(BUS) {
        Ok(names) => names,
        Err(error) if error.is_absent() => return report.absent(Vec::new()),
        Err(error) => return report.failed(&error, Vec::new()),
    };
    let functions = names.iter().filter_map(|name| function(root, name, &mut report)).collect();
    report.done(functions)
}

fn function(root: &HostRoot, name: &OsStr, report: &mut Report) -> Option<Function> {
    let folder = Path::new(BUS).join(name);
    let device = Device::new(root, folder, name.to_string_lossy().into_owned());
    let class = device
        .parsed(CLASS, "a PCI class such as 0x030200", class)
        .filter(|class| class.is_network() || class.is_gpu_like());
    let id = class.filter(|class| class.is_gpu_like()).and_then(|_| id(&device));
    report.device(&device);
    let class = class?;
    match class::entry(root, BUS, name) {
        Ok(entry) => Some(Function { entry, class, id }),
        Err((name, error)) => {
            report.push(error.fault(Some(&name)));
            None
        }
    }
}

fn id(device: &Device) -> Option<Id> {
    let number = |attribute| device.parsed(attribute, "a PCI id such as 0x10de", id_part);
    Some(Id { vendor: number(VENDOR)?, device: number(DEVICE)? })
}

/// `0x030200`: base class, subclass and programming interface.
fn class(text: &str) -> Option<Class> {
    u16::try_from(hexadecimal(text)? >> 8).ok().map(Class)
}

fn id_part(text: &str) -> Option<u16> {
    u16::try_from(hexadecimal(text)?).ok()
}

impl Function {
    /// Where the function hangs; absent in trees without links.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.entry.place.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programming_interface_does_not_matter() {
        assert_eq!(class("0x030200\n"), Some(Class::DISPLAY_3D));
        assert_eq!(class("0x0302ff\n"), Some(Class::DISPLAY_3D));
        for bad in ["", "gpu", "0x1030200", "-1"] {
            assert_eq!(class(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_display_controllers_and_accelerators_could_be_gpus() {
        for class in [0x0300, 0x0302, 0x0380, 0x1200, 0x12ff] {
            assert!(Class(class).is_gpu_like(), "{class:04x}");
        }
        for class in [0x0200, 0x0207, 0x0301, 0x0403, 0x0604, 0x0680, 0x1100, 0x1300] {
            assert!(!Class(class).is_gpu_like(), "{class:04x}");
        }
    }

    #[test]
    fn ids_are_printed_with_four_digits_each() {
        assert_eq!(Id { vendor: 0x10de, device: 0x0db4 }.to_string(), "10de:0db4");
    }
}
