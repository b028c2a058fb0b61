//! Inventories for tests.

use inventory_common::sum::Readings;
use inventory_common::{
    Cpu, Devices, Disk, Gpu, GpuHealth, Host, Inventory, Medium, Memory, Outcome, Port, Probe,
    ProbeName, Rule, Stated, Swap, Verdict,
};

/// A node with a GPU, a disk and a port, and a disk that does not count.
pub fn readings() -> Readings {
    let usb = Disk { verdict: Verdict::NotCounted(Rule::Removable), ..disk("sdb", 16 << 30) };
    Readings {
        probes: vec![Probe { name: ProbeName::Cpu, outcome: Outcome::Complete, faults: vec![] }],
        devices: Devices {
            disks: vec![disk("sda", 512 << 30), usb],
            ports: vec![port("eth0", Some(10_000))],
            gpus: vec![gpu("0000:01:00.0", Some(81_559))],
        },
        cpu: Some(Cpu { online: 32 }),
        memory: Some(Memory {
            total_bytes: 64 << 30,
            gpu_owned_bytes: Some(0),
            installed_bytes: None,
            huge_pages: vec![],
        }),
        swap: Some(Swap { total_bytes: 0, zram_bytes: None, areas: vec![] }),
        host: Host::default(),
    }
}

/// The inventory of these readings.
pub fn summed(readings: Readings) -> Inventory {
    readings.into_inventory("n".to_owned(), &Stated::default())
}

/// The inventory of [`readings`].
pub fn inventory() -> Inventory {
    summed(readings())
}

/// A counted GPU.
pub fn gpu(name: &str, memory_mib: Option<u64>) -> Gpu {
    Gpu {
        model: Some("NVIDIA H100 80GB HBM3".to_owned()),
        memory_mib,
        health: Some(GpuHealth::Ok),
        index: Some(0),
        features: Some(vec!["fp16".to_owned()]),
        ..Gpu::new(name.to_owned(), "NVIDIA".to_owned())
    }
}

/// A counted disk.
pub fn disk(name: &str, size_bytes: u64) -> Disk {
    let size_bytes = Some(size_bytes);
    Disk { name: name.to_owned(), verdict: Verdict::Counted, size_bytes, stated: false }
}

/// A counted port.
pub fn port(name: &str, speed_mbps: Option<u64>) -> Port {
    Port {
        name: name.to_owned(),
        medium: Medium::Net,
        verdict: Verdict::Counted,
        speed_mbps,
        state: None,
        stated: false,
    }
}
