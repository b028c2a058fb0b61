//! All probes in their order, on one host.

use std::time::{Duration, Instant};

use inventory_common::sum::Readings;
use inventory_common::{Devices, ProbeName, Stated};

use super::pci::Function;
use super::{Evidence, Seen, block, cpu, facts, gpu, meminfo, memory, network, pci, swap};
use crate::answers::Answers;
use crate::host::HostRoot;

/// How much to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// What nodeData and its rules need.
    Figures,
    /// That, and what helps a reader understand the host.
    Detail,
}

/// What the probes found, and what they read to judge each device.
#[derive(Debug)]
pub struct Survey {
    /// The readings, ready to be added up.
    pub readings: Readings,
    /// What was read of each disk, in the order of the disks.
    pub disks: Vec<Vec<Evidence>>,
    /// What was read of each port, in the order of the ports.
    pub ports: Vec<Vec<Evidence>>,
    /// What was read of each GPU, in the order of the GPUs.
    pub gpus: Vec<Vec<Evidence>>,
    /// What NVML said; absent where it was not asked.
    pub nvml: Option<Answers>,
    /// How long each probe took, NVML's answers counted with the GPUs.
    pub durations: Vec<(ProbeName, Duration)>,
}

/// Takes the times of what is done one after another.
struct Clock {
    last: Instant,
    durations: Vec<(ProbeName, Duration)>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), durations: Vec::new() }
    }

    /// The time since the last lap is this probe's.
    fn lap<T>(&mut self, name: ProbeName, done: T) -> T {
        let now = Instant::now();
        self.durations.push((name, now.saturating_duration_since(self.last)));
        self.last = now;
        done
    }
}

/// Reads the host without asking NVML: of a captured one, what was recorded is what it said.
#[must_use]
pub fn survey(root: &HostRoot, name: Option<String>, stated: &Stated, depth: Depth) -> Survey {
    survey_with(root, name, stated, depth, |_| root.manifest().nvml.clone())
}

/// Reads the host, one probe after another: files of sysfs answer slower when asked in parallel.
///
/// `ask` gives NVML's answers about a host with these PCI functions. Memory is read after it, since
/// NVML's start can online the memory of GPUs.
#[must_use]
pub fn survey_with(
    root: &HostRoot,
    name: Option<String>,
    stated: &Stated,
    depth: Depth,
    ask: impl FnOnce(&[Function]) -> Option<Answers>,
) -> Survey {
    let mut clock = Clock::start();
    let pci = clock.lap(ProbeName::Pci, pci::probe(root));
    let block = clock.lap(ProbeName::Block, block::probe(root, stated));
    let nvml = if stated.without_gpus { None } else { ask(&pci.found) };
    let gpu = clock.lap(ProbeName::Gpu, gpu::probe(root, stated, &pci, nvml.as_ref()));
    let network = clock.lap(ProbeName::Net, network::probe(root, stated, &pci.found));
    let cpu = clock.lap(ProbeName::Cpu, cpu::probe(root));
    let meminfo = meminfo::read(root);
    let memory = clock.lap(ProbeName::Memory, memory::probe(root, &meminfo, depth));
    let swap = clock.lap(ProbeName::Swap, swap::probe(root, &meminfo, depth));
    let (disks, disk_evidence) = split(block.found);
    let ports = network.net.found.into_iter().chain(network.infiniband.found).chain(network.hidden);
    let (ports, port_evidence) = split(ports);
    let (gpus, gpu_evidence) = split(gpu.found);
    let readings = Readings {
        probes: vec![
            cpu.probe,
            memory.probe,
            swap.probe,
            block.probe,
            network.net.probe,
            network.infiniband.probe,
            pci.probe,
            gpu.probe,
        ],
        devices: Devices { disks, ports, gpus },
        cpu: cpu.found,
        memory: memory.found,
        swap: swap.found,
        host: facts::read(root, name, depth),
    };
    Survey {
        readings,
        disks: disk_evidence,
        ports: port_evidence,
        gpus: gpu_evidence,
        nvml,
        durations: clock.durations,
    }
}

fn split<D>(seen: impl IntoIterator<Item = Seen<D>>) -> (Vec<D>, Vec<Vec<Evidence>>) {
    seen.into_iter().map(|seen| (seen.device, seen.evidence)).unzip()
}
