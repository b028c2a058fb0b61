//! What a person should know beside the figures: one line each.

use inventory_common::{Gpu, Inventory, Probe, Stated};

use super::plain;

/// The notes on an inventory, one line each; empty where all is well.
#[must_use]
pub fn render(inventory: &Inventory, identity: Option<&str>, stated: &Stated) -> String {
    let mut lines: Vec<String> = identity.map(str::to_owned).into_iter().collect();
    lines.extend(inventory.probes.iter().flat_map(faults));
    lines.extend(unified(inventory));
    lines.extend(unknown_speeds(inventory));
    lines.extend(unmatched(inventory, stated));
    lines.iter().map(|line| format!("warning: {}\n", plain(line))).collect::<Vec<_>>().concat()
}

/// What a probe could not read, a line for each fault.
fn faults(probe: &Probe) -> impl Iterator<Item = String> {
    let (name, outcome) = (probe.name.as_str(), probe.outcome.as_str());
    probe.faults.iter().map(move |fault| {
        let device =
            fault.device.as_ref().map(|device| format!("'{device}': ")).unwrap_or_default();
        format!("{name} is {outcome}: {device}{} {}", fault.path, fault.message)
    })
}

/// nodeData has the same bytes in two figures.
fn unified(inventory: &Inventory) -> Option<String> {
    let gpus = inventory.devices.gpus.iter();
    let gpus = gpus.filter(|gpu| gpu.unified && gpu.verdict.is_counted());
    let names: Vec<String> = gpus.map(|gpu| format!("'{}'", gpu.name)).collect();
    (!names.is_empty()).then(|| {
        let names = names.join(", ");
        format!("GPU and host share one memory: {names}; the same bytes are in memory and in gpus.memory")
    })
}

fn unknown_speeds(inventory: &Inventory) -> Option<String> {
    let ports = inventory.devices.ports.iter();
    let unknown = ports.filter(|port| port.verdict.is_counted() && port.speed_mbps.is_none());
    let names: Vec<String> = unknown.map(|port| format!("'{}'", port.name)).collect();
    (!names.is_empty()).then(|| {
        let names = names.join(", ");
        format!("link speed unknown: {names}; state it with --link-speed NAME=MBPS")
    })
}

/// Statements about devices that this host does not have: most likely a misspelling.
fn unmatched(inventory: &Inventory, stated: &Stated) -> Vec<String> {
    let devices = &inventory.devices;
    let ports: Vec<&str> = devices.ports.iter().map(|port| port.name.as_str()).collect();
    let others = devices.disks.iter().map(|disk| disk.name.as_str());
    let others = others.chain(devices.gpus.iter().map(|gpu| gpu.name.as_str()));
    let all: Vec<&str> = others.chain(ports.iter().copied()).collect();
    let statements = [
        ("--count", stated.count.iter().collect::<Vec<_>>(), &all),
        ("--not-counted", stated.not_counted.iter().collect(), &all),
        ("--link-speed", stated.link_speeds_mbps.keys().collect(), &ports),
    ];
    let unmatched = statements.into_iter().flat_map(|(option, names, known)| {
        let unknown = names.into_iter().filter(|name| !known.contains(&name.as_str()));
        unknown.map(move |name| format!("{option}: this host has no '{name}'")).collect::<Vec<_>>()
    });
    unmatched.chain(unmatched_models(inventory, stated)).collect()
}

fn unmatched_models(inventory: &Inventory, stated: &Stated) -> Vec<String> {
    let models: Vec<String> = inventory.devices.gpus.iter().map(Gpu::model_name).collect();
    let unknown = stated.gpu_memory_mib.keys().filter(|model| !models.contains(model));
    unknown.map(|model| format!("--gpu-memory: this host has no GPU called '{model}'")).collect()
}
