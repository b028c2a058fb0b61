//! What a GPU is. Asked of a MIG device, name and UUID are its own, and all
//! else is its GPU's.

use std::ffi::{c_int, c_uint};

use crate::{
    call::{Call, Out, nvml, nvml_text, put},
    code::Code,
    handle::{Handle, Place},
    layout::PciInfo,
    value::{Pci, Text},
};

nvml_text! {
    /// "NVIDIA H100 80GB HBM3", and "NVIDIA H100 80GB HBM3 MIG 1g.10gb" for a
    /// MIG device. `NVML_DEVICE_NAME_V2_BUFFER_SIZE` is 96.
    nvmlDeviceGetName(device: Handle) at device.place(), |call| {
        let mut name = call.gpu(device)?.name.bytes().to_vec();
        if let Some(instance) = call.instance(device)? {
            name.extend_from_slice(format!(" MIG {}", instance.profile).as_bytes());
        }
        name
    };

    /// `GPU-` or `MIG-` and a UUID. `NVML_DEVICE_UUID_V2_BUFFER_SIZE` is 96.
    nvmlDeviceGetUUID(device: Handle) at device.place(), |call| uuid(call, device)?;

    /// The number on the board. `NVML_DEVICE_SERIAL_BUFFER_SIZE` is 30.
    nvmlDeviceGetSerial(device: Handle) at device.place(), |call| {
        call.gpu(device)?.serial.as_ref().ok_or(Code::NOT_SUPPORTED)?.bytes()
    };
}

nvml! {
    /// The address with a domain of eight digits, and the ids.
    nvmlDeviceGetPciInfo_v3(device: Handle, pci: Out<'_, PciInfo>) at device.place(),
    |call| put(pci, pci_info(call, device)?);

    /// 9 and 0 for an H100.
    nvmlDeviceGetCudaComputeCapability(device: Handle, major: Out<'_, c_int>, minor: Out<'_, c_int>)
    at device.place(), |call| {
        let capability = call.gpu(device)?.capability.ok_or(Code::NOT_SUPPORTED)?;
        put(major, call.number(capability[0]))?;
        put(minor, call.number(capability[1]))
    };

    /// One of `NVML_DEVICE_ARCH_*`, 4294967295 where the library does not know.
    nvmlDeviceGetArchitecture(device: Handle, architecture: Out<'_, c_uint>) at device.place(), |call| {
        let known = call.gpu(device)?.architecture.ok_or(Code::NOT_SUPPORTED)?;
        put(architecture, call.number(known))
    };

    /// 1 where the driver keeps the GPU ready without a client.
    nvmlDeviceGetPersistenceMode(device: Handle, mode: Out<'_, c_uint>) at device.place(), |call| {
        let persistence = call.gpu(device)?.persistence.ok_or(Code::NOT_SUPPORTED)?;
        put(mode, call.number(persistence.into()))
    };

    /// Whether a link is up. `NVML_NVLINK_MAX_LINKS` is 18, and no GPU has to
    /// have as many.
    nvmlDeviceGetNvLinkState(device: Handle, link: c_uint, active: Out<'_, c_uint>)
    at device.place().part(link), |call| {
        let links = &call.gpu(device)?.nvlinks;
        if links.is_empty() {
            return Err(Code::NOT_SUPPORTED);
        }
        let up = links.get(link as usize).ok_or(Code::INVALID_ARGUMENT)?;
        put(active, call.number((*up).into()))
    };
}

/// The UUID that the file gives, or one of the GPU's and MIG device's indices.
fn uuid(call: &Call, device: Handle) -> Result<Vec<u8>, Code> {
    let (given, kind) = match call.instance(device)? {
        Some(instance) => (instance.uuid.as_ref(), "MIG"),
        None => (call.gpu(device)?.uuid.as_ref(), "GPU"),
    };
    let (gpu, part) = match device.place() {
        Place::Part(gpu, part) => (gpu, part),
        Place::Gpu(gpu) => (gpu, 0),
        Place::System => return Err(Code::INVALID_ARGUMENT),
    };
    let made = || format!("{kind}-00000000-0000-0000-{part:04x}-{gpu:012x}").into_bytes();
    Ok(given.map_or_else(made, |uuid: &Text| uuid.bytes().to_vec()))
}

fn pci_info(call: &Call, device: Handle) -> Result<PciInfo, Code> {
    let gpu = call.gpu(device)?;
    let (Place::Gpu(index) | Place::Part(index, _)) = device.place() else {
        return Err(Code::INVALID_ARGUMENT);
    };
    let bus = u32::try_from(0x10 + index).unwrap_or(u32::MAX);
    let pci = gpu.pci.unwrap_or(Pci { domain: 0, bus, device: 0 });
    let address = format!("{:02X}:{:02X}.0", pci.bus, pci.device);
    let ids = |id: u16| u32::from(id) << 16 | 0x10de;
    Ok(PciInfo {
        bus_id_legacy: call.array(&format!("{:04X}:{address}", pci.domain)),
        domain: call.number(pci.domain),
        bus: call.number(pci.bus),
        device: call.number(pci.device),
        pci_device_id: call.number(ids(gpu.device_id.0)),
        pci_subsystem_id: call.number(ids(0)),
        bus_id: call.array(&format!("{:08X}:{address}", pci.domain)),
    })
}
