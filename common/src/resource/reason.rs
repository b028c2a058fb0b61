//! The words for why a condition is as it is, each with what it means and what to do: whoever writes a
//! condition takes its reason from here, and so does whoever explains it.

use super::{ConditionType, OnboardingConditionType};

macro_rules! reasons {
    (
        $(#[doc = $about:literal])+ $reasons:ident of $kind:ident;
        $($(#[doc = $doc:literal])+ $name:ident of $($of:ident),+: $remedy:literal;)+
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $reasons {
            $($(#[doc = $doc])+ $name,)+
        }

        impl $reasons {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The reason as it is written: one word of letters.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// The conditions that may have it.
            #[must_use]
            pub const fn conditions(self) -> &'static [$kind] {
                match self { $(Self::$name => &[$($kind::$of,)+],)+ }
            }

            /// What it means, in one line.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// What to do about it, in one line; empty where there is nothing to do.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)+ }
            }
        }
    };
}

reasons! {
    /// Why a condition of a node's inventory is as it is. What is wrong with a GPU has the words of
    /// [`crate::GpuState`] and [`crate::GpuHealth`] beside these.
    NodeReason of ConditionType;

    /// everything that the rules need was read
    AllRead of Complete: "";
    /// something could not be read, and the message says what and why
    Partial of Complete: "inventory-agent --dump --explain on the node shows what was read; mend what the message names, or state the figure";
    /// every GPU answers, and nothing is known against any; also where there are none
    Healthy of GPUsHealthy: "";
    /// every port with a link has a known speed
    AllKnown of SpeedsKnown: "";
    /// a port has a link and tells no speed, as virtio, ENA and other virtual cards do
    SpeedUnknown of SpeedsKnown: "state it with --link-speed NAME=MBPS (chart: gpuNodes.linkSpeeds, otherNodes.linkSpeeds)";
    /// kubelet says the same of CPUs, memory, swap and GPUs
    Same of MatchesKubelet: "";
    /// kubelet says something else, and the message has both figures
    Different of MatchesKubelet: "kubelet says what it saw when it started: restart it; a GPU that it lacks is its device plugin's to tell";
    /// the Node's status could not be read yet
    NotCompared of MatchesKubelet: "wait; if it stays, see that the agent may get its Node (its log says why it could not)";
    /// nobody else changes what the agent writes
    Undisputed of Contested: "";
    /// somebody else keeps changing what the agent writes, and the message says who
    ChangedAgain of Contested: "let one of the two stop; the agent goes on trying, less and less often";
}

reasons! {
    /// Why a condition of a cluster's onboarding is as it is.
    OnboardingReason of OnboardingConditionType;

    /// every expected node is there and fully known
    Complete of Covered: "";
    /// a node is missing, not fresh, not fully known, or its id is not its label; the message names it
    Incomplete of Covered: "do what the message says of each node; kubectl get nodeinventories shows the rest";
    /// AIOS has the cluster
    Accepted of Submitted: "";
    /// AIOS has the cluster, and stored something else than it was sent
    Rewritten of Submitted: "compare with inventory-aggregator diff; who runs the network knows which policy rewrites";
    /// spec.submit is Manual: nothing is written, and AIOS's copy is only compared where there is one
    Manual of Submitted, InSync: "inventory-aggregator submit, or set spec.submit to WhenComplete";
    /// a cluster is submitted once every expected node is there and fully known
    NotCovered of Submitted, InSync: "see the condition Covered";
    /// AIOS has a cluster of this id that shares no node with this one
    IdTaken of Submitted, InSync: "take another spec.id; if it is the same cluster, inventory-aggregator submit --adopt says so";
    /// AIOS had the cluster and has it no more: somebody deleted it there
    Withdrawn of Submitted, InSync: "inventory-aggregator submit registers it again, if that is wanted";
    /// a submission in pieces, of a cluster too large for one, is under way
    InPieces of Submitted, InSync: "wait; what AIOS has already is not sent twice";
    /// the document would not be accepted, or the nodes cannot be summed
    Invalid of Submitted, InSync: "mend in the ClusterOnboarding what the message names";
    /// where AIOS is to be reached is not said, or not as an address
    NoAddress of Submitted, InSync: "say spec.parser and spec.gateway in the ClusterOnboarding, or give the aggregator --parser and --gateway";
    /// the Secret with the command by which a node joins cannot be read
    NoJoinCommand of Submitted, InSync: "make the Secret that spec.joinCommandSecret names, in the aggregator's namespace, and let it be read (chart: aggregator.joinCommandSecret)";
    /// AIOS refused what it was sent
    Refused of Submitted, InSync: "the message has its words; where it says none, who runs the network sees it in the registry's log";
    /// AIOS said that it was done, and its copy says otherwise
    NotKept of Submitted, InSync: "it is tried again; if it stays, somebody else writes to AIOS's registry, or it is broken";
    /// a piece of the document is larger than AIOS takes
    TooLarge of Submitted, InSync: "shorten what is your own in it: spec.clusterMetadata, spec.config, spec.tags";
    /// writing was stopped before its end, as where the aggregator is told to end; the message says why
    Stopped of Submitted, InSync: "do what the message says; what was begun is finished later";
    /// AIOS could not be asked, or made no sense
    Unreachable of Submitted, InSync: "it is tried again by itself; the message says what AIOS or the network said";
    /// AIOS says what is true
    Equal of InSync: "";
    /// AIOS's copy says something else, and it is not the controller's to change, or will be put right soon
    Different of InSync: "inventory-aggregator diff shows each value";
    /// a node stays out of AIOS's copy: it is cordoned and AIOS dropped it, or the network does not want it
    LeftOut of InSync: "uncordon the node if it should be there; the message has the reason";
    /// somebody else changes AIOS's copy again and again, and a part of it is left for a while
    Contested of InSync: "see what else writes to AIOS's registry; it is put back more and more rarely";
    /// more nodes are gone than are removed at once without a person's word
    RemovalsHeld of InSync: "see the condition RemovalsHeld";
    /// nobody else changes what the controller writes
    Undisputed of Contested: "";
    /// somebody else keeps changing what the controller writes to AIOS
    PutBackAgain of Contested: "see what else writes to AIOS's registry, and let one of the two stop";
    /// no node waits to be removed from AIOS's copy for a person's word
    NothingHeld of RemovalsHeld: "";
    /// too many nodes are gone at once: more than one in ten, and more than spec.allowRemovals beyond that
    TooMany of RemovalsHeld: "if they are gone for good, set spec.allowRemovals to what the message says; else see why their Nodes are gone";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_a_line(name: &str, texts: [&str; 2]) {
        for text in texts {
            assert!(text == text.trim() && !text.contains('\n'), "{name}");
        }
        assert!(!texts.concat().is_empty(), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
    }

    #[test]
    fn each_is_a_word_with_a_line_for_its_meaning() {
        for reason in NodeReason::ALL {
            is_a_line(reason.as_str(), [reason.meaning(), reason.remedy()]);
        }
        for reason in OnboardingReason::ALL {
            is_a_line(reason.as_str(), [reason.meaning(), reason.remedy()]);
        }
    }

    #[test]
    fn every_condition_has_a_reason() {
        for kind in ConditionType::ALL {
            let mut reasons = NodeReason::ALL.iter();
            assert!(reasons.any(|reason| reason.conditions().contains(kind)), "{kind:?}");
        }
        for kind in OnboardingConditionType::ALL {
            let mut reasons = OnboardingReason::ALL.iter();
            assert!(reasons.any(|reason| reason.conditions().contains(kind)), "{kind:?}");
        }
    }
}
