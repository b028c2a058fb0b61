//! What a `NodeInventory` reports: the groups of its devices, the figures that are less than the
//! truth, and what its conditions say.

use std::collections::BTreeSet;

use inventory_common::Unknown;
use inventory_common::resource::{
    Condition, ConditionStatus, ConditionType, GpuGroup, NodeInventory, NodeInventoryStatus,
};

use super::{LOOK, NodeReport, SOURCES, Trouble, ignorance, illness};

/// What is wrong with a device that the object names.
struct Finding {
    /// The figure that it is about.
    field: &'static str,
    /// The device; absent where there are too many to name.
    device: Option<String>,
    trouble: Trouble,
}

impl From<NodeInventory> for NodeReport {
    /// A device is named once, by the reason that says most: its state, what is unknown of it, what
    /// could not be read of it. A figure or a condition is told where nothing else tells of it.
    fn from(object: NodeInventory) -> Self {
        let status = object.status;
        let findings = findings(&status);
        let named: BTreeSet<&str> =
            findings.iter().filter_map(|finding| finding.device.as_deref()).collect();
        let fields: BTreeSet<&str> = findings.iter().map(|finding| finding.field).collect();
        let unread = unread(&status);
        let mut troubles = Vec::new();
        troubles.extend(unread.iter().filter(|unread| !unread.is_told(&named)).map(Trouble::from));
        troubles.extend(figures(&status, &fields, &unread));
        troubles.extend(conditions(&status, &fields, unread.is_empty()));
        let devices = findings.into_iter().map(|finding| finding.trouble);
        let troubles = devices.chain(troubles).collect();
        let notes = holds(&status, ConditionType::MatchesKubelet, ConditionStatus::False);
        let notes = notes.map(|differs| format!("differs from kubelet: {}", differs.message));
        Self { troubles, notes: notes.into_iter().collect(), node: status.node_data }
    }
}

fn findings(status: &NodeInventoryStatus) -> Vec<Finding> {
    let devices = &status.devices;
    let gpus = devices.gpus.iter().flat_map(gpu_findings);
    let disks = devices.disks.iter().filter(|group| group.size_bytes.is_none());
    let disks = disks.flat_map(|group| unknown("storage.size", &group.names));
    // A port in a known state adds nothing, and that is known.
    let ports = devices.ports.iter();
    let ports = ports.filter(|group| group.speed_mbps.is_none() && group.state.is_none());
    let ports = ports.flat_map(|group| unknown(BANDWIDTH, &group.names));
    gpus.chain(disks).chain(ports).collect()
}

/// The figure that stands for both directions.
const BANDWIDTH: &str = "network.txBandwidth";

fn gpu_findings(group: &GpuGroup) -> Vec<Finding> {
    let GpuGroup { count, names, model, memory_mib, state, health, .. } = group;
    let ill = |name: &str| illness(name, *state, *health);
    let finding = |device: Option<String>, trouble| Finding { field: GPUS, device, trouble };
    let ills: Vec<Finding> = if names.is_empty() {
        ill(&format!("{count} x {model}"))
            .map(|trouble| finding(None, trouble))
            .into_iter()
            .collect()
    } else {
        names.iter().filter_map(|name| Some(finding(Some(name.clone()), ill(name)?))).collect()
    };
    if ills.is_empty() && memory_mib.is_none() { unknown(GPUS, names) } else { ills }
}

/// The figure by which GPUs are unknown.
const GPUS: &str = "gpus.memory";

/// The figure lacks these devices' parts.
fn unknown(field: &'static str, names: &[String]) -> Vec<Finding> {
    let finding = |device: Option<String>| {
        let unknown = Unknown { field: field.to_owned(), device };
        let trouble = ignorance(&unknown)?;
        Some(Finding { field, device: unknown.device, trouble })
    };
    if names.is_empty() {
        return finding(None).into_iter().collect();
    }
    names.iter().filter_map(|name| finding(Some(name.clone()))).collect()
}

