//! What one node reports, as far as its cluster minds: its figures, and what is wrong with them.

mod object;

use std::collections::BTreeSet;
use std::fmt;

use inventory_common::{GpuHealth, GpuState, Inventory, NodeData, Probe, ProbeName, Unknown};

/// What one node reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeReport {
    /// Its figures.
    pub node: NodeData,
    /// Why they are not the whole truth, or may not be; empty where they are.
    pub troubles: Vec<Trouble>,
    /// What a person should know, and nothing waits for.
    pub notes: Vec<String>,
}

/// One thing that keeps a node's figures from being the whole truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Trouble {
    fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.remedy)
    }
}

impl From<Inventory> for NodeReport {
    /// A device is named once, by the reason that says most: its state, what is unknown of it, what
    /// could not be read of it. A figure that is unknown as a whole is told by what could not be
    /// read.
    fn from(inventory: Inventory) -> Self {
        let mut named = BTreeSet::new();
        let mut troubles = Vec::new();
        let gpus = inventory.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted());
        for gpu in gpus {
            let Some(trouble) = illness(&gpu.name, gpu.state, gpu.health) else { continue };
            named.insert(gpu.name.as_str());
            troubles.push(trouble);
        }
        let probes = inventory.probes.iter().filter(|probe| !probe.outcome.is_whole());
        let probes: Vec<&Probe> = probes.collect();
        for unknown in &inventory.unknowns {
            let is_new = match unknown.device.as_deref() {
                Some(device) => named.insert(device),
                None => !probes.iter().any(|probe| explains(probe, &unknown.field)),
            };
            troubles.extend(if is_new { ignorance(unknown) } else { None });
        }
        for probe in probes {
            troubles.extend(failures(probe, &mut named));
        }
        Self { troubles, notes: Vec::new(), node: inventory.node_data }
    }
}

/// What is wrong with a GPU.
fn illness(name: &str, state: Option<GpuState>, health: Option<GpuHealth>) -> Option<Trouble> {
    if let Some(state) = state {
        let what = format!("GPU '{name}' is {state}, {}", state.meaning());
        return Some(Trouble::new(what, state.remedy()));
    }
    let health = health.filter(|health| *health != GpuHealth::Ok)?;
    Some(Trouble::new(format!("GPU '{name}' is not well"), health.meaning()))
}

/// The figures that a probe is the source of, by the first word of their paths.
const SOURCES: [(&str, &[ProbeName]); 6] = [
    ("gpus", &[ProbeName::Gpu]),
    ("vcpus", &[ProbeName::Cpu]),
    ("memory", &[ProbeName::Memory]),
    ("swap", &[ProbeName::Swap]),
    ("storage", &[ProbeName::Block]),
    ("network", &[ProbeName::Net, ProbeName::Infiniband]),
];

/// Whether a probe that is not whole is why a figure is unknown.
fn explains(probe: &Probe, field: &str) -> bool {
    let word = field.split('.').next();
    let mut sources = SOURCES.iter().filter(|(first, _)| word == Some(first));
    sources.any(|(_, names)| names.contains(&probe.name))
}

/// What is unknown of a device by the figure that lacks it, and what to do: `{}` is the device.
const OF_DEVICE: [(&str, &str, &str); 5] = [
    (
        "gpus.count",
        "whether GPU '{}' counts is unknown",
        "say --count {} or --not-counted {} to its agent",
    ),
    (
        "gpus.memory",
        "the memory of GPU '{}' is unknown",
        "state --gpu-memory MODEL=MIB to its agent",
    ),
    (
        "storage.size",
        "the size of disk '{}' is unknown",
        "say --not-counted {} to its agent if it is no disk to count",
    ),
    (
        "network.interfaces",
        "whether port '{}' counts is unknown",
        "say --count {} or --not-counted {} to its agent",
    ),
    (
        "network.txBandwidth",
        "the link speed of '{}' is unknown",
        "state --link-speed {}=MBPS or --link-speed default=MBPS to its agent",
    ),
];

/// What a figure without a device's part, or one that is unknown as a whole, means.
fn ignorance(unknown: &Unknown) -> Option<Trouble> {
    let Unknown { field, device } = unknown;
    // No figure: a GPU is placed by its model and memory, and nobody can state what it can do.
    if field == "gpus.features" {
        return None;
    }
    let known = OF_DEVICE.iter().find(|(name, ..)| name == field);
    Some(match (device, known) {
        (Some(device), Some((_, what, remedy))) => {
            Trouble::new(what.replace("{}", device), remedy.replace("{}", device))
        }
        (Some(device), None) => Trouble::new(format!("{field} lacks '{device}'"), LOOK),
        (None, _) => Trouble::new(format!("{field} is unknown"), LOOK),
    })
}

/// What to do where the agent itself says more.
const LOOK: &str = "see why with inventory-agent --dump --explain on the node";

