//! What a person should see of a node's inventory, as conditions.

use inventory_common::resource::{Condition, ConditionStatus, ConditionType, NodeReason};
use inventory_common::{Gpu, GpuHealth, Inventory};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::kubelet::Kubelet;
use crate::show::plain;

/// The longest message; the inventory itself has the rest.
const MAX_MESSAGE: usize = 512;

/// What conditions are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// What kubelet says of the same node; absent where nobody could ask yet.
    pub kubelet: Option<&'a Kubelet>,
    /// Who keeps changing what the agent writes; absent where nobody does.
    pub rival: Option<&'a str>,
}

/// Status, reason and message of a condition.
type Judgement = (ConditionStatus, &'static str, String);

type Judge = fn(&Grounds) -> Judgement;

/// Every condition and how it is judged.
const JUDGES: [(ConditionType, Judge); 5] = [
    (ConditionType::Complete, complete),
    (ConditionType::GPUsHealthy, gpus_healthy),
    (ConditionType::SpeedsKnown, speeds_known),
    (ConditionType::MatchesKubelet, matches_kubelet),
    (ConditionType::Contested, contested),
];

/// The conditions as of `now`; one whose status is that of `former` keeps its time.
#[must_use]
pub fn judge(
    grounds: &Grounds,
    former: &[Condition<ConditionType>],
    now: &Time,
) -> Vec<Condition<ConditionType>> {
    let judged = JUDGES.iter().map(|&(kind, judge)| {
        let (status, reason, message) = judge(grounds);
        let same = former.iter().find(|former| former.kind == kind && former.status == status);
        let last_transition_time = same.map_or(now, |same| &same.last_transition_time).clone();
        let reason = reason.to_owned();
        Condition { kind, status, reason, message: shortened(&message), last_transition_time }
    });
    judged.collect()
}

fn complete(grounds: &Grounds) -> Judgement {
    let probes = grounds.inventory.probes.iter().filter(|probe| !probe.outcome.is_whole());
    let faults: Vec<String> = probes
        .map(|probe| {
            let faults = probe.faults.iter().map(|fault| {
                let device = fault.device.as_ref().map(|name| format!("'{name}': "));
                format!("{}{} {}", device.unwrap_or_default(), fault.path, fault.message)
            });
            let faults = faults.collect::<Vec<_>>().join(", ");
            format!("{} is {}: {faults}", probe.name.as_str(), probe.outcome.as_str())
        })
        .collect();
    told(&faults, NodeReason::AllRead, "everything was read", NodeReason::Partial.as_str())
}

fn gpus_healthy(grounds: &Grounds) -> Judgement {
    let gpus = grounds.inventory.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted());
    let ill: Vec<(&'static str, String)> = gpus.clone().filter_map(illness).collect();
    let messages: Vec<String> = ill.iter().map(|(_, message)| message.clone()).collect();
    let reason = ill.first().map_or(NodeReason::Healthy.as_str(), |(reason, _)| reason);
    let well = if gpus.count() == 0 { "there are no GPUs" } else { "every GPU answers" };
    told(&messages, NodeReason::Healthy, well, reason)
}

/// What is wrong with a GPU, as reason and message.
fn illness(gpu: &Gpu) -> Option<(&'static str, String)> {
    if let Some(state) = gpu.state {
        return Some((state.reason(), format!("'{}': {state}: {}", gpu.name, state.remedy())));
    }
    let health = gpu.health.filter(|health| *health != GpuHealth::Ok)?;
    Some((health.reason(), format!("'{}': {}", gpu.name, health.meaning())))
}

fn speeds_known(grounds: &Grounds) -> Judgement {
    let ports = grounds.inventory.devices.ports.iter();
    let unknown = ports.filter(|port| port.verdict.is_counted() && port.speed_mbps.is_none());
    let unknown: Vec<String> = unknown.map(|port| format!("'{}'", port.name)).collect();
    let message =
        |names: &[String]| format!("{}: state it with --link-speed NAME=MBPS", names.join(", "));
    let unknown = if unknown.is_empty() { Vec::new() } else { vec![message(&unknown)] };
    let well = "every port with a link has a known speed";
    told(&unknown, NodeReason::AllKnown, well, NodeReason::SpeedUnknown.as_str())
}

fn matches_kubelet(grounds: &Grounds) -> Judgement {
    let Some(kubelet) = grounds.kubelet else {
        let message = "the Node's status could not be read yet".to_owned();
        return (ConditionStatus::Unknown, NodeReason::NotCompared.as_str(), message);
    };
    let differences = kubelet.differences(grounds.inventory);
    let well = "what both know is the same";
    told(&differences, NodeReason::Same, well, NodeReason::Different.as_str())
}

fn contested(grounds: &Grounds) -> Judgement {
    match grounds.rival {
        None => {
            let message = "nobody else changes it".to_owned();
            (ConditionStatus::False, NodeReason::Undisputed.as_str(), message)
        }
        Some(rival) => {
            let message =
                format!("'{rival}' keeps changing what the agent writes: let one of the two stop");
            (ConditionStatus::True, NodeReason::ChangedAgain.as_str(), message)
        }
    }
}

/// True and `well` where there is no trouble, else false with all of it in one line.
fn told(
    trouble: &[String],
    reason_well: NodeReason,
    well: &str,
    reason: &'static str,
) -> Judgement {
    if trouble.is_empty() {
        (ConditionStatus::True, reason_well.as_str(), well.to_owned())
    } else {
        (ConditionStatus::False, reason, trouble.join("; "))
    }
}

/// The message without control characters, and no longer than people read.
fn shortened(message: &str) -> String {
    let message = plain(message);
    if message.chars().count() <= MAX_MESSAGE {
        return message.into_owned();
    }
    message.chars().take(MAX_MESSAGE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use inventory_common::sum::Readings;
    use inventory_common::{Cause, Fault, GpuState, Outcome};
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::report::sample;

    fn judged(change: impl FnOnce(&mut Readings), kubelet: Option<&Kubelet>) -> Vec<String> {
        let mut readings = sample::readings();
        change(&mut readings);
        let inventory = sample::summed(readings);
        let grounds = Grounds { inventory: &inventory, kubelet, rival: None };
        let conditions = judge(&grounds, &[], &Time(Timestamp::UNIX_EPOCH));
        let said = conditions.iter().map(|condition| {
            let Condition { kind, status, reason, message, .. } = condition;
            format!("{} {} {reason}: {message}", kind.as_str(), status.as_str())
        });
        said.collect()
    }

    #[test]
    fn every_condition_is_judged() {
        assert_eq!(JUDGES.map(|(kind, _)| kind), ConditionType::ALL);
    }

    #[test]
    fn a_node_in_order_says_so() {
        let kubelet = Kubelet { cpus: Some(32), ..Kubelet::default() };
        assert_eq!(
            judged(|_| {}, Some(&kubelet)),
            [
                "Complete True AllRead: everything was read",
                "GPUsHealthy True Healthy: every GPU answers",
                "SpeedsKnown True AllKnown: every port with a link has a known speed",
                "MatchesKubelet True Same: what both know is the same",
                "Contested False Undisputed: nobody else changes it",
            ]
        );
    }

    #[test]
    fn trouble_is_told_with_its_device_and_a_remedy() {
        let fault = Fault {
            device: Some("sda".to_owned()),
            path: "sys/block/sda/size".to_owned(),
            cause: Cause::Transient,
            message: "Input/output error".to_owned(),
        };
        let said = judged(
            |readings| {
                readings.probes[0].outcome = Outcome::Partial;
                readings.probes[0].faults.push(fault);
                readings.devices.gpus[0].state = Some(GpuState::GpuLost);
                readings.devices.ports[0].speed_mbps = None;
            },
            Some(&Kubelet { cpus: Some(16), memory_bytes: Some(64 << 30), ..Kubelet::default() }),
        );
        for (said, begins) in said.iter().zip([
            "Complete False Partial: cpu is partial: 'sda': sys/block/sda/size Input/output error",
            "GPUsHealthy False GpuLost: '0000:01:00.0': gpu-lost: look for Xid 79",
            "SpeedsKnown False SpeedUnknown: 'eth0': state it with --link-speed NAME=MBPS",
            "MatchesKubelet False Different: cpu: here 32, kubelet says 16",
        ]) {
            assert!(said.starts_with(begins), "{said}");
        }
    }

    #[test]
    fn kubelet_s_word_that_nobody_could_read_is_unknown() {
        let said = judged(|_| {}, None);
        assert!(said[3].starts_with("MatchesKubelet Unknown NotCompared"), "{}", said[3]);
    }

    #[test]
    fn a_message_is_short_and_has_no_control_characters() {
        let name = "\u{1b}".repeat(600);
        let said =
            judged(|readings| readings.devices.ports = vec![sample::port(&name, None)], None);
        let (_, message) = said[2].split_once(": ").unwrap();
        assert!(message.ends_with('…') && !message.contains('\u{1b}'), "{message}");
        assert_eq!(message.chars().count(), MAX_MESSAGE);
    }
}
