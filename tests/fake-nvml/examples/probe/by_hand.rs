//! What nvml-wrapper keeps its users from doing.

use std::ffi::OsStr;

use nvml_wrapper::Nvml;
use nvml_wrapper_sys::bindings::{NVML_DEVICE_NAME_V2_BUFFER_SIZE, NvmlLib};

/// The return codes of a sequence of initialisations, questions and shutdowns.
pub fn count(library: &OsStr) {
    // SAFETY: the library is the fake one, and the pointers lead to a number.
    unsafe {
        let nvml = NvmlLib::new(library).expect("the library");
        let mut gpus = 0;
        println!("shutdown = {}", nvml.nvmlShutdown());
        println!("question = {}", nvml.nvmlDeviceGetCount_v2(&raw mut gpus));
        println!("first init = {}", nvml.nvmlInit_v2());
        println!("second init = {}", nvml.nvmlInitWithFlags(0));
        println!("first shutdown = {}", nvml.nvmlShutdown());
        println!("question between = {}", nvml.nvmlDeviceGetCount_v2(&raw mut gpus));
        println!("second shutdown = {}", nvml.nvmlShutdown());
        println!("question after = {}", nvml.nvmlDeviceGetCount_v2(&raw mut gpus));
        println!("null = {}", {
            nvml.nvmlInit_v2();
            nvml.nvmlDeviceGetCount_v2(std::ptr::null_mut())
        });
    }
}

/// Where the NUL of GPU 0's name is in a buffer of the size that nvml.h names,
/// and what a buffer of one byte gets.
pub fn text(library: &OsStr) {
    let nvml = Nvml::builder().lib_path(library).init().expect("NVML");
    let gpu = nvml.device_by_index(0).expect("a GPU");
    let mut name = [0; NVML_DEVICE_NAME_V2_BUFFER_SIZE as usize];
    // SAFETY: the handle is the device's, and the lengths are the buffer's or less.
    let (full, tiny) = unsafe {
        let tiny = nvml.lib().nvmlDeviceGetName(gpu.handle(), name.as_mut_ptr(), 1);
        let length = NVML_DEVICE_NAME_V2_BUFFER_SIZE;
        (nvml.lib().nvmlDeviceGetName(gpu.handle(), name.as_mut_ptr(), length), tiny)
    };
    println!("tiny = {tiny}");
    println!("full = {full}");
    println!("nul = {:?}", name.iter().position(|byte| *byte == 0));
}
