//! What can be seen of GPUs without asking their driver, and changes when its answers might.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::function::DRIVER;
use super::source::DEVICE_NODES;
use crate::host::HostRoot;
use crate::probe::pci::{self, Function};

/// NVIDIA's driver in the kernel, where it is loaded.
pub const DRIVER_VERSION: &str = "proc/driver/nvidia/version";

/// The folder of device nodes, and how those of NVIDIA's GPUs begin.
const NODES: &str = "dev";
const NVIDIA_NODE: &str = "nvidia";

/// The signs of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signs {
    /// The functions that could be GPUs.
    pub functions: Vec<Function>,
    drivers: Vec<Option<PathBuf>>,
    driver_version: Option<Vec<u8>>,
    nodes: Vec<OsString>,
}

impl Signs {
    /// What is to be seen now. What cannot be read looks like what is not there: it only matters
    /// whether it changes.
    #[must_use]
    pub fn of(root: &HostRoot, functions: &[Function]) -> Self {
        let functions = functions.iter().filter(|function| function.class.is_gpu_like());
        let driver = |function: &Function| {
            let link = Path::new(pci::BUS).join(&function.entry.name).join(DRIVER);
            root.link(link).ok().flatten()
        };
        let is_node = |name: &OsString| {
            let other =
                || DEVICE_NODES.iter().any(|node| Path::new(node).file_name() == Some(name));
            name.as_encoded_bytes().starts_with(NVIDIA_NODE.as_bytes()) || other()
        };
        Self {
            drivers: functions.clone().map(driver).collect(),
            functions: functions.cloned().collect(),
            driver_version: root.read(DRIVER_VERSION).ok(),
            nodes: root.list(NODES).unwrap_or_default().into_iter().filter(is_node).collect(),
        }
    }

    /// Whether NVIDIA's driver is loaded.
    #[must_use]
    pub fn has_driver(&self) -> bool {
        self.driver_version.is_some()
    }
}
