//! The conditions of a node's inventory, and their reasons.

use inventory_common::resource::{ConditionType, NodeReason};

use super::topic::{Group, Told, Topic};

pub fn topics() -> Vec<Topic> {
    let condition = |it: &ConditionType| Topic::new(Group::NodeCondition, it.as_str(), told(*it));
    let conditions = ConditionType::ALL.iter().map(condition);
    conditions.chain(NodeReason::ALL.iter().copied().map(reason)).collect()
}

fn reason(reason: NodeReason) -> Topic {
    let (meaning, remedy) = (reason.meaning(), reason.remedy());
    let told =
        Told { meaning, source: "the agent: status.conditions of the NodeInventory", remedy };
    let of = reason.conditions().iter().map(|condition| condition.as_str());
    Topic::new(Group::NodeReason, reason.as_str(), told).of(of)
}

const fn told(condition: ConditionType) -> Told {
    match condition {
        ConditionType::Complete => Told {
            meaning: "everything that the rules need was read; only such a node is told to AIOS",
            source: "the probes' outcomes: each complete or absent",
            remedy: "where it is false the message has each fault",
        },
        ConditionType::GPUsHealthy => Told {
            meaning: "every counted GPU answers, and nothing is known against it; true without GPUs",
            source: "the states of GPUs (explain gpu-lost and so on) and what NVML tells of them",
            remedy: "where it is false the reason is a GPU state or health written as one word (gpu-lost is GpuLost): explain it",
        },
        ConditionType::SpeedsKnown => Told {
            meaning: "every counted port with a link has a known speed",
            source: "/sys/class/net/NAME/speed, /sys/class/infiniband/NAME/ports/N/rate, or --link-speed",
            remedy: "where it is false: --link-speed NAME=MBPS",
        },
        ConditionType::MatchesKubelet => Told {
            meaning: "CPUs, memory, swap and GPUs are what kubelet reports of the Node",
            source: "status.capacity and status.nodeInfo of the Node",
            remedy: "where it is false the message has both figures; kubelet reports what it saw when it started",
        },
        ConditionType::Contested => Told {
            meaning: "somebody else keeps changing what the agent writes (the label nodeID, the annotation gpu.aios/info, the NodeInventory), and it waits longer each time",
            source: "managedFields of the Node and of the NodeInventory",
            remedy: "where it is true: let one of the two stop",
        },
    }
}
