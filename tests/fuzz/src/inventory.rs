//! What holds for every inventory, whatever the host says: sums are those of what counts, what is unknown is
//! no number, and what is printed is read again.

use inventory_aggregator::cluster::state::ClusterState;
use inventory_common::cluster::{FIGURES, Measured};
use inventory_common::{Inventory, PortState};

use crate::telling::{is_plain, is_printed};

/// Holds for an inventory that an agent made.
pub fn holds(all: &Inventory) {
    sums(all);
    unknowns(all);
    probes(all);
    text(all);
    cluster(all);
}

fn sums(all: &Inventory) {
    let node = &all.node_data;
    let disks: Vec<_> = all.devices.disks.iter().filter(|disk| disk.verdict.is_counted()).collect();
    let bytes: u128 = disks.iter().filter_map(|disk| disk.size_bytes).map(u128::from).sum();
    assert_eq!(
        (node.storage.disks, u128::from(node.storage.size_mib)),
        (disks.len() as u64, bytes >> 20)
    );
    let ports: Vec<_> = all.devices.ports.iter().filter(|port| port.verdict.is_counted()).collect();
    let mbps: u64 = ports.iter().filter_map(|port| port.speed_mbps).sum();
    let network = &node.network;
    assert_eq!(
        (network.interfaces, network.tx_bandwidth_mbps, network.rx_bandwidth_mbps),
        (ports.len() as u64, mbps, mbps)
    );
    let gpus: Vec<_> = all.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted()).collect();
    let mib: u64 = gpus.iter().filter_map(|gpu| gpu.memory_mib).sum();
    assert_eq!((node.gpus.count, node.gpus.memory_mib), (gpus.len() as u64, mib));
    assert_eq!(node.gpus.gpus.len(), gpus.len());
    assert_eq!(node.vcpus.count, all.cpu.as_ref().map_or(0, |cpu| cpu.online));
}

fn unknowns(all: &Inventory) {
    let is_unknown = |field: &str, device: Option<&str>| {
        all.unknowns.iter().any(|it| it.field == field && it.device.as_deref() == device)
    };
    for disk in all.devices.disks.iter().filter(|disk| disk.verdict.is_counted()) {
        assert_eq!(
            disk.size_bytes.is_none(),
            is_unknown("storage.size", Some(&disk.name)),
            "{disk:?}"
        );
        assert_ne!(disk.size_bytes, Some(0), "{disk:?}");
    }
    for port in all.devices.ports.iter().filter(|port| port.verdict.is_counted()) {
        assert_eq!(
            port.speed_mbps.is_none(),
            is_unknown("network.txBandwidth", Some(&port.name)),
            "{port:?}"
        );
        assert_eq!(port.speed_mbps == Some(0), port.state == Some(PortState::NoLink), "{port:?}");
    }
    for gpu in all.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted()) {
        assert_eq!(gpu.memory_mib.is_none(), is_unknown("gpus.memory", Some(&gpu.name)), "{gpu:?}");
        assert_ne!(gpu.memory_mib, Some(0), "{gpu:?}");
    }
    let memory = all.memory.as_ref().and_then(|memory| memory.usable_bytes());
    for (figure, is_known) in [
        ("vcpus.count", all.cpu.is_some()),
        ("memory", memory.is_some()),
        ("swap", all.swap.is_some()),
    ] {
        assert_eq!(is_unknown(figure, None), !is_known, "{figure}");
    }
    assert_ne!(memory, Some(0));
    assert_ne!(all.cpu.as_ref().map(|cpu| cpu.online), Some(0));
}

/// A probe that is not whole says why, with the place of each fault.
fn probes(all: &Inventory) {
    for probe in &all.probes {
        assert_eq!(probe.outcome.is_whole(), probe.faults.is_empty(), "{probe:?}");
        for fault in &probe.faults {
            assert!(!fault.path.is_empty() && !fault.message.is_empty(), "{fault:?}");
        }
    }
}

fn text(all: &Inventory) {
    let value = serde_json::to_value(all).expect("an inventory can be written");
    is_printed(&value);
    assert_eq!(serde_json::from_value::<Inventory>(value).ok().as_ref(), Some(all));
    all.node_data.gpus.gpus.iter().for_each(|gpu| is_plain(&gpu.model_name));
    all.node_data.gpus.model_names.iter().for_each(|model| is_plain(model));
}

/// A cluster of this node alone has this node's figures.
fn cluster(all: &Inventory) {
    let mut state = ClusterState::default();
    state.apply("node", all.clone().into());
    let Ok(Measured { nodes, totals }) = state.snapshot().measured() else {
        panic!("one node overflows")
    };
    assert_eq!(nodes.len(), 1);
    let figures = totals.figures();
    assert!(FIGURES.iter().zip(figures).all(|(figure, sum)| (figure.of)(&all.node_data) == sum));
}
