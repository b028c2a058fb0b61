//! From devices to nodeData: the one function that adds things up.

use std::collections::BTreeSet;

use crate::node_data::{GpuData, Gpus, Network, Storage, Vcpus};
use crate::units::{mib, mib_of_sum};
use crate::{
    Cpu, Devices, Gpu, Host, Inventory, Memory, NodeData, Outcome, Probe, ProbeName, Rule, Stated,
    Swap, Unknown, Verdict,
};

/// What the probes found, before anything is added up.
#[derive(Clone, Debug)]
pub struct Readings {
    /// How each probe went.
    pub probes: Vec<Probe>,
    /// Every device found, in canonical order.
    pub devices: Devices,
    /// Logical CPUs, where known.
    pub cpu: Option<Cpu>,
    /// Main memory, where known.
    pub memory: Option<Memory>,
    /// Swap space, where known.
    pub swap: Option<Swap>,
    /// The host, for a reader.
    pub host: Host,
}

impl Readings {
    /// Adds up the counted devices into the inventory of the node with this id.
    #[must_use]
    pub fn into_inventory(self, id: String, stated: &Stated) -> Inventory {
        Inventory {
            node_data: self.node_data(id),
            unknowns: self.unknowns(),
            probes: self.probes,
            devices: self.devices,
            stated: stated.overrides(),
            cpu: self.cpu,
            memory: self.memory,
            swap: self.swap,
            host: self.host,
        }
    }

    fn node_data(&self, id: String) -> NodeData {
        let disks = self.devices.disks.iter().filter(|disk| disk.verdict.is_counted());
        let ports = self.devices.ports.iter().filter(|port| port.verdict.is_counted());
        let bandwidth_mbps = ports.clone().filter_map(|port| port.speed_mbps).sum();
        NodeData {
            id,
            gpus: gpus(&self.counted_gpus()),
            vcpus: Vcpus { count: self.cpu.as_ref().map_or(0, |cpu| cpu.online) },
            memory_mib: self.memory.as_ref().and_then(Memory::usable_bytes).map_or(0, mib),
            swap_mib: self.swap.as_ref().map_or(0, |swap| mib(swap.total_bytes)),
            storage: Storage {
                disks: disks.clone().count() as u64,
                size_mib: mib_of_sum(disks.filter_map(|disk| disk.size_bytes)),
            },
            network: Network {
                interfaces: ports.count() as u64,
                tx_bandwidth_mbps: bandwidth_mbps,
                rx_bandwidth_mbps: bandwidth_mbps,
            },
        }
    }

    fn counted_gpus(&self) -> Vec<&Gpu> {
        self.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted()).collect()
    }

    /// Every figure of nodeData that shows less than the truth, in the order of its fields.
    fn unknowns(&self) -> Vec<Unknown> {
        let (gpus, devices) = (self.counted_gpus(), &self.devices);
        let has_no_features = !gpus.is_empty() && gpus.iter().all(|gpu| gpu.features.is_none());
        let memory = self.memory.as_ref().and_then(Memory::usable_bytes);
        let net_failed = self.has_failed(ProbeName::Net) || self.has_failed(ProbeName::Infiniband);
        let gpus = gpus.iter().filter(|gpu| gpu.memory_mib.is_none()).map(|gpu| &gpu.name);
        let disks = devices.disks.iter().filter(|disk| disk.verdict.is_counted());
        let disks = disks.filter(|disk| disk.size_bytes.is_none()).map(|disk| &disk.name);
        let ports = devices.ports.iter().filter(|port| port.verdict.is_counted());
        let ports = ports.filter(|port| port.speed_mbps.is_none()).map(|port| &port.name);

        let open_ports = devices.ports.iter().filter(|port| is_open(port.verdict));
        let open_ports = open_ports.map(|port| &port.name);
        let open_gpus = devices.gpus.iter().filter(|gpu| is_open(gpu.verdict));
        let open_gpus = open_gpus.map(|gpu| &gpu.name);

        let mut unknowns = Vec::new();
        unknowns.extend(whole(self.has_failed(ProbeName::Gpu), &["gpus.count", "gpus.memory"]));
        unknowns.extend(open_gpus.flat_map(|gpu| parts(gpu, &["gpus.count"])));
        unknowns.extend(gpus.flat_map(|gpu| parts(gpu, &["gpus.memory"])));
        unknowns.extend(whole(has_no_features, &["gpus.features"]));
        unknowns.extend(whole(self.cpu.is_none(), &["vcpus.count"]));
        unknowns.extend(whole(memory.is_none(), &["memory"]));
        unknowns.extend(whole(self.swap.is_none(), &["swap"]));
        unknowns
            .extend(whole(self.has_failed(ProbeName::Block), &["storage.disks", "storage.size"]));
        unknowns.extend(disks.flat_map(|disk| parts(disk, &["storage.size"])));
        unknowns.extend(whole(net_failed, &["network.interfaces"]));
        unknowns.extend(open_ports.flat_map(|port| parts(port, &["network.interfaces"])));
        unknowns.extend(whole(net_failed, &BANDWIDTHS));
        unknowns.extend(ports.flat_map(|port| parts(port, &BANDWIDTHS)));
        unknowns
    }

    fn has_failed(&self, name: ProbeName) -> bool {
        self.probes.iter().any(|probe| probe.name == name && probe.outcome == Outcome::Failed)
    }
}

