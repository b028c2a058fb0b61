//! A folder with a profile and dumps in it, and the aggregator run there.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{self, Run};

/// A profile of two lines.
pub const PROFILE: &str = "id: c\nregionId: r\n";

/// A folder to work in.
pub struct Scene {
    pub folder: TempDir,
}

impl Scene {
    /// A folder with these files in it, and a short profile `p.yaml`.
    pub fn new(files: &[(&str, String)]) -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap() };
        scene.write("p.yaml", PROFILE);
        for (name, text) in files {
            scene.write(name, text);
        }
        scene
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The aggregator, about to be run in the folder.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = aggregator();
        command.current_dir(self.folder.path()).args(args);
        command
    }

    /// `document` of the short profile.
    pub fn document(&self, args: &[&str]) -> Run {
        Run::of(self.command(&["document", "--profile", "p.yaml"]).args(args))
    }

    /// The same with a file as standard input.
    pub fn document_of_input(&self, input: &str, args: &[&str]) -> Run {
        let input = std::fs::File::open(self.path(input)).unwrap();
        let mut command = self.command(&["document", "--profile", "p.yaml"]);
        Run::of(command.args(args).stdin(Stdio::from(input)))
    }
}

/// The aggregator.
pub fn aggregator() -> Command {
    run::command(env!("CARGO_BIN_EXE_inventory-aggregator"))
}

/// A node of which all is known, with this id and this much memory in MiB.
pub fn node(id: &str, memory: u64) -> Value {
    json!({
        "id": id,
        "gpus": {
            "count": 1, "memory": 16384, "gpus": [{ "modelName": "V100", "memory": 16384 }],
            "features": ["fp16"], "modelNames": ["V100"],
        },
        "vcpus": { "count": 16 }, "memory": memory, "swap": 4096,
        "storage": { "disks": 1, "size": 524_288 },
        "network": { "interfaces": 1, "txBandwidth": 5000, "rxBandwidth": 5000 },
    })
}

/// The whole inventory of such a node.
pub fn inventory(id: &str, memory: u64) -> Value {
    json!({
        "nodeData": node(id, memory), "probes": [], "unknowns": [], "stated": [], "host": {},
        "devices": { "disks": [], "ports": [], "gpus": [] },
    })
}
