//! AMD's GPUs, by the files of their driver (kernel: Documentation/gpu/amdgpu).

use super::kfd::Kfd;
use crate::probe::pci::Address;
use crate::probe::text::number;
use crate::probe::{Attribute, Device};

/// Bytes of the GPU's own memory; an integrated one's is a piece of the host's.
const VRAM_TOTAL: Attribute = Attribute::optional("mem_info_vram_total");
/// The board's name from its own memory; few but accelerators have one.
const PRODUCT_NAME: Attribute = Attribute::optional("product_name");

/// Every attribute of a function's folder that a rule could ask for.
pub const ATTRIBUTES: &[Attribute] = &[VRAM_TOTAL, PRODUCT_NAME];

/// The folder of sensor folders below a function's.
pub const SENSORS: &str = "hwmon";
/// What the second voltage of a sensor folder is of.
const IN1_LABEL: Attribute = Attribute::optional("in1_label");

/// Every attribute of a sensor folder that a rule could ask for.
pub const SENSOR_ATTRIBUTES: &[Attribute] = &[IN1_LABEL];

/// The voltage of the memory controller that a GPU shares with the CPUs. The kernel shows it for
/// GPUs that are part of a processor, and not for accelerators that are (MI300A).
const SHARED_VOLTAGE: &str = "vddnb";

/// Whether the driver gives the GPU a memory, readable or not.
pub(super) fn has_memory_file(device: &Device) -> bool {
    vram_bytes(device).is_some() || has_unreadable_memory(device)
}

/// Whether the GPU is part of a processor.
pub(super) fn is_integrated(device: &Device) -> bool {
    let sensors = device.folder().join(SENSORS);
    let folders = device.names_in(&sensors).unwrap_or_else(|error| {
        if !error.is_absent() {
            device.fault(&error);
        }
        Vec::new()
    });
    folders.iter().any(|folder| {
        let label = device.bytes_in(&sensors.join(folder), IN1_LABEL);
        label.is_some_and(|label| label.trim_ascii() == SHARED_VOLTAGE.as_bytes())
    })
}

/// The board's name; absent where it has none.
pub(super) fn model(device: &Device) -> Option<String> {
    let name = device.bytes(PRODUCT_NAME)?;
    let name = String::from_utf8_lossy(&name).trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// The GPU's memory in bytes. KFD is asked only where the driver has no file for it, and never of
/// an integrated GPU, whose node there holds the host's memory.
pub(super) fn memory_bytes(device: &Device, address: Option<Address>, kfd: &Kfd) -> Option<u64> {
    let by_kfd = || {
        let may_ask = !has_unreadable_memory(device) && !is_integrated(device);
        kfd.memory_bytes(device, address.filter(|_| may_ask)?)
    };
    vram_bytes(device).filter(|bytes| *bytes > 0).or_else(by_kfd)
}

fn vram_bytes(device: &Device) -> Option<u64> {
    device.parsed(VRAM_TOTAL, "a number of bytes", number)
}

/// Whether reading the memory's file gave an error that is no answer.
fn has_unreadable_memory(device: &Device) -> bool {
    let path = device.folder().join(VRAM_TOTAL.file);
    device.faults().iter().any(|fault| path == std::path::Path::new(&fault.path))
}