/// A probe that is not whole, as the condition `Complete` tells of it.
struct Unread<'a> {
    probe: &'a str,
    text: String,
}

impl Unread<'_> {
    /// Whether each of its faults is of a device that is named already.
    fn is_told(&self, named: &BTreeSet<&str>) -> bool {
        let device = |fault: &str| {
            let (name, _) = fault.strip_prefix('\'')?.split_once("': ")?;
            named.contains(name).then_some(())
        };
        let faults = self.text.split_once(": ").map(|(_, faults)| faults);
        faults.is_some_and(|faults| faults.split(", ").all(|fault| device(fault).is_some()))
    }

    /// Whether it is why a figure is unknown.
    fn explains(&self, field: &str) -> bool {
        let word = field.split('.').next();
        let mut sources = SOURCES.iter().filter(|(first, _)| word == Some(first));
        sources.any(|(_, names)| names.iter().any(|name| name.as_str() == self.probe))
    }
}

impl From<&Unread<'_>> for Trouble {
    fn from(unread: &Unread) -> Self {
        Self::new(unread.text.as_str(), LOOK)
    }
}

fn unread(status: &NodeInventoryStatus) -> Vec<Unread<'_>> {
    let complete = holds(status, ConditionType::Complete, ConditionStatus::False);
    let mut unread: Vec<Unread> = Vec::new();
    for part in complete.map_or("", |complete| &complete.message).split("; ") {
        let probe = part.split_once(" is ").map(|(probe, _)| probe);
        let is_probe = |probe: &&str| probe.chars().all(|c| c.is_ascii_lowercase());
        match (probe.filter(is_probe), unread.last_mut()) {
            (Some(probe), _) => unread.push(Unread { probe, text: part.to_owned() }),
            (None, Some(last)) => last.text = format!("{}; {part}", last.text),
            (None, None) if part.is_empty() => {}
            (None, None) => unread.push(Unread { probe: "", text: part.to_owned() }),
        }
    }
    unread
}

/// The figures that are less than the truth, of which nothing else tells.
fn figures(status: &NodeInventoryStatus, told: &BTreeSet<&str>, unread: &[Unread]) -> Vec<Trouble> {
    let unknowns = status.unknowns.iter().filter(|field| {
        let field = if *field == "network.rxBandwidth" { BANDWIDTH } else { field };
        !told.contains(field) && !unread.iter().any(|unread| unread.explains(field))
    });
    let trouble = |field: &String| ignorance(&Unknown { field: field.clone(), device: None });
    unknowns.filter_map(trouble).collect()
}

/// What conditions must say of a node of which all is known, and the figure by which devices tell
/// why they do not.
const GOOD: [(ConditionType, ConditionStatus, Option<&str>); 3] = [
    (ConditionType::GPUsHealthy, ConditionStatus::True, Some(GPUS)),
    (ConditionType::SpeedsKnown, ConditionStatus::True, Some(BANDWIDTH)),
    (ConditionType::Contested, ConditionStatus::False, None),
];

/// The conditions that are bad, of which nothing else tells.
fn conditions(status: &NodeInventoryStatus, told: &BTreeSet<&str>, all_read: bool) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    if all_read && !status.is(ConditionType::Complete) {
        troubles.push(Trouble::new(
            "nobody says that everything was read (condition Complete)",
            "an agent writes it; see why the node's does not",
        ));
    }
    for (kind, good, field) in GOOD {
        let bad = status.condition(kind).filter(|condition| {
            condition.status != good && !field.is_some_and(|field| told.contains(field))
        });
        let message =
            |bad: &Condition<ConditionType>| format!("{}: {}", kind.as_str(), bad.message);
        troubles.extend(bad.map(|bad| Trouble::new(message(bad), LOOK)));
    }
    troubles
}

/// The condition, where it has this status.
fn holds(
    status: &NodeInventoryStatus,
    kind: ConditionType,
    wanted: ConditionStatus,
) -> Option<&Condition<ConditionType>> {
    status.condition(kind).filter(|condition| condition.status == wanted)
}
