//! NVML, NVIDIA's management library (nvml.h of its CUDA toolkit): every question that is put to
//! it. Nothing is judged here, and nothing here runs in the agent itself: on a dead GPU the library
//! hangs in the kernel, and a broken one takes its process with it.

mod device;
mod questions;
mod raw;
mod refusal;

use std::ffi::OsString;

use inventory_common::{CallError, GpuState};
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{Device, Nvml};

use super::told::{Line, Teller};
use crate::answers::{Answer, Failure, state_of_code};
use questions::Questions;
use refusal::{INVALID_ARGUMENT, NOT_SUPPORTED, Refusal};

const INIT: &str = "nvmlInit_v2";
const SHUTDOWN: &str = "nvmlShutdown";
const DRIVER_VERSION: &str = "nvmlSystemGetDriverVersion";
const CUDA_VERSION: &str = "nvmlSystemGetCudaDriverVersion_v2";
const COUNT: &str = "nvmlDeviceGetCount_v2";
const HANDLE: &str = "nvmlDeviceGetHandleByIndex_v2";

/// The most GPUs that are asked for, several times what any machine holds: a library may say any
/// number.
const MAX_GPUS: u32 = 256;

/// Asks the first of `libraries` that can be loaded everything, and lets go of it.
pub(super) fn read(libraries: &[OsString], teller: &mut Teller) {
    match open(libraries, teller) {
        Ok(nvml) => {
            if let Err(failure) = walk(&nvml, teller) {
                teller.say(&Line::Failed(failure));
            }
            close(nvml, teller);
        }
        Err(failure) => teller.say(&Line::Failed(failure)),
    }
    teller.say(&Line::End);
}

fn open(libraries: &[OsString], teller: &mut Teller) -> Result<Nvml, Failure> {
    let mut unusable = Vec::new();
    for library in libraries {
        teller.calling(INIT, None);
        match Nvml::builder().lib_path(library).init() {
            Ok(nvml) => return Ok(nvml),
            Err(NvmlError::LibloadingError(error)) => unusable.push(error.to_string()),
            Err(NvmlError::FailedToLoadSymbol(words)) => unusable.push(words),
            Err(error) => return Err(failure(INIT, error.into())),
        }
    }
    let call = libraries.first().map(|library| library.to_string_lossy().into_owned());
    let call = call.unwrap_or_else(|| INIT.to_owned());
    let error = CallError { call, index: None, code: None, message: unusable.join("; ") };
    Err(Failure { state: GpuState::LibraryMissing, error })
}

fn failure(call: &str, refusal: Refusal) -> Failure {
    let state = refusal.code().map_or(GpuState::Failed, state_of_code);
    Failure { state, error: refusal.of(call, None) }
}

/// Asks for every GPU what its figures need, and only then for all else: of a call that hangs or
/// breaks, little is behind it.
fn walk(nvml: &Nvml, teller: &mut Teller) -> Result<(), Failure> {
    about_system(nvml, teller);
    teller.calling(COUNT, None);
    let count = nvml.device_count().map_err(|error| failure(COUNT, error.into()))?;
    let mut gpus = Vec::new();
    let mut unlisted = None;
    for index in 0..count.min(MAX_GPUS) {
        match handle(nvml, index, teller) {
            Ok(Some(device)) => {
                let mut answer = Answer { index, ..Answer::default() };
                device::figures(&device, &mut answer, teller);
                gpus.push((device, answer));
            }
            Ok(None) => {}
            Err(refusal) => unlisted = unlisted.or(Some(refusal.of(HANDLE, Some(index)))),
        }
    }
    for (device, answer) in &mut gpus {
        device::detail(device, answer, teller);
    }
    let unlisted = unlisted.map(|error| format!("; {error}"));
    if unlisted.is_none() && count <= MAX_GPUS {
        return Ok(());
    }
    Err(failure(COUNT, Refusal::own(format!("says {count}{}", unlisted.unwrap_or_default()))))
}

/// The handle of a GPU; absent where it is refused, which is told. An index that the library does
/// not know is no GPU, whatever it announced.
fn handle<'a>(
    nvml: &'a Nvml,
    index: u32,
    teller: &mut Teller,
) -> Result<Option<Device<'a>>, Refusal> {
    teller.calling(HANDLE, Some(index));
    let refusal = match nvml.device_by_index(index) {
        Ok(device) => return Ok(Some(device)),
        Err(error) => Refusal::from(error),
    };
    if refusal.is(INVALID_ARGUMENT) {
        return Err(refusal);
    }
    let errors = vec![refusal.of(HANDLE, Some(index))];
    teller.say(&Line::Gpu(Answer { index, errors, ..Answer::default() }));
    Ok(None)
}

fn about_system(nvml: &Nvml, teller: &mut Teller) {
    let mut errors = Vec::new();
    let mut ask = Questions::new(teller, None, &mut errors);
    let driver = ask.one(DRIVER_VERSION, &[], || raw::driver_version(nvml));
    let cuda = ask.one(CUDA_VERSION, &[NOT_SUPPORTED], || cuda_version(nvml));
    let lines = driver.map(Line::Driver).into_iter().chain(cuda.map(Line::Cuda));
    for line in lines.chain(errors.into_iter().map(Line::Refused)) {
        teller.say(&line);
    }
}

/// 12080 is 12.8.
fn cuda_version(nvml: &Nvml) -> Result<String, Refusal> {
    let version = nvml.sys_cuda_driver_version()?;
    match version {
        1000.. => Ok(format!("{}.{}", version / 1000, version % 1000 / 10)),
        _ => Err(Refusal::own(format!("says {version}"))),
    }
}

/// What goes wrong here can be left alone: the process ends next, and nothing is held after it.
fn close(nvml: Nvml, teller: &mut Teller) {
    if nvml.lib().nvmlShutdown.is_err() {
        // The wrapper would panic for want of the function, also on dropping.
        std::mem::forget(nvml);
        return;
    }
    teller.calling(SHUTDOWN, None);
    let _refused = nvml.shutdown();
}
