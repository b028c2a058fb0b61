//! The file that `FAKE_NVML` names.
//!
//! Everything has a default, so `{"gpus": [{}]}` is a host with one H100, and a
//! name that is not known is an error. What a GPU does not have is `null`: the
//! calls for it then say `NOT_SUPPORTED`. Text is a string, or a list of bytes
//! where it must not be UTF-8.
//!
//! ```json
//! {
//!   "device": "/dev/null",
//!   "log": "calls.log",
//!   "gpus": [
//!     {"name": "NVIDIA A100-SXM4-80GB", "pci": "0001:07:00.0", "nvlinks": [true, false],
//!      "mig": {"current": 1, "pending": 1, "instances": [{"profile": "3g.40gb"}, null]}},
//!     {"name": "NVIDIA GB10", "memory": null, "capability": [12, 1], "mig": null}
//!   ],
//!   "faults": {
//!     "nvmlDeviceGetHandleByIndex_v2@1": "ERROR_GPU_IS_LOST",
//!     "nvmlDeviceGetName": {"delay_ms": 20}
//!   }
//! }
//! ```

use std::path::PathBuf;

use serde::Deserialize;

use crate::{
    code::Code,
    fault::Faults,
    gpu::{Gpu, Instance},
    handle::{Handle, Place},
    value::Text,
};

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub driver: Text,
    pub nvml: Text,
    /// Thousands are the major version, tens the minor one.
    pub cuda: i32,
    pub gpus: Vec<Gpu>,
    pub faults: Faults,
    /// Opened for reading and writing by the first initialisation, and held
    /// until the last shutdown: `/dev/nvidiactl` for the real library.
    pub device: Option<PathBuf>,
    /// Gets one line a call: the function, and the place where it has one.
    pub log: Option<PathBuf>,
}

impl Config {
    /// The GPU with this handle, or the one that has the MIG device.
    pub fn gpu(&self, handle: Handle) -> Result<&Gpu, Code> {
        let gpu = match handle.place() {
            Place::Gpu(gpu) | Place::Part(gpu, _) => self.gpus.get(gpu),
            Place::System => None,
        };
        gpu.ok_or(Code::INVALID_ARGUMENT)
    }

    /// The MIG device with this handle, where it is one.
    pub fn instance(&self, handle: Handle) -> Result<Option<&Instance>, Code> {
        let gpu = self.gpu(handle)?;
        let Place::Part(_, part) = handle.place() else {
            return Ok(None);
        };
        let instance = gpu.mig.as_ref().and_then(|mig| mig.instances.get(part)?.as_ref());
        instance.map(Some).ok_or(Code::INVALID_ARGUMENT)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            driver: "580.82.07".into(),
            nvml: "13.580.82.07".into(),
            cuda: 13000,
            gpus: Vec::new(),
            faults: Faults::default(),
            device: None,
            log: None,
        }
    }
}
