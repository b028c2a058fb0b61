//! A function on the PCI bus that is a GPU or another accelerator, and its maker.

use inventory_common::{Stated, Verdict};

use super::amd;
use crate::host::HostRoot;
use crate::probe::pci::{Address, Class, Function, Id};
use crate::probe::text::hexadecimal;
use crate::probe::{Attribute, Device};

/// NVIDIA's PCI vendor id.
pub(in crate::probe) const NVIDIA: u16 = 0x10de;
/// AMD's PCI vendor id; before 2006 it was ATI's.
pub(super) const AMD: u16 = 0x1002;
/// Intel's PCI vendor id.
const INTEL: u16 = 0x8086;

/// What makers are called.
const VENDOR_NAMES: [(u16, &str); 3] = [(NVIDIA, "NVIDIA"), (AMD, "AMD"), (INTEL, "Intel")];

/// Drivers that hold one maker's functions only: they tell the maker where its file cannot be read.
const DRIVERS: [(&str, u16); 3] = [("nvidia", NVIDIA), ("nouveau", NVIDIA), ("amdgpu", AMD)];

/// Read again only where the bus's probe could not make an id of it and the device's.
const VENDOR: Attribute = Attribute::optional("vendor");
/// The link to the driver that holds the function.
pub(super) const DRIVER: &str = "driver";
/// The link to the physical function, of a virtual one.
pub(super) const PHYSICAL_FUNCTION: &str = "physfn";

/// What a function of some maker and class is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A GPU that AIOS schedules by.
    Gpu,
    /// One where its driver gives it a memory, otherwise a screen.
    GpuIfItHasMemory,
    /// An accelerator that AIOS does not schedule by.
    Unsupported,
    /// Something of which the maker could not be read.
    Unknown,
}

/// Which classes a row is about.
type IsOf = fn(Class) -> bool;

/// What the functions of each maker are; of any maker where the row has none. What is in no row is
/// a screen, and not listed.
const KINDS: [(Option<u16>, IsOf, Standing); 7] = [
    (Some(NVIDIA), |class| class == Class::VGA, Standing::Gpu),
    (Some(NVIDIA), |class| class == Class::DISPLAY_3D, Standing::Gpu),
    (Some(AMD), |class| matches!(class, Class::ACCELERATOR | Class::DISPLAY_OTHER), Standing::Gpu),
    (Some(AMD), |class| class == Class::VGA, Standing::GpuIfItHasMemory),
    (Some(AMD), |class| class == Class::DISPLAY_3D, Standing::GpuIfItHasMemory),
    (Some(INTEL), |class| class == Class::DISPLAY_OTHER, Standing::Unsupported),
    // The 3D controllers of makers without a row above; screens are of the other display classes.
    (None, |class| class.is_accelerator() || class == Class::DISPLAY_3D, Standing::Unsupported),
];

/// The folder of a function that is listed.
pub(super) struct GpuFunction<'a> {
    pub(super) device: Device<'a>,
    /// Absent where the bus gives it a name that is no address.
    pub(super) address: Option<Address>,
    /// Vendor and device id; absent where either cannot be read.
    pub(super) id: Option<Id>,
    /// The maker's PCI id; absent where it cannot be read.
    pub(super) vendor: Option<u16>,
    pub(super) standing: Standing,
    /// What a person says of counting it.
    pub(super) by_person: Option<Verdict>,
}

impl<'a> GpuFunction<'a> {
    /// The function, if it is to be listed: a screen is, if a person wants it counted.
    pub(super) fn listed(root: &'a HostRoot, function: &Function, stated: &Stated) -> Option<Self> {
        if !function.class.is_gpu_like() {
            return None;
        }
        let entry = &function.entry;
        let address = Address::parse(&entry.name);
        let by_person = stated.verdict(&entry.name);
        let device = Device::of(root, entry);
        let vendor = function.id.map(|id| id.vendor).or_else(|| vendor(&device));
        let standing = match standing(vendor, function.class) {
            Some(Standing::GpuIfItHasMemory) => {
                amd::has_memory_file(&device).then_some(Standing::Gpu)
            }
            standing => standing,
        };
        let wanted = || (by_person == Some(Verdict::Counted)).then_some(Standing::Unsupported);
        let standing = standing.or_else(wanted)?;
        Some(Self { device, address, id: function.id, vendor, standing, by_person })
    }

