//! A host with GPUs on its bus, and an NVML that speaks of them.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::agent::command;
use super::hostile::{DEVICE, MODEL};
use super::{fake, sketch};

/// The address of the first GPU that the fake library knows, unless it is told another.
pub const FIRST: &str = "0000:10:00.0";

/// A host of two GPUs.
const HOST: &str = "\
pci 0000:10:00.0 0x030200 0x10de 0x2330 nvidia
pci 0000:11:00.0 0x030200 0x10de 0x2330 nvidia
";

/// A folder with a host in it, and the files of its NVML.
pub struct Scene {
    pub folder: TempDir,
}

impl Scene {
    /// A host of two GPUs, of which NVML says what `nvml` describes beside.
    pub fn new(nvml: &Value) -> Self {
        Self::with("", nvml)
    }

    /// The same, with a disk and a port beside, and every name hostile.
    pub fn hostile() -> Self {
        let more = format!(
            "sys/block/{DEVICE} -> ../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/{DEVICE}\n\
             sys/block/{DEVICE}/size = 2097152\n\
             sys/class/net/{DEVICE} -> ../../devices/pci0000:00/0000:00:1c.0/0000:01:00.0/net/{DEVICE}\n\
             sys/class/net/{DEVICE}/type = 1\n\
             sys/class/net/{DEVICE}/carrier = 1\n"
        );
        Self::with(&more, &json!({ "gpus": [{ "name": MODEL }, { "name": MODEL }] }))
    }

    fn with(more: &str, nvml: &Value) -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(scene.root()).unwrap();
        sketch::write(&sketch::tree(&(HOST.to_owned() + more)), &scene.root());
        let mut description = json!({"gpus": [{}, {}], "log": scene.path("log")});
        for (key, value) in nvml.as_object().unwrap() {
            description[key] = value.clone();
        }
        std::fs::write(scene.path("nvml.json"), description.to_string()).unwrap();
        scene
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn root(&self) -> PathBuf {
        self.path("host")
    }

    /// The calls so far, a line each.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// `--dump` over the host, with its NVML.
    pub fn dump(&self) -> Command {
        let mut command = command();
        command.env(fake::DESCRIPTION, self.path("nvml.json"));
        command.args(["--dump", "--root"]).arg(self.root());
        command.arg("--nvml-library").arg(fake::library());
        command
    }
}
