//! Initialisation, versions, and what GPUs there are.

use std::ffi::{c_int, c_uint};

use crate::{
    call::{Out, nvml, nvml_text, put},
    code::Code,
    handle::{Handle, Place},
    session,
};

/// Makes ready to talk to the driver, without touching a GPU, and counts its
/// callers. Fails with `DRIVER_NOT_LOADED`, `NO_PERMISSION` or, by a fault,
/// whatever else.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlInit_v2() -> Code {
    session::start("nvmlInit_v2").err().unwrap_or(Code::SUCCESS)
}

/// The same; the flags (1: without GPUs too, 2: without attaching them) change
/// nothing here.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlInitWithFlags(_flags: c_uint) -> Code {
    session::start("nvmlInitWithFlags").err().unwrap_or(Code::SUCCESS)
}

nvml! {
    /// Undoes one initialisation.
    nvmlShutdown() at Place::System, |_| {
        session::stop();
        Ok(())
    };

    /// The CUDA version of the driver's libcuda.
    nvmlSystemGetCudaDriverVersion(version: Out<'_, c_int>) at Place::System,
    |call| put(version, call.number(call.cuda));

    /// The same, for the libcuda that is installed.
    nvmlSystemGetCudaDriverVersion_v2(version: Out<'_, c_int>) at Place::System,
    |call| put(version, call.number(call.cuda));

    /// How many GPUs there are, those included that are lost or not for us.
    nvmlDeviceGetCount_v2(count: Out<'_, c_uint>) at Place::System, |call| {
        let gpus = c_uint::try_from(call.gpus.len()).unwrap_or(c_uint::MAX);
        put(count, call.number(gpus))
    };

    /// The GPU at an index; the first call that a lost one fails.
    nvmlDeviceGetHandleByIndex_v2(index: c_uint, device: Out<'_, Handle>) at Place::Gpu(index as usize),
    |call| {
        let handle = Handle::of(Place::Gpu(index as usize));
        call.gpu(handle)?;
        put(device, handle)
    };
}

nvml_text! {
    /// `NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE` is 80.
    nvmlSystemGetDriverVersion() at Place::System, |call| call.driver.bytes();

    /// `NVML_SYSTEM_NVML_VERSION_BUFFER_SIZE` is 80.
    nvmlSystemGetNVMLVersion() at Place::System, |call| call.nvml.bytes();
}
