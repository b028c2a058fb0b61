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

/// What a condition must say of a node of which all is known.
struct Good {
    kind: ConditionType,
    status: ConditionStatus,
    /// The figure by which devices tell why it says otherwise.
    field: Option<&'static str>,
    /// What to do where it says otherwise and no device tells why.
    remedy: &'static str,
}

const GOOD: [Good; 3] = [
    Good {
        kind: ConditionType::GPUsHealthy,
        status: ConditionStatus::True,
        field: Some(GPUS),
        remedy: LOOK,
    },
    Good {
        kind: ConditionType::SpeedsKnown,
        status: ConditionStatus::True,
        field: Some(BANDWIDTH),
        remedy: LOOK,
    },
    Good {
        kind: ConditionType::Contested,
        status: ConditionStatus::False,
        field: None,
        remedy: "until then the figures may not be the agent's",
    },
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
    for Good { kind, status: good, field, remedy } in GOOD {
        let bad = status.condition(kind).filter(|condition| {
            condition.status != good && !field.is_some_and(|field| told.contains(field))
        });
        let message =
            |bad: &Condition<ConditionType>| format!("{}: {}", kind.as_str(), bad.message);
        troubles.extend(bad.map(|bad| Trouble::new(message(bad), remedy)));
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

#[cfg(test)]
mod tests {
    use inventory_common::resource::{Conditions, DiskGroup, PortGroup};
    use inventory_common::{GpuHealth, GpuState, PortState};
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
    use serde_json::{Value, json};

    use super::*;
    use crate::cluster::report::tests::{node, says};

    const CONDITIONS: [&str; 5] =
        ["Complete", "GPUsHealthy", "SpeedsKnown", "MatchesKubelet", "Contested"];

    /// The object of a node of which all is known.
    fn object() -> NodeInventory {
        let condition = |kind: &str| -> Value {
            let status = if kind == "Contested" { "False" } else { "True" };
            json!({
                "type": kind, "status": status, "reason": "Said", "message": "all is well",
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            })
        };
        let status = json!({ "nodeData": node(), "conditions": CONDITIONS.map(condition) });
        let status = serde_json::from_value(status).unwrap();
        NodeInventory::new(ObjectMeta::default(), status)
    }

    fn report(change: impl FnOnce(&mut NodeInventoryStatus)) -> NodeReport {
        let mut object = object();
        change(&mut object.status);
        object.into()
    }

    fn troubles(change: impl FnOnce(&mut NodeInventoryStatus)) -> Vec<String> {
        report(change).troubles.iter().map(ToString::to_string).collect()
    }

    fn say(status: &mut NodeInventoryStatus, kind: ConditionType, is: ConditionStatus, text: &str) {
        let mut condition = status.condition(kind).unwrap().clone();
        (condition.status, condition.message) = (is, text.to_owned());
        status.conditions.replace(condition);
    }

    fn incomplete(status: &mut NodeInventoryStatus, text: &str) {
        say(status, ConditionType::Complete, ConditionStatus::False, text);
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn gpus(devices: &[&str], state: Option<GpuState>, health: Option<GpuHealth>) -> GpuGroup {
        GpuGroup {
            count: 2,
            names: names(devices),
            model: "H100".to_owned(),
            memory_mib: None,
            unified: false,
            state,
            health,
        }
    }

    fn disks(devices: &[&str]) -> DiskGroup {
        DiskGroup { count: 2, names: names(devices), size_bytes: None }
    }

    fn ports(devices: &[&str], state: Option<PortState>) -> PortGroup {
        PortGroup { count: 2, names: names(devices), speed_mbps: None, state }
    }

    #[test]
    fn a_whole_object_has_no_trouble() {
        assert_eq!(report(|_| ()), NodeReport { node: node(), troubles: vec![], notes: vec![] });
    }

    #[test]
    fn a_gpu_that_is_not_well_is_told_once_whatever_else_speaks_of_it() {
        let lost = troubles(|status| {
            status.devices.gpus = vec![gpus(&["0000:65:00.0"], Some(GpuState::GpuLost), None)];
            status.unknowns = names(&["gpus.memory", "gpus.features"]);
            incomplete(status, "gpu is partial: '0000:65:00.0': nvmlDeviceGetMemoryInfo lost");
            say(status, ConditionType::GPUsHealthy, ConditionStatus::False, "'0000:65:00.0': x");
        });
        says(&lost, &["GPU '0000:65:00.0' is gpu-lost, "]);
        let ill = troubles(|status| {
            let health = Some(GpuHealth::RowRemapPending);
            status.devices.gpus = vec![gpus(&["a", "b"], None, health)];
        });
        says(&ill, &["GPU 'a' is not well: ", "GPU 'b' is not well: "]);
        let nameless = troubles(|status| {
            status.devices.gpus = vec![gpus(&[], Some(GpuState::GpuLost), None)];
        });
        says(&nameless, &["GPU '2 x H100' is gpu-lost, "]);
    }

    #[test]
    fn what_is_unknown_of_a_device_is_told_by_its_name() {
        let unknown = troubles(|status| {
            status.devices.gpus = vec![gpus(&["0000:65:00.0"], None, Some(GpuHealth::Ok))];
            status.devices.disks = vec![disks(&["sda", "sdb"])];
            status.devices.ports =
                vec![ports(&["eth0"], None), ports(&["eth1"], Some(PortState::NoLink))];
            let fields = ["gpus.memory", "storage.size", BANDWIDTH, "network.rxBandwidth"];
            status.unknowns = names(&fields);
            say(status, ConditionType::SpeedsKnown, ConditionStatus::False, "'eth0': state it");
        });
        let starts = [
            "the memory of GPU '0000:65:00.0' is unknown: state --gpu-memory",
            "the size of disk 'sda' is unknown: ",
            "the size of disk 'sdb' is unknown: ",
            "the link speed of 'eth0' is unknown: state --link-speed eth0=MBPS",
        ];
        says(&unknown, &starts);
    }

    #[test]
    fn what_could_not_be_read_is_told_unless_all_of_it_is_named_already() {
        let partial = |text: &str| {
            let text = text.to_owned();
            troubles(move |status| {
                status.devices.disks = vec![disks(&["sda"])];
                status.unknowns = names(&["storage.size", "network.interfaces", "memory"]);
                incomplete(status, &text);
            })
        };
        let (sda, memory) = ("the size of disk 'sda' is unknown: ", "memory is unknown: ");
        let net = "net is partial: 'eth1': sys/class/net/eth1/type malformed";
        let both = format!("block is partial: 'sda': sys/block/sda/size EIO; {net}; again");
        says(&partial(&both), &[sda, &format!("{net}; again: see "), memory]);
        let more = format!("block is partial: 'sda': sys/block/sda/size EIO, sys/block EIO; {net}");
        says(&partial(&more), &[sda, "block is partial: 'sda': sys/block/sda", net, memory]);
        let other = format!("block is partial: 'sdb': sys/block/sdb EIO; {net}");
        says(&partial(&other), &[sda, "block is partial: 'sdb': ", net, memory]);
    }

    #[test]
    fn a_figure_that_nothing_else_explains_is_told_by_itself() {
        let lone = troubles(|status| status.unknowns = names(&["network.rxBandwidth", "swap"]));
        says(&lone, &["network.rxBandwidth is unknown: ", "swap is unknown: "]);
        let crowded = troubles(|status| {
            status.unknowns = names(&["storage.size"]);
            status.devices.disks = vec![disks(&[])];
        });
        says(&crowded, &["storage.size is unknown: "]);
    }

    #[test]
    fn a_condition_that_is_bad_is_trouble_where_no_device_tells_why() {
        let bad = troubles(|status| {
            say(status, ConditionType::GPUsHealthy, ConditionStatus::False, "'x': gpu-lost");
            say(status, ConditionType::SpeedsKnown, ConditionStatus::Unknown, "who knows");
            say(status, ConditionType::Contested, ConditionStatus::True, "'kubectl' keeps on");
        });
        let starts =
            ["GPUsHealthy: 'x': gpu-lost: ", "SpeedsKnown: who knows: ", "Contested: 'kubectl'"];
        says(&bad, &starts);
        let odd = troubles(|status| incomplete(status, "Something else"));
        says(&odd, &["Something else: "]);
    }

    #[test]
    fn an_object_that_does_not_say_that_all_was_read_is_not_whole() {
        let start = "nobody says that everything was read (condition Complete): ";
        says(&troubles(|status| status.conditions = Conditions::default()), &[start]);
        let unknown = troubles(|status| {
            say(status, ConditionType::Complete, ConditionStatus::Unknown, "");
        });
        says(&unknown, &[start]);
        says(&troubles(|status| incomplete(status, "")), &[start]);
    }

    #[test]
    fn that_kubelet_differs_is_told_and_no_trouble() {
        let report = report(|status| {
            let text = "cpu: here 4, kubelet says 8";
            say(status, ConditionType::MatchesKubelet, ConditionStatus::False, text);
        });
        assert_eq!(report.notes, ["differs from kubelet: cpu: here 4, kubelet says 8"]);
        assert_eq!(report.troubles, []);
    }
}
