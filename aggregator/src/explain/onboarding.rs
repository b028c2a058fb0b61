//! The conditions of a cluster's onboarding, and their reasons.

use inventory_common::resource::{OnboardingConditionType, OnboardingReason};

use super::topic::{Group, Told, Topic};

pub fn topics() -> Vec<Topic> {
    let condition = |it: &OnboardingConditionType| {
        Topic::new(Group::OnboardingCondition, it.as_str(), told(*it))
    };
    let conditions = OnboardingConditionType::ALL.iter().map(condition);
    conditions.chain(OnboardingReason::ALL.iter().copied().map(reason)).collect()
}

fn reason(reason: OnboardingReason) -> Topic {
    let (meaning, remedy) = (reason.meaning(), reason.remedy());
    let source = "inventory-aggregator run: status.conditions of the ClusterOnboarding";
    let of = reason.conditions().iter().map(|condition| condition.as_str());
    Topic::new(Group::OnboardingReason, reason.as_str(), Told { meaning, source, remedy }).of(of)
}

const fn told(condition: OnboardingConditionType) -> Told {
    match condition {
        OnboardingConditionType::Covered => Told {
            meaning: "every expected node is there, fresh and fully known, and its id is its label nodeID",
            source: "the NodeInventories, held against the Nodes that the agents' DaemonSets select and spec.nodeSelector",
            remedy: "where it is false the message names nodes, each with what to do",
        },
        OnboardingConditionType::Submitted => Told {
            meaning: "AIOS has the cluster",
            source: "what AIOS stores under spec.id",
            remedy: "where it is false explain its reason",
        },
        OnboardingConditionType::InSync => Told {
            meaning: "what AIOS has is what is true",
            source: "what AIOS stores under spec.id, held against the NodeInventories",
            remedy: "where it is false inventory-aggregator diff shows each value; where it is unknown AIOS could not be asked",
        },
        OnboardingConditionType::Contested => Told {
            meaning: "somebody else keeps changing what the controller writes to AIOS, and it waits longer each time",
            source: "what AIOS stores, looked at again and again",
            remedy: "where it is true: see what else writes to AIOS's registry",
        },
        OnboardingConditionType::RemovalsHeld => Told {
            meaning: "more nodes are gone than may be removed from AIOS's copy at once without a person's word: one in ten, and spec.allowRemovals beyond that",
            source: "the ids that AIOS stores, held against those of the Nodes",
            remedy: "where it is true: set spec.allowRemovals to what the message says, if they are gone for good",
        },
    }
}
