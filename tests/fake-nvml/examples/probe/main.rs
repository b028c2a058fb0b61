//! Asks an NVML library everything that the fake one can answer, through
//! nvml-wrapper, and prints one `key = value` a line; for a call that failed
//! the value is the error's name.
//!
//! `probe LIBRARY` walks all GPUs, `probe LIBRARY count` initialises and shuts
//! down by hand, `probe LIBRARY text` looks into the buffer that a name is in.
#![allow(
    unsafe_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "it tells a test what it finds"
)]

mod by_hand;
mod device;
mod unwrapped;

use std::{ffi::OsStr, fmt::Debug, fs};

use nvml_wrapper::{Nvml, error::NvmlError};

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let library = arguments.next().expect("a library's path");
    match arguments.next() {
        None => walk(&library),
        Some(mode) if mode == "count" => by_hand::count(&library),
        Some(_) => by_hand::text(&library),
    }
}

fn tell<T: Debug>(key: &str, value: Result<T, NvmlError>) -> Option<T> {
    match &value {
        Ok(value) => println!("{key} = {value:?}"),
        Err(error) => {
            let name = format!("{error:?}");
            println!("{key} = {}", name.split('(').next().unwrap_or(&name));
        }
    }
    value.ok()
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fn walk(library: &OsStr) {
    let before = open_files();
    let nvml = tell("init", Nvml::builder().lib_path(library).init());
    tell("held", Ok(open_files() - before));
    if let Some(nvml) = nvml {
        tell("driver", nvml.sys_driver_version());
        tell("nvml", nvml.sys_nvml_version());
        tell("cuda", nvml.sys_cuda_driver_version());
        let gpus = tell("gpus", nvml.device_count()).unwrap_or(0);
        for index in 0..gpus.min(16) {
            if let Some(gpu) = tell(&format!("{index}"), nvml.device_by_index(index)) {
                device::common(&nvml, &format!("{index}"), &gpu);
                device::own(&nvml, &format!("{index}"), &gpu);
            }
        }
        tell("shutdown", nvml.shutdown());
    }
    tell("held after", Ok(open_files() - before));
}
