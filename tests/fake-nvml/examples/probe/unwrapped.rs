//! The calls that nvml-wrapper does not wrap.

use nvml_wrapper::{
    Device, Nvml,
    error::{NvmlError, nvml_sym, nvml_try},
};

/// The old call, from before the reserved part was told.
pub fn memory_v1(nvml: &Nvml, device: &Device) -> Result<u64, NvmlError> {
    let call = nvml_sym(nvml.lib().nvmlDeviceGetMemoryInfo.as_ref())?;
    // SAFETY: the handle is the device's, and the struct is made of numbers.
    let (code, memory) = unsafe {
        let mut memory = std::mem::zeroed();
        (call(device.handle(), &raw mut memory), memory)
    };
    nvml_try(code)?;
    Ok(memory.total)
}

/// Pending and failed remappings.
pub fn remapped(nvml: &Nvml, gpu: &Device) -> Result<(u32, u32), NvmlError> {
    let call = nvml_sym(nvml.lib().nvmlDeviceGetRemappedRows.as_ref())?;
    let [mut corrected, mut uncorrected, mut pending, mut failed] = [0; 4];
    // SAFETY: the handle is the device's, and each pointer leads to a number.
    let code = unsafe {
        let (corrected, uncorrected) = (&raw mut corrected, &raw mut uncorrected);
        call(gpu.handle(), corrected, uncorrected, &raw mut pending, &raw mut failed)
    };
    nvml_try(code)?;
    Ok((pending, failed))
}

/// The numbers of a MIG device's GPU instance, and of its compute instance.
pub fn instance_ids(nvml: &Nvml, mig: &Device) -> Result<(u32, u32), NvmlError> {
    let gpu_instance = nvml_sym(nvml.lib().nvmlDeviceGetGpuInstanceId.as_ref())?;
    let compute_instance = nvml_sym(nvml.lib().nvmlDeviceGetComputeInstanceId.as_ref())?;
    let mut ids = (0, 0);
    // SAFETY: the handle is the device's, and each pointer leads to a number.
    unsafe {
        nvml_try(gpu_instance(mig.handle(), &raw mut ids.0))?;
        nvml_try(compute_instance(mig.handle(), &raw mut ids.1))?;
    }
    Ok(ids)
}
