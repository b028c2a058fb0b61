//! Memory that has failed: errors counted, pages retired, rows remapped.

use std::ffi::{c_uint, c_ulonglong};

use crate::{
    call::{Call, Out, nvml, put},
    code::Code,
    gpu::Ecc,
    handle::Handle,
};

/// `NVML_MEMORY_LOCATION_DEVICE_MEMORY`, where all errors are here.
const DEVICE_MEMORY: c_uint = 2;
/// `NVML_MEMORY_LOCATION_COUNT`.
const LOCATIONS: c_uint = 8;

nvml! {
    /// Whether memory is checked, and whether it will be after a reboot.
    nvmlDeviceGetEccMode(device: Handle, current: Out<'_, c_uint>, pending: Out<'_, c_uint>)
    at device.place(), |call| {
        let ecc = ecc(call, device)?;
        put(current, call.number(ecc.current.into()))?;
        put(pending, call.number(ecc.pending.into()))
    };

    /// Errors of a kind (0 corrected, 1 not), since the driver was loaded (0) or
    /// ever (1). `NOT_SUPPORTED` with checking off.
    nvmlDeviceGetTotalEccErrors(device: Handle, kind: c_uint, since: c_uint, count: Out<'_, c_ulonglong>)
    at device.place(), |call| put(count, call.number(errors(call, device, kind, since)?));

    /// The same for one kind of memory.
    nvmlDeviceGetMemoryErrorCounter(
        device: Handle, kind: c_uint, since: c_uint, location: c_uint, count: Out<'_, c_ulonglong>
    ) at device.place(), |call| {
        let errors = errors(call, device, kind, since)?;
        match location {
            DEVICE_MEMORY => put(count, call.number(errors)),
            0..LOCATIONS => put(count, call.number(0)),
            _ => Err(Code::INVALID_ARGUMENT),
        }
    };

    /// Whether pages are only retired by the next reboot; before Ampere.
    nvmlDeviceGetRetiredPagesPendingStatus(device: Handle, pending: Out<'_, c_uint>)
    at device.place(), |call| {
        let waits = call.gpu(device)?.retirement_pending.ok_or(Code::NOT_SUPPORTED)?;
        put(pending, call.number(waits.into()))
    };

    /// Rows remapped for corrected and for uncorrected errors, whether some wait
    /// for a reset, and whether remapping ever failed; since Ampere.
    nvmlDeviceGetRemappedRows(
        device: Handle, corrected: Out<'_, c_uint>, uncorrected: Out<'_, c_uint>,
        pending: Out<'_, c_uint>, failed: Out<'_, c_uint>
    ) at device.place(), |call| {
        let rows = call.gpu(device)?.remapped.as_ref().ok_or(Code::NOT_SUPPORTED)?;
        put(corrected, call.number(rows.corrected))?;
        put(uncorrected, call.number(rows.uncorrected))?;
        put(pending, call.number(rows.pending.into()))?;
        put(failed, call.number(rows.failed.into()))
    };
}

fn ecc<'a>(call: &'a Call, device: Handle) -> Result<&'a Ecc, Code> {
    call.gpu(device)?.ecc.as_ref().ok_or(Code::NOT_SUPPORTED)
}

fn errors(call: &Call, device: Handle, kind: c_uint, since: c_uint) -> Result<u64, Code> {
    let ecc = ecc(call, device)?;
    if !ecc.current {
        return Err(Code::NOT_SUPPORTED);
    }
    let counted = match since {
        0 => ecc.volatile,
        1 => ecc.aggregate,
        _ => return Err(Code::INVALID_ARGUMENT),
    };
    counted.get(kind as usize).copied().ok_or(Code::INVALID_ARGUMENT)
}
