//! A cluster of many kinds of nodes, as dumps and as the page of them.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{self, Run};

const MIB: u64 = 1 << 20;
const TIB: u64 = 1 << 40;

/// The GPUs of a node: the model, how many, and the memory of each in MiB.
const GPUS: [(&str, usize, u64); 4] = [
    ("NVIDIA H100 80GB HBM3", 8, 81_559),
    ("NVIDIA A100-SXM4-80GB", 8, 81_920),
    ("NVIDIA L40S", 4, 46_068),
    ("Tesla T4", 1, 15_360),
];

/// The page of a cluster, in a folder of its own.
pub struct Written {
    folder: TempDir,
}

impl Written {
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("report.html")
    }

    pub fn size_bytes(&self) -> u64 {
        self.file().metadata().expect("the page").len()
    }
}

/// The page of so many nodes: each eighth cannot tell its GPUs.
pub fn written(nodes: usize) -> Written {
    write(&(0..nodes).map(inventory).collect::<Vec<Value>>())
}

/// The page of these inventories.
pub fn write(inventories: &[Value]) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = inventories.iter().map(Value::to_string).collect();
    std::fs::write(folder.path().join("dumps"), lines.join("\n")).unwrap();
    std::fs::write(folder.path().join("p.yaml"), "id: west\nregionId: us-west-2\n").unwrap();
    let mut command: Command = run::command(env!("CARGO_BIN_EXE_inventory-aggregator"));
    command.current_dir(folder.path()).args(["report", "--profile", "p.yaml", "dumps"]);
    let run = Run::of(&mut command);
    assert_eq!(run.exit, 0, "{run:?}");
    Written { folder }
}

/// A node of eight kinds in turn, with disks and NICs that count and that do not.
pub fn inventory(index: usize) -> Value {
    let (model, count, memory) = GPUS[index % GPUS.len()];
    let is_dark = index % 8 == 7;
    let gpus: Vec<Value> = (0..count)
        .map(|gpu| {
            let name = format!("0000:{:02x}:00.0", 0x10 + gpu);
            let known = json!({ "name": name, "vendor": "NVIDIA", "counted": true, "model": model, "memoryMib": memory });
            let unknown = json!({ "name": name, "vendor": "NVIDIA", "counted": true });
            if is_dark { unknown } else { known }
        })
        .collect();
    let disk =
        |disk: usize| json!({ "name": format!("nvme{disk}n1"), "counted": true, "sizeBytes": TIB });
    let port = |port: usize| json!({ "name": format!("eth{port}"), "medium": "net", "counted": true, "speedMbps": 100_000 });
    let mut disks: Vec<Value> = (0..4).map(disk).collect();
    disks.push(json!({ "name": "loop0", "counted": false, "rule": "virtual" }));
    let mut ports: Vec<Value> = (0..2).map(port).collect();
    ports.push(json!({ "name": "lo", "medium": "net", "counted": false, "rule": "virtual" }));
    let told = |gpu: &Value| json!({ "modelName": gpu["model"].as_str().unwrap_or("unknown"), "memory": gpu["memoryMib"].as_u64().unwrap_or(0) });
    let memory = if is_dark { 0 } else { memory * count as u64 };
    let gpu_unknowns: Vec<Value> = gpus
        .iter()
        .filter(|_| is_dark)
        .map(|gpu| json!({ "field": "gpus.memory", "device": gpu["name"] }))
        .collect();
    json!({
        "nodeData": {
            "id": format!("gpu-{}", index + 1),
            "gpus": {
                "count": count, "memory": memory, "gpus": gpus.iter().map(told).collect::<Vec<_>>(),
                "features": [], "modelNames": if is_dark { json!(["unknown"]) } else { json!([model]) },
            },
            "vcpus": { "count": 64 + index % 3 * 64 }, "memory": 515_000 + index as u64, "swap": 0,
            "storage": { "disks": 4, "size": 4 * TIB / MIB },
            "network": { "interfaces": 2, "txBandwidth": 200_000, "rxBandwidth": 200_000 },
        },
        "probes": [], "unknowns": gpu_unknowns, "stated": [], "host": { "product": "A server" },
        "devices": { "gpus": gpus, "disks": disks, "ports": ports },
    })
}
