//! The questions about one device.

use nvml_wrapper::{
    Device, Nvml,
    enum_wrappers::device::{EccCounter, MemoryError, MemoryLocation},
};

use crate::{
    tell,
    unwrapped::{instance_ids, memory_v1, remapped},
};

/// What a GPU and a MIG device have in common.
pub fn common(nvml: &Nvml, at: &str, device: &Device) {
    let tell_total = |key, total| tell::<u64>(&format!("{at} {key}"), total);
    tell(&format!("{at} name"), device.name());
    tell(&format!("{at} uuid"), device.uuid());
    tell_total("memory", device.memory_info().map(|memory| memory.total));
    tell_total("memory v1", memory_v1(nvml, device));
    tell(&format!("{at} is mig"), device.mig_is_mig_device_handle());
}

/// What only a GPU has.
pub fn own(nvml: &Nvml, at: &str, gpu: &Device) {
    let key = |name: &str| format!("{at} {name}");
    let pci = tell(&key("pci"), gpu.pci_info().map(|pci| pci.bus_id));
    if pci.is_some() {
        tell(&key("pci id"), gpu.pci_info().map(|pci| (pci.domain, pci.pci_device_id)));
    }
    let capability = gpu.cuda_compute_capability();
    tell(&key("capability"), capability.map(|is| (is.major, is.minor)));
    tell(&key("architecture"), gpu.architecture());
    tell(&key("serial"), gpu.serial());
    tell(&key("persistence"), gpu.is_in_persistent_mode());
    tell(&key("ecc"), gpu.is_ecc_enabled().map(|ecc| ecc.currently_enabled));
    let (lost, ever) = (MemoryError::Uncorrected, EccCounter::Aggregate);
    tell(&key("ecc errors"), gpu.total_ecc_errors(lost, ever));
    tell(&key("dram errors"), gpu.memory_error_counter(lost, ever, MemoryLocation::Device));
    tell(&key("retirement"), gpu.are_pages_pending_retired());
    tell(&key("remapped"), remapped(nvml, gpu));
    for link in 0..18 {
        if tell(&key(&format!("link {link}")), gpu.link_wrapper_for(link).is_active()).is_none() {
            break;
        }
    }
    tell(&key("mig"), gpu.mig_mode().map(|mode| (mode.current, mode.pending)));
    let most = tell(&key("mig count"), gpu.mig_device_count()).unwrap_or(0);
    for index in 0..most {
        let at = format!("{at}.{index}");
        if let Some(mig) = tell(&at, gpu.mig_device_by_index(index)) {
            common(nvml, &at, &mig);
            let attributes = mig.attributes();
            tell(&format!("{at} ids"), instance_ids(nvml, &mig));
            tell(&format!("{at} mib"), attributes.map(|attributes| attributes.memory_size_mb));
            tell(&format!("{at} parent"), mig.mig_parent_device().and_then(|gpu| gpu.uuid()));
        }
    }
}
