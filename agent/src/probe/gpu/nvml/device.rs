//! One GPU: first what its figures need, then all else.

use inventory_common::units::mib;
use inventory_common::{Mig, MigInstance};
use nvml_wrapper::Device;
use nvml_wrapper::enum_wrappers::device::{EccCounter, MemoryError};
use nvml_wrapper::enums::device::DeviceArchitecture;
use nvml_wrapper::error::NvmlError;

use super::questions::Questions;
use super::raw::{self, Pci};
use super::refusal::{FUNCTION_NOT_FOUND, INVALID_ARGUMENT, NOT_FOUND, NOT_SUPPORTED, Refusal};
use crate::answers::{Answer, Capability};
use crate::probe::gpu::told::{Line, Teller};
use crate::probe::pci::Address;

const PCI: &str = "nvmlDeviceGetPciInfo_v3";
const UUID: &str = "nvmlDeviceGetUUID";
const NAME: &str = "nvmlDeviceGetName";
const MEMORY: &str = "nvmlDeviceGetMemoryInfo_v2";
const MEMORY_V1: &str = "nvmlDeviceGetMemoryInfo";
const CAPABILITY: &str = "nvmlDeviceGetCudaComputeCapability";
const ARCHITECTURE: &str = "nvmlDeviceGetArchitecture";
const MIG_MODE: &str = "nvmlDeviceGetMigMode";
const MIG_COUNT: &str = "nvmlDeviceGetMaxMigDeviceCount";
const MIG_HANDLE: &str = "nvmlDeviceGetMigDeviceHandleByIndex";
const MIG_ATTRIBUTES: &str = "nvmlDeviceGetAttributes_v2";
const NVLINK: &str = "nvmlDeviceGetNvLinkState";
const ECC_ERRORS: &str = "nvmlDeviceGetTotalEccErrors";
const ROW_REMAP: &str = "nvmlDeviceGetRemappedRows";

/// What is said of something that this GPU does not have.
const NONE: &[u32] = &[NOT_SUPPORTED];

/// The most memory that is believed of a GPU: a pebibyte.
const MAX_MEMORY_BYTES: u64 = 1 << 50;

/// `NVML_NVLINK_MAX_LINKS`.
const MAX_LINKS: u32 = 18;

/// The most MIG devices that are asked for; no GPU has more than eight.
const MAX_MIG_DEVICES: u32 = 64;

/// `NVML_DEVICE_MIG_ENABLE`.
const MIG_ON: u32 = 1;

/// What the GPU's figures need.
///
/// What is known of it is told before each next call that could be the last; that it is there, first.
pub(super) fn figures(device: &Device, answer: &mut Answer, teller: &mut Teller) {
    teller.say(&Line::Gpu(answer.clone()));
    let mut ask = Questions::new(teller, Some(answer.index), &mut answer.errors);
    if let Some(pci) = ask.one(PCI, NONE, || raw::pci(device)) {
        answer.pci_address = address(&pci);
        answer.device_id = u16::try_from(pci.ids >> 16).ok();
    }
    answer.uuid = ask.one(UUID, NONE, || raw::uuid(device)).filter(|uuid| !uuid.is_empty());
    answer.name = ask.one(NAME, NONE, || raw::name(device)).filter(|name| !name.is_empty());
    teller.say(&Line::Gpu(answer.clone()));
    let mut ask = Questions::new(teller, Some(answer.index), &mut answer.errors);
    let memory = memory(&mut ask, device);
    answer.unified = memory == Memory::OfTheHost;
    answer.memory_total_bytes = memory.bytes();
    answer.compute_capability = ask.one(CAPABILITY, NONE, || capability(device));
    teller.say(&Line::Gpu(answer.clone()));
}

