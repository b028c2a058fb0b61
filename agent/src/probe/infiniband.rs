//! Ports of InfiniBand and RoCE devices, from `sys/class/infiniband` (kernel:
//! Documentation/ABI/stable/sysfs-class-infiniband).

mod adapter;
mod rate;
mod rules;

use inventory_common::{Medium, Port, Stated};

use super::class::{self, Entries};
use super::gpu::NVIDIA;
use super::pci::Function;
use super::{Report, Seen, port};
use crate::host::HostRoot;
use adapter::{Adapter, AdapterPort};

pub use adapter::{ATTRIBUTES, NETDEVS, PORT_ATTRIBUTES, PORTS};

/// The device ids of NVIDIA's GPUs grow with their generations; Blackwell's begin here (the PCI ID
/// Repository).
const FIRST_BLACKWELL: u16 = 0x2900;

/// The folder of InfiniBand devices.
pub const CLASS: &str = "sys/class/infiniband";

/// The ports of these adapters, with the rule for each that does not count.
pub(super) fn ports(
    root: &HostRoot,
    entries: Entries,
    stated: &Stated,
    functions: &[Function],
    report: &mut Report,
) -> Vec<Seen<Port>> {
    let may_have_switches = functions.iter().any(has_managed_switches);
    let mut seen = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => {
                let adapter = Adapter::new(root, entry, may_have_switches);
                seen.extend(ports_of(&adapter, stated, report));
            }
            Err((name, error)) => report.push(error.fault(Some(&name))),
        }
    }
    seen
}

/// Whether the GPU may stand behind NVLink switches that are managed over InfiniBand, as those of
/// the fifth generation are. Earlier ones are PCI functions of their own.
fn has_managed_switches(gpu: &Function) -> bool {
    gpu.id.is_some_and(|id| id.vendor == NVIDIA && id.device >= FIRST_BLACKWELL)
}

fn ports_of(adapter: &Adapter, stated: &Stated, report: &mut Report) -> Vec<Seen<Port>> {
    let ports = match adapter.ports() {
        Ok(ports) => ports,
        Err(error) => {
            if rules::of_adapter(adapter).is_none() {
                report.push(error.fault(Some(adapter.device.name())));
            }
            return Vec::new();
        }
    };
    let seen = ports.into_iter().filter_map(|port| seen(port, stated, report));
    let mut seen: Vec<Seen<Port>> = seen.collect();
    for port in &mut seen {
        // What was read of the adapter tells something of each of its ports.
        port.evidence.splice(0..0, adapter.device.evidence());
    }
    seen
}

fn seen(port: AdapterPort, stated: &Stated, report: &mut Report) -> Option<Seen<Port>> {
    let name = port.device.name();
    let by_person = stated.verdict(name);
    let verdict = by_person.unwrap_or_else(|| rules::first(&port).into());
    // A port of an excluded adapter is not looked at.
    let is_excluded = by_person.is_none() && rules::of_adapter(port.adapter).is_some();
    if !is_excluded && let Some(error) = class::no_device(&port.device) {
        report.push(error.fault(Some(name)));
        return None;
    }
    let judged = (verdict, by_person.is_some());
    let found = port::port(name, Medium::Infiniband, judged, stated, || port.link());
    if verdict.is_counted() {
        report.device(&port.adapter.device);
        report.device(&port.device);
    }
    Some(Seen { device: found, evidence: port.device.into_evidence() })
}