/// Whether a device is left out although it may well count: it could not be looked at.
fn is_open(verdict: Verdict) -> bool {
    matches!(verdict.rule(), Some(Rule::UnknownType | Rule::Elsewhere))
}

/// What a port without a speed leaves unknown.
const BANDWIDTHS: [&str; 2] = ["network.txBandwidth", "network.rxBandwidth"];

/// The fields, where they are unknown as a whole.
fn whole(is_unknown: bool, fields: &[&str]) -> Vec<Unknown> {
    let fields = fields.iter().filter(|_| is_unknown);
    fields.map(|&field| Unknown { field: field.to_owned(), device: None }).collect()
}

/// The fields that lack this device's part.
fn parts(device: &str, fields: &[&str]) -> Vec<Unknown> {
    let unknown =
        |&field: &&str| Unknown { field: field.to_owned(), device: Some(device.to_owned()) };
    fields.iter().map(unknown).collect()
}

fn gpus(counted: &[&Gpu]) -> Gpus {
    let list: Vec<GpuData> = counted
        .iter()
        .map(|gpu| GpuData {
            model_name: gpu.model_name(),
            memory_mib: gpu.memory_mib.unwrap_or(0),
        })
        .collect();
    let models: BTreeSet<String> = counted.iter().filter_map(|gpu| gpu.told_model()).collect();
    Gpus {
        count: list.len() as u64,
        memory_mib: list.iter().map(|gpu| gpu.memory_mib).sum(),
        gpus: list,
        features: common_features(counted),
        model_names: models.into_iter().collect(),
    }
}