/// All else.
pub(super) fn detail(device: &Device, answer: &mut Answer, teller: &mut Teller) {
    let mut ask = Questions::new(teller, Some(answer.index), &mut answer.errors);
    answer.mig = mig(&mut ask, device);
    answer.nvlinks_up = nvlinks_up(&mut ask, device);
    answer.architecture = ask.one(ARCHITECTURE, NONE, || architecture(device)).flatten();
    let errors = || device.total_ecc_errors(MemoryError::Uncorrected, EccCounter::Volatile);
    answer.uncorrected_errors = ask.one(ECC_ERRORS, NONE, errors);
    answer.row_remap = ask.one(ROW_REMAP, NONE, || raw::row_remap(device));
    teller.say(&Line::Gpu(answer.clone()));
}

/// The address in NVML's own writing, and where that is no address, from its numbers. A GPU on no
/// bus may have zeros, which is where a machine's first bridge is.
fn address(pci: &Pci) -> Option<String> {
    let Pci { text, domain, bus, device, .. } = pci;
    let text = text.clone().filter(|text| Address::parse(text).is_some());
    let is_on_bus = (*domain, *bus, *device) != (0, 0, 0) && *bus < 0x100 && *device < 0x20;
    let made = || is_on_bus.then(|| format!("{domain:08X}:{bus:02X}:{device:02X}.0"));
    text.filter(|text| Address::parse(text) != Address::parse("0000:00:00.0")).or_else(made)
}

/// What NVML says of a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Memory {
    Bytes(u64),
    /// GPU and host share it.
    OfTheHost,
    Unknown,
}

impl Memory {
    fn bytes(self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::OfTheHost | Self::Unknown => None,
        }
    }
}