/// What a probe could not read, less what was named before.
fn failures<'a>(probe: &'a Probe, named: &mut BTreeSet<&'a str>) -> Vec<Trouble> {
    let (name, outcome) = (probe.name.as_str(), probe.outcome.as_str());
    if probe.faults.is_empty() {
        return vec![Trouble::new(format!("{name} is {outcome}"), LOOK)];
    }
    let faults = probe.faults.iter();
    let new = faults.filter(|fault| fault.device.as_deref().is_none_or(|name| named.insert(name)));
    new.map(|fault| {
        let device = fault.device.as_ref().map(|device| format!("'{device}': "));
        let (device, path, message) = (device.unwrap_or_default(), &fault.path, &fault.message);
        Trouble::new(format!("{name} is {outcome}: {device}{path} {message}"), LOOK)
    })
    .collect()
}

/// Whether a figure of a plain nodeData is one that no node has, and what it is then.
type Zero = (fn(&NodeData) -> bool, &'static str);

/// Figures of a plain nodeData that may be 0 because they are unknown.
const ZEROS: [Zero; 6] = [
    (|node| node.gpus.gpus.iter().any(|gpu| gpu.memory_mib == 0), "a GPU's memory is 0"),
    (|node| node.vcpus.count == 0, "vcpus.count is 0"),
    (|node| node.memory_mib == 0, "memory is 0"),
    (|node| node.storage.disks > 0 && node.storage.size_mib == 0, "storage.size is 0 with disks"),
    (
        |node| node.network.interfaces > 0 && node.network.tx_bandwidth_mbps == 0,
        "network.txBandwidth is 0 with interfaces",
    ),
    (
        |node| node.network.interfaces > 0 && node.network.rx_bandwidth_mbps == 0,
        "network.rxBandwidth is 0 with interfaces",
    ),
];

impl From<NodeData> for NodeReport {
    /// A plain nodeData cannot tell unknown from 0.
    fn from(node: NodeData) -> Self {
        let zeros = ZEROS.iter().filter(|(is_zero, _)| is_zero(&node));
        let remedy = "if that is so, show it with the whole inventory (inventory-agent --dump --detail), which tells 0 from unknown";
        let troubles = zeros.map(|(_, what)| Trouble::new(*what, remedy)).collect();
        Self { node, troubles, notes: Vec::new() }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use inventory_common::{Cause, Devices, Fault, Gpu, Host, Outcome, Unknown};
    use serde_json::json;

    use super::*;

    /// A node of which all is known.
    pub fn node() -> NodeData {
        let node = json!({
            "id": "node-1",
            "gpus": {
                "count": 1, "memory": 16384, "gpus": [{ "modelName": "V100", "memory": 16384 }],
                "features": ["fp16"], "modelNames": ["V100"],
            },
            "vcpus": { "count": 16 }, "memory": 65536, "swap": 0,
            "storage": { "disks": 1, "size": 524_288 },
            "network": { "interfaces": 1, "txBandwidth": 5000, "rxBandwidth": 5000 },
        });
        serde_json::from_value(node).unwrap()
    }

    fn inventory() -> Inventory {
        Inventory {
            node_data: node(),
            probes: Vec::new(),
            devices: Devices::default(),
            unknowns: Vec::new(),
            stated: Vec::new(),
            cpu: None,
            memory: None,
            swap: None,
            host: Host::default(),
        }
    }

    fn gpu(name: &str, state: Option<GpuState>, health: Option<GpuHealth>) -> Gpu {
        Gpu { state, health, ..Gpu::new(name.to_owned(), "NVIDIA".to_owned()) }
    }

    fn unknown(field: &str, device: Option<&str>) -> Unknown {
        Unknown { field: field.to_owned(), device: device.map(str::to_owned) }
    }

    fn probe(name: ProbeName, outcome: Outcome, devices: &[Option<&str>]) -> Probe {
        let fault = |device: Option<&str>| Fault {
            device: device.map(str::to_owned),
            path: "sys/x".to_owned(),
            cause: Cause::Forbidden,
            message: "permission denied".to_owned(),
        };
        Probe { name, outcome, faults: devices.iter().copied().map(fault).collect() }
    }

    fn troubles(change: impl FnOnce(&mut Inventory)) -> Vec<String> {
        let mut inventory = inventory();
        change(&mut inventory);
        NodeReport::from(inventory).troubles.iter().map(ToString::to_string).collect()
    }

    pub fn says(troubles: &[String], starts: &[&str]) {
        assert_eq!(troubles.len(), starts.len(), "{troubles:#?}");
        for (trouble, start) in troubles.iter().zip(starts) {
            assert!(trouble.starts_with(start), "{trouble}");
        }
    }

    #[test]
    fn a_whole_inventory_has_no_trouble() {
        let whole = [Outcome::Complete, Outcome::Absent];
        let probes = whole.map(|outcome| probe(ProbeName::Net, outcome, &[]));
        says(&troubles(|inventory| inventory.probes = probes.into()), &[]);
    }

    #[test]
    fn a_zero_of_a_whole_inventory_is_known() {
        says(&troubles(|inventory| inventory.node_data.network.tx_bandwidth_mbps = 0), &[]);
    }

    #[test]
    fn a_device_is_named_once_by_what_says_most() {
        let lost = troubles(|inventory| {
            inventory.devices.gpus = vec![gpu("0000:65:00.0", Some(GpuState::GpuLost), None)];
            inventory.unknowns = vec![unknown("gpus.memory", Some("0000:65:00.0"))];
            let devices = [Some("0000:65:00.0"), Some("0000:66:00.0")];
            inventory.probes = vec![probe(ProbeName::Gpu, Outcome::Partial, &devices)];
        });
        says(&lost, &["GPU '0000:65:00.0' is gpu-lost, ", "gpu is partial: '0000:66:00.0': sys/x"]);
        let speed = ["network.txBandwidth", "network.rxBandwidth"];
        let speed = speed.map(|field| unknown(field, Some("eth0")));
        let speed = troubles(|inventory| inventory.unknowns = speed.into());
        says(&speed, &["the link speed of 'eth0' is unknown: state --link-speed eth0=MBPS"]);
    }

    #[test]
    fn a_gpu_that_is_not_well_is_trouble_and_one_that_does_not_count_is_none() {
        let ill = gpu("0000:65:00.0", None, Some(GpuHealth::RowRemapPending));
        let mut excluded = ill.clone();
        excluded.verdict = inventory_common::Verdict::NotCounted(inventory_common::Rule::Stated);
        let well = gpu("0000:66:00.0", None, Some(GpuHealth::Ok));
        let ill = troubles(|inventory| inventory.devices.gpus = vec![ill, excluded, well]);
        says(&ill, &["GPU '0000:65:00.0' is not well: a bad row"]);
    }

    #[test]
    fn every_unknown_figure_is_trouble_but_features_are_no_figure() {
        let unknowns = vec![
            unknown("gpus.count", Some("0000:65:00.0")),
            unknown("gpus.features", None),
            unknown("memory", None),
            unknown("storage.size", Some("sda")),
            unknown("network.interfaces", Some("eth1")),
            unknown("later.figure", Some("x")),
        ];
        let starts = [
            "whether GPU '0000:65:00.0' counts is unknown: say --count 0000:65:00.0",
            "memory is unknown: see",
            "the size of disk 'sda' is unknown: say --not-counted sda",
            "whether port 'eth1' counts is unknown: ",
            "later.figure lacks 'x'",
        ];
        says(&troubles(|inventory| inventory.unknowns = unknowns), &starts);
    }

    #[test]
    fn what_could_not_be_read_is_trouble_even_without_a_reason() {
        let probes = [
            probe(ProbeName::Block, Outcome::Failed, &[None, None]),
            probe(ProbeName::Net, Outcome::Partial, &[]),
        ];
        let starts = [
            "block is failed: sys/x permission denied",
            "block is failed: ",
            "net is partial: see",
        ];
        says(&troubles(|inventory| inventory.probes = probes.into()), &starts);
    }

    #[test]
    fn a_figure_that_is_unknown_as_a_whole_is_told_by_what_could_not_be_read() {
        let failed = troubles(|inventory| {
            let fields = ["swap", "storage.disks", "storage.size", "network.interfaces"];
            inventory.unknowns = fields.map(|field| unknown(field, None)).into();
            let failed = |name| probe(name, Outcome::Failed, &[None]);
            inventory.probes = vec![failed(ProbeName::Block), failed(ProbeName::Infiniband)];
        });
        says(&failed, &["swap is unknown: ", "block is failed: ", "infiniband is failed: "]);
    }

    #[test]
    fn zeros_of_a_plain_node_that_may_be_unknown_are_trouble() {
        let zeros = |change: fn(&mut NodeData)| {
            let mut node = node();
            change(&mut node);
            let troubles = NodeReport::from(node).troubles;
            troubles.into_iter().map(|trouble| trouble.what).collect::<Vec<_>>()
        };
        says(&zeros(|_| ()), &[]);
        says(&zeros(|node| node.swap_mib = 0), &[]);
        says(&zeros(|node| node.gpus.gpus[0].memory_mib = 0), &["a GPU's memory is 0"]);
        says(&zeros(|node| node.vcpus.count = 0), &["vcpus.count is 0"]);
        says(&zeros(|node| node.memory_mib = 0), &["memory is 0"]);
        says(&zeros(|node| node.storage.size_mib = 0), &["storage.size is 0"]);
        says(&zeros(|node| node.network.tx_bandwidth_mbps = 0), &["network.txBandwidth is 0"]);
        says(&zeros(|node| node.network.rx_bandwidth_mbps = 0), &["network.rxBandwidth is 0"]);
        let nothing_there = |node: &mut NodeData| {
            (node.storage.disks, node.storage.size_mib) = (0, 0);
            let network = &mut node.network;
            (network.interfaces, network.tx_bandwidth_mbps, network.rx_bandwidth_mbps) = (0, 0, 0);
            node.gpus.gpus.clear();
        };
        says(&zeros(nothing_there), &[]);
    }
}
