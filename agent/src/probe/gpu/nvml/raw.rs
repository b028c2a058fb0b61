//! The calls that nvml-wrapper lacks, and those where it trusts the library too far: it reads text
//! up to a NUL that need not be there.
#![expect(unsafe_code, reason = "NVML is a C library, and these calls of it have no safe wrapper")]

use std::ffi::{CStr, c_char, c_uint};

use nvml_wrapper::error::{nvml_sym, nvml_try};
use nvml_wrapper::{Device, Nvml};

use super::refusal::Refusal;
use crate::answers::RowRemap;

/// Room for any text: nvml.h names 96 bytes for the longest.
const TEXT_BYTES: c_uint = 96;

/// Where a GPU is on the PCI bus, as NVML says it in text and in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pci {
    pub(super) text: Option<String>,
    pub(super) domain: u32,
    pub(super) bus: u32,
    pub(super) device: u32,
    /// Device id above, vendor id below.
    pub(super) ids: u32,
}

/// `nvmlSystemGetDriverVersion`.
pub(super) fn driver_version(nvml: &Nvml) -> Result<String, Refusal> {
    let call = nvml_sym(nvml.lib().nvmlSystemGetDriverVersion.as_ref())?;
    // SAFETY: the buffer has as many bytes as the call is told.
    text(|buffer, bytes| unsafe { call(buffer, bytes) })
}

/// `nvmlDeviceGetName`.
pub(super) fn name(device: &Device) -> Result<String, Refusal> {
    let call = nvml_sym(device.nvml().lib().nvmlDeviceGetName.as_ref())?;
    // SAFETY: the handle is the device's, whose library is still there, and the buffer has as many
    // bytes as the call is told.
    text(|buffer, bytes| unsafe { call(device.handle(), buffer, bytes) })
}

/// `nvmlDeviceGetUUID`.
pub(super) fn uuid(device: &Device) -> Result<String, Refusal> {
    let call = nvml_sym(device.nvml().lib().nvmlDeviceGetUUID.as_ref())?;
    // SAFETY: as for the name.
    text(|buffer, bytes| unsafe { call(device.handle(), buffer, bytes) })
}

/// `nvmlDeviceGetPciInfo_v3`.
pub(super) fn pci(device: &Device) -> Result<Pci, Refusal> {
    let call = nvml_sym(device.nvml().lib().nvmlDeviceGetPciInfo_v3.as_ref())?;
    // SAFETY: the struct is made of numbers, for which zero is a value.
    let mut info = unsafe { std::mem::zeroed() };
    // SAFETY: the handle is the device's, and the struct is the one that the call is declared with.
    nvml_try(unsafe { call(device.handle(), &raw mut info) })?;
    Ok(Pci {
        text: ended(&info.busId).ok(),
        domain: info.domain,
        bus: info.bus,
        device: info.device,
        ids: info.pciDeviceId,
    })
}

/// The total of `nvmlDeviceGetMemoryInfo`, the call from before the reserved part was told.
pub(super) fn memory_bytes(device: &Device) -> Result<u64, Refusal> {
    let call = nvml_sym(device.nvml().lib().nvmlDeviceGetMemoryInfo.as_ref())?;
    // SAFETY: the struct is made of numbers, for which zero is a value.
    let mut memory = unsafe { std::mem::zeroed() };
    // SAFETY: the handle is the device's, and the struct is the one that the call is declared with.
    nvml_try(unsafe { call(device.handle(), &raw mut memory) })?;
    Ok(memory.total)
}

/// `nvmlDeviceGetRemappedRows`.
pub(super) fn row_remap(device: &Device) -> Result<RowRemap, Refusal> {
    let call = nvml_sym(device.nvml().lib().nvmlDeviceGetRemappedRows.as_ref())?;
    let [mut corrected, mut uncorrected, mut pending, mut failed] = [0; 4];
    let (corrected, uncorrected) = (&raw mut corrected, &raw mut uncorrected);
    // SAFETY: the handle is the device's, and each pointer leads to a number.
    let code =
        unsafe { call(device.handle(), corrected, uncorrected, &raw mut pending, &raw mut failed) };
    nvml_try(code)?;
    Ok(RowRemap { is_pending: pending != 0, has_failed: failed != 0 })
}

/// Text that a call writes into a buffer of ours.
fn text(fill: impl FnOnce(*mut c_char, c_uint) -> c_uint) -> Result<String, Refusal> {
    let mut buffer = [0; TEXT_BYTES as usize];
    nvml_try(fill(buffer.as_mut_ptr(), TEXT_BYTES))?;
    ended(&buffer)
}

/// The text before the NUL. What is not UTF-8 in it is replaced.
fn ended(buffer: &[c_char]) -> Result<String, Refusal> {
    let bytes: Vec<u8> = buffer.iter().flat_map(|byte| byte.to_ne_bytes()).collect();
    let text = CStr::from_bytes_until_nul(&bytes)
        .map_err(|_| Refusal::own("gives text without an end".to_owned()))?;
    Ok(text.to_string_lossy().trim().to_owned())
}
