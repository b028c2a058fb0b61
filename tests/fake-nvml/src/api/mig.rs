//! MIG: whether a GPU is divided, and into what.
//!
//! The indices of MIG devices run up to the greatest number that the GPU can
//! have, and any of them may be a hole.

use std::ffi::c_uint;

use crate::{
    call::{Call, Out, nvml, put},
    code::Code,
    gpu::{Gpu, Instance, Mig},
    handle::{Handle, Place},
    layout::Attributes,
};

/// A GPU has as many slices.
const MOST: usize = 7;

nvml! {
    /// 1 is on; pending is what a reset will make of it.
    nvmlDeviceGetMigMode(device: Handle, current: Out<'_, c_uint>, pending: Out<'_, c_uint>)
    at device.place(), |call| {
        let mig = gpu(call, device)?.mig.as_ref().ok_or(Code::NOT_SUPPORTED)?;
        put(current, call.number(mig.current))?;
        put(pending, call.number(mig.pending))
    };

    /// How many MIG devices there can be: 0 where MIG is off or unknown.
    nvmlDeviceGetMaxMigDeviceCount(device: Handle, count: Out<'_, c_uint>) at device.place(), |call| {
        let most = if on(gpu(call, device)?).is_some() { MOST } else { 0 };
        put(count, call.number(c_uint::try_from(most).unwrap_or(0)))
    };

    /// The MIG device at an index. `NOT_FOUND` is a hole, and drivers are known
    /// to say `INVALID_ARGUMENT` there.
    nvmlDeviceGetMigDeviceHandleByIndex(device: Handle, index: c_uint, mig: Out<'_, Handle>)
    at device.place().part(index), |call| {
        let instances = &on(gpu(call, device)?).ok_or(Code::NOT_SUPPORTED)?.instances;
        match instances.get(index as usize) {
            Some(Some(_)) => put(mig, Handle::of(device.place().part(index))),
            None if index as usize >= MOST => Err(Code::INVALID_ARGUMENT),
            Some(None) | None => Err(Code::NOT_FOUND),
        }
    };

    /// The GPU that a MIG device is a part of.
    nvmlDeviceGetDeviceHandleFromMigDeviceHandle(mig: Handle, device: Out<'_, Handle>) at mig.place(),
    |call| {
        instance(call, mig)?;
        match mig.place() {
            Place::Part(gpu, _) => put(device, Handle::of(Place::Gpu(gpu))),
            Place::System | Place::Gpu(_) => Err(Code::INVALID_ARGUMENT),
        }
    };

    /// 1 for a MIG device, 0 for a GPU.
    nvmlDeviceIsMigDeviceHandle(device: Handle, is: Out<'_, c_uint>) at device.place(),
    |call| put(is, call.number(call.instance(device)?.is_some().into()));

    /// The number of the MIG device's GPU instance.
    nvmlDeviceGetGpuInstanceId(device: Handle, id: Out<'_, c_uint>) at device.place(),
    |call| put(id, call.number(instance(call, device)?.ids[0]));

    /// The number of the MIG device's compute instance in that.
    nvmlDeviceGetComputeInstanceId(device: Handle, id: Out<'_, c_uint>) at device.place(),
    |call| put(id, call.number(instance(call, device)?.ids[1]));

    /// What the MIG device has of its GPU.
    nvmlDeviceGetAttributes_v2(device: Handle, attributes: Out<'_, Attributes>) at device.place(),
    |call| {
        let instance = instance(call, device)?;
        let gpu_slices = slices(&instance.profile, 'g');
        let compute_slices = slices(&instance.profile, 'c').or(gpu_slices);
        put(attributes, Attributes {
            multiprocessors: call.number(16 * compute_slices.unwrap_or(0)),
            shared_copy_engines: call.number(1),
            shared_decoders: call.number(1),
            shared_encoders: 0,
            shared_jpegs: call.number(1),
            shared_ofas: 0,
            gpu_instance_slices: call.number(gpu_slices.unwrap_or(0)),
            compute_instance_slices: call.number(compute_slices.unwrap_or(0)),
            memory_mib: call.number(instance.memory.unwrap_or(0) >> 20),
        })
    };
}

/// A GPU, and nothing of it.
fn gpu<'a>(call: &'a Call, device: Handle) -> Result<&'a Gpu, Code> {
    match call.instance(device)? {
        Some(_) => Err(Code::INVALID_ARGUMENT),
        None => call.gpu(device),
    }
}

fn instance<'a>(call: &'a Call, device: Handle) -> Result<&'a Instance, Code> {
    call.instance(device)?.ok_or(Code::NOT_SUPPORTED)
}

fn on(gpu: &Gpu) -> Option<&Mig> {
    gpu.mig.as_ref().filter(|mig| mig.current == 1)
}

/// The number before this letter in `1c.3g.40gb`.
fn slices(profile: &str, unit: char) -> Option<u32> {
    profile.split('.').find_map(|part| part.strip_suffix(unit)?.parse().ok())
}