/// The features that every GPU with known features has, in the order of the first one's list.
fn common_features(gpus: &[&Gpu]) -> Vec<String> {
    let mut known = gpus.iter().filter_map(|gpu| gpu.features.as_ref());
    let first = known.next().cloned().unwrap_or_default();
    known.fold(first, |common, features| {
        common.into_iter().filter(|feature| features.contains(feature)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Disk, Medium, Port, Rule, Verdict};

    /// A host of which everything is known: a GPU, a disk and a port.
    fn whole() -> Readings {
        let probes = [ProbeName::Block, ProbeName::Net, ProbeName::Infiniband, ProbeName::Gpu];
        let complete = |name| Probe { name, outcome: Outcome::Complete, faults: Vec::new() };
        let (verdict, stated) = (Verdict::Counted, false);
        let disk = Disk { name: "sda".into(), verdict, size_bytes: Some(3 << 20), stated };
        let port = Port {
            name: "eth0".into(),
            medium: Medium::Net,
            verdict,
            speed_mbps: Some(1000),
            state: None,
            stated,
        };
        let gpu = Gpu {
            memory_mib: Some(81_559),
            features: Some(vec!["fp16".into(), "int8".into()]),
            model: Some("H100".into()),
            ..Gpu::new("0000:65:00.0".into(), "NVIDIA".into())
        };
        Readings {
            probes: probes.map(complete).into(),
            devices: Devices { disks: vec![disk], ports: vec![port], gpus: vec![gpu] },
            cpu: Some(Cpu { online: 8 }),
            memory: Some(Memory {
                total_bytes: 5 << 20,
                gpu_owned_bytes: Some(1 << 20),
                installed_bytes: None,
                huge_pages: Vec::new(),
            }),
            swap: Some(Swap { total_bytes: 2 << 20, zram_bytes: None, areas: Vec::new() }),
            host: Host::default(),
        }
    }

    fn added(readings: Readings) -> Inventory {
        readings.into_inventory("node-1".to_owned(), &Stated::default())
    }

    /// The unknown figures, as `field` or `field device`.
    fn unknowns(change: impl FnOnce(&mut Readings)) -> Vec<String> {
        let mut readings = whole();
        change(&mut readings);
        let shown = |unknown: &Unknown| match &unknown.device {
            Some(device) => format!("{} {device}", unknown.field),
            None => unknown.field.clone(),
        };
        added(readings).unknowns.iter().map(shown).collect()
    }

    fn fail(readings: &mut Readings, name: ProbeName) {
        let mut probes = readings.probes.iter_mut();
        probes.find(|probe| probe.name == name).unwrap().outcome = Outcome::Failed;
    }

    #[test]
    fn what_is_known_leaves_nothing_unknown() {
        assert_eq!(unknowns(|_| ()), [""; 0]);
        let no_devices = |readings: &mut Readings| readings.devices = Devices::default();
        assert_eq!(unknowns(no_devices), [""; 0]);
    }

    #[test]
    fn a_failed_probe_s_figures_are_unknown_as_a_whole() {
        let of = |name| unknowns(|readings| fail(readings, name));
        assert_eq!(of(ProbeName::Gpu), ["gpus.count", "gpus.memory"]);
        assert_eq!(of(ProbeName::Block), ["storage.disks", "storage.size"]);
        let network = ["network.interfaces", "network.txBandwidth", "network.rxBandwidth"];
        assert_eq!(of(ProbeName::Net), network);
        assert_eq!(of(ProbeName::Infiniband), network);
        assert_eq!(unknowns(|readings| readings.cpu = None), ["vcpus.count"]);
        assert_eq!(unknowns(|readings| readings.memory = None), ["memory"]);
        assert_eq!(unknowns(|readings| readings.swap = None), ["swap"]);
    }

    #[test]
    fn memory_of_which_the_gpus_leave_nothing_is_unknown() {
        let of = |gpu_owned_bytes| {
            unknowns(|readings| readings.memory.as_mut().unwrap().gpu_owned_bytes = gpu_owned_bytes)
        };
        for owned in [None, Some(5 << 20), Some(6 << 20)] {
            assert_eq!(of(owned), ["memory"], "{owned:?}");
        }
        assert_eq!(of(Some((5 << 20) - 1)), [""; 0]);
    }

    #[test]
    fn a_counted_device_s_missing_figure_is_unknown_and_an_excluded_one_s_is_not() {
        let forget = |readings: &mut Readings, verdict| {
            for disk in &mut readings.devices.disks {
                (disk.size_bytes, disk.verdict) = (None, verdict);
            }
            for port in &mut readings.devices.ports {
                (port.speed_mbps, port.verdict) = (None, verdict);
            }
            for gpu in &mut readings.devices.gpus {
                (gpu.memory_mib, gpu.features, gpu.verdict) = (None, None, verdict);
            }
        };
        assert_eq!(
            unknowns(|readings| forget(readings, Verdict::Counted)),
            [
                "gpus.memory 0000:65:00.0",
                "gpus.features",
                "storage.size sda",
                "network.txBandwidth eth0",
                "network.rxBandwidth eth0",
            ]
        );
        let excluded = Verdict::NotCounted(Rule::Stated);
        assert_eq!(unknowns(|readings| forget(readings, excluded)), [""; 0]);
    }

    #[test]
    fn what_could_not_be_looked_at_may_well_count() {
        for rule in [Rule::UnknownType, Rule::Elsewhere] {
            let verdict = Verdict::NotCounted(rule);
            let hide = |readings: &mut Readings| {
                readings.devices.ports[0].verdict = verdict;
                readings.devices.gpus[0].verdict = verdict;
            };
            assert_eq!(unknowns(hide), ["gpus.count 0000:65:00.0", "network.interfaces eth0"]);
        }
    }

    #[test]
    fn figures_are_those_of_what_counts() {
        let mut readings = whole();
        for size_bytes in [Some(1), None] {
            readings.devices.disks.push(Disk { size_bytes, ..readings.devices.disks[0].clone() });
        }
        let excluded = Verdict::NotCounted(Rule::Virtual);
        readings
            .devices
            .disks
            .push(Disk { verdict: excluded, ..readings.devices.disks[0].clone() });
        readings
            .devices
            .ports
            .push(Port { verdict: excluded, ..readings.devices.ports[0].clone() });
        let gpu = readings.devices.gpus[0].clone();
        let features = Some(vec!["int8".to_owned()]);
        let mut gpus = vec![Gpu { features: None, ..gpu.clone() }, Gpu { features, ..gpu.clone() }];
        gpus.push(Gpu { verdict: excluded, model: Some("A100".into()), ..gpu });
        readings.devices.gpus.extend(gpus);
        let node = added(readings).node_data;
        assert_eq!((node.storage.disks, node.storage.size_mib), (3, 3));
        assert_eq!((node.network.interfaces, node.network.tx_bandwidth_mbps), (1, 1000));
        assert_eq!((node.gpus.count, node.gpus.memory_mib), (3, 3 * 81_559));
        assert_eq!(
            (node.gpus.features, node.gpus.model_names),
            (vec!["int8".to_owned()], vec!["H100".to_owned()])
        );
        assert_eq!((node.vcpus.count, node.memory_mib, node.swap_mib), (8, 4, 2));
    }
}