    pub(super) fn is_of(&self, vendor: u16) -> bool {
        self.vendor == Some(vendor)
    }

    /// The driver that holds it, by name.
    pub(super) fn driver(&self) -> Option<String> {
        self.device.link_name(DRIVER)
    }

    /// Whether it is a virtual function of a GPU on this host.
    pub(super) fn is_virtual(&self) -> bool {
        self.device.has(PHYSICAL_FUNCTION)
    }

    /// Whether a driver holds it for a virtual machine.
    pub(super) fn is_handed_through(&self) -> bool {
        self.driver().is_some_and(|driver| hands_through(&driver))
    }

    /// What the maker is called.
    pub(super) fn vendor_name(&self) -> String {
        let Some(vendor) = self.vendor else { return "unknown".to_owned() };
        let known = VENDOR_NAMES.iter().find(|(id, _)| *id == vendor);
        known.map_or_else(|| format!("PCI {vendor:04x}"), |(_, name)| (*name).to_owned())
    }
}

/// Drivers beside vfio's that hold a device for a virtual machine.
const STUBS: [&str; 2] = ["pci-stub", "pciback"];

/// Vendors write vfio drivers of their own, such as nvgrace-gpu-vfio-pci.
fn hands_through(driver: &str) -> bool {
    driver.contains("vfio") || STUBS.contains(&driver)
}

fn standing(vendor: Option<u16>, class: Class) -> Option<Standing> {
    let Some(vendor) = vendor else { return Some(Standing::Unknown) };
    let is_row = |(of, is_of, _): &&(Option<u16>, IsOf, Standing)| {
        of.is_none_or(|of| of == vendor) && is_of(class)
    };
    KINDS.iter().find(is_row).map(|(.., standing)| *standing)
}

fn vendor(device: &Device) -> Option<u16> {
    let id = |text: &str| u16::try_from(hexadecimal(text)?).ok();
    let by_driver = || {
        let driver = device.link_name(DRIVER)?;
        DRIVERS.iter().find(|(name, _)| *name == driver).map(|(_, vendor)| *vendor)
    };
    device.parsed(VENDOR, "a PCI id such as 0x10de", id).or_else(by_driver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_that_hand_a_device_through_are_known_by_name() {
        for driver in ["vfio-pci", "nvgrace-gpu-vfio-pci", "mlx5_vfio_pci", "pci-stub", "pciback"] {
            assert!(hands_through(driver), "{driver}");
        }
        for driver in ["nvidia", "nouveau", "amdgpu", "pcieport", "uio_pci_generic"] {
            assert!(!hands_through(driver), "{driver}");
        }
    }

    #[test]
    fn a_function_is_what_its_maker_and_class_say() {
        let gpu = Some(Standing::Gpu);
        let unsupported = Some(Standing::Unsupported);
        for (vendor, class, what) in [
            (NVIDIA, 0x0300, gpu),
            (NVIDIA, 0x0302, gpu),
            (NVIDIA, 0x0380, None),
            (NVIDIA, 0x0680, None),
            (NVIDIA, 0x0403, None),
            (AMD, 0x1200, gpu),
            (AMD, 0x0380, gpu),
            (AMD, 0x0300, Some(Standing::GpuIfItHasMemory)),
            (AMD, 0x0302, Some(Standing::GpuIfItHasMemory)),
            (INTEL, 0x0380, unsupported),
            (INTEL, 0x0300, None),
            (INTEL, 0x1200, unsupported),
            (0x1da3, 0x1200, unsupported),
            (0x1da3, 0x12ff, unsupported),
            (0x1a03, 0x0300, None),
            (0x1af4, 0x0380, None),
            (0x1ed5, 0x0302, unsupported),
        ] {
            assert_eq!(standing(Some(vendor), Class(class)), what, "{vendor:04x} {class:04x}");
        }
        assert_eq!(standing(None, Class::VGA), Some(Standing::Unknown));
    }
}