/// Asks the new call, and then the old one: either may be missing, and unprivileged askers are
/// known to get different answers.
fn memory(ask: &mut Questions, device: &Device) -> Memory {
    let refusals = match ask.put(MEMORY, || device.memory_info()) {
        Ok(memory) => return believed(ask, MEMORY, memory.total),
        Err(new) => match ask.put(MEMORY_V1, || raw::memory_bytes(device)) {
            Ok(bytes) => {
                if !new.is(NOT_SUPPORTED) {
                    ask.keep(MEMORY, new);
                }
                return believed(ask, MEMORY_V1, bytes);
            }
            Err(old) => [(MEMORY, new), (MEMORY_V1, old)],
        },
    };
    let says = |code: u32| move |(_, refusal): &(&'static str, Refusal)| refusal.is(code);
    let is_of_the_host = refusals.iter().any(says(NOT_SUPPORTED))
        && refusals.iter().all(|call| says(NOT_SUPPORTED)(call) || says(FUNCTION_NOT_FOUND)(call));
    if is_of_the_host {
        return Memory::OfTheHost;
    }
    for (call, refusal) in refusals {
        ask.keep(call, refusal);
    }
    Memory::Unknown
}

fn believed(ask: &mut Questions, call: &'static str, bytes: u64) -> Memory {
    if bytes <= MAX_MEMORY_BYTES {
        return Memory::Bytes(bytes);
    }
    ask.keep(call, Refusal::own(format!("says {bytes} bytes")));
    Memory::Unknown
}

fn capability(device: &Device) -> Result<Capability, Refusal> {
    let capability = device.cuda_compute_capability()?;
    let parts = (u32::try_from(capability.major), u32::try_from(capability.minor));
    match parts {
        (Ok(major @ 1..), Ok(minor)) => Ok(Capability { major, minor }),
        _ => Err(Refusal::own(format!("says {}.{}", capability.major, capability.minor))),
    }
}

/// Absent for a generation that the library or the wrapper has no name for yet.
fn architecture(device: &Device) -> Result<Option<String>, NvmlError> {
    match device.architecture() {
        Ok(DeviceArchitecture::Unknown) | Err(NvmlError::UnexpectedVariant(_)) => Ok(None),
        Ok(architecture) => Ok(Some(architecture.to_string())),
        Err(error) => Err(error),
    }
}

fn mig(ask: &mut Questions, device: &Device) -> Option<Mig> {
    let mode = ask.one(MIG_MODE, NONE, || device.mig_mode())?;
    let enabled = mode.current == MIG_ON;
    if !enabled {
        return Some(Mig { enabled, instances: Vec::new() });
    }
    let most = ask.one(MIG_COUNT, NONE, || device.mig_device_count()).unwrap_or(0);
    let mut instances = Vec::new();
    for part in 0..most.min(MAX_MIG_DEVICES) {
        ask.part = Some(format!("MIG device {part}"));
        // Any index may be a hole, and drivers disagree on the word for it.
        let hole = &[NOT_FOUND, INVALID_ARGUMENT, NOT_SUPPORTED];
        let handle = ask.one(MIG_HANDLE, hole, || device.mig_device_by_index(part));
        instances.extend(handle.map(|handle| instance(ask, &handle)));
    }
    ask.part = None;
    Some(Mig { enabled, instances })
}

fn instance(ask: &mut Questions, device: &Device) -> MigInstance {
    let name = ask.one(NAME, NONE, || raw::name(device));
    let uuid = ask.one(UUID, NONE, || raw::uuid(device));
    let memory_mib = memory(ask, device).bytes().map(mib);
    let mut nominal = || ask.one(MIG_ATTRIBUTES, NONE, || device.attributes());
    let memory_mib = memory_mib.or_else(|| Some(nominal()?.memory_size_mb));
    MigInstance {
        profile: name.as_deref().and_then(profile),
        memory_mib,
        uuid: uuid.filter(|uuid| !uuid.is_empty()),
    }
}

/// `NVIDIA H100 80GB HBM3 MIG 1g.10gb`.
fn profile(name: &str) -> Option<String> {
    let (_, profile) = name.rsplit_once("MIG ")?;
    Some(profile.trim().to_owned()).filter(|profile| !profile.is_empty())
}

/// Absent on a GPU without links. One that has them may lack any of them.
fn nvlinks_up(ask: &mut Questions, device: &Device) -> Option<u32> {
    let mut up = None;
    for link in 0..MAX_LINKS {
        match ask.put(NVLINK, || device.link_wrapper_for(link).is_active()) {
            Ok(is_up) => up = Some(up.unwrap_or(0) + u32::from(is_up)),
            Err(refusal) if refusal.is(INVALID_ARGUMENT) => break,
            Err(refusal) if refusal.is(NOT_SUPPORTED) => {}
            Err(refusal) => {
                ask.keep(NVLINK, refusal.because(&format!("link {link}")));
                break;
            }
        }
    }
    up
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_nvml_s_text_or_its_numbers() {
        let pci = Pci { text: None, domain: 0x0f, bus: 1, device: 0, ids: 0 };
        let text = |text: &str| Pci { text: Some(text.to_owned()), ..pci.clone() };
        assert_eq!(address(&pci).as_deref(), Some("0000000F:01:00.0"));
        assert_eq!(address(&text("AAAA")).as_deref(), Some("0000000F:01:00.0"));
        assert_eq!(address(&text("00000002:65:00.0")).as_deref(), Some("00000002:65:00.0"));
        let nowhere = Pci { domain: 0, bus: 0, ..text("00000000:00:00.0") };
        assert_eq!(address(&nowhere), None);
        assert_eq!(address(&Pci { bus: 0x100, ..pci.clone() }), None);
        assert_eq!(address(&Pci { device: 32, ..pci }), None);
    }

    #[test]
    fn a_profile_ends_an_instance_s_name() {
        assert_eq!(profile("NVIDIA H100 80GB HBM3 MIG 1g.10gb").as_deref(), Some("1g.10gb"));
        assert_eq!(profile("NVIDIA A100 MIG 1c.3g.40gb").as_deref(), Some("1c.3g.40gb"));
        assert_eq!(profile("NVIDIA A100"), None);
        assert_eq!(profile("NVIDIA A100 MIG "), None);
    }
}
