//! What became of a probe, and why something could not be read.

use inventory_common::{Cause, Outcome};

use super::topic::{Group, Told, Topic};

pub fn topics() -> Vec<Topic> {
    let outcome = |it: Outcome| Topic::new(Group::Outcome, it.as_str(), became(it));
    let cause = |it: Cause| Topic::new(Group::Cause, it.as_str(), caused(it));
    Outcome::ALL.map(outcome).into_iter().chain(Cause::ALL.map(cause)).collect()
}

/// Where outcomes and faults are to be found.
const PROBES: &str = "probes in inventory-agent --dump --detail";
const FAULTS: &str = "faults of probes in inventory-agent --dump --detail";

const fn became(outcome: Outcome) -> Told {
    match outcome {
        Outcome::Complete => {
            Told { meaning: "all that the rules need was read", source: PROBES, remedy: "" }
        }
        Outcome::Absent => Told {
            meaning: "the host has no such thing: its class folder does not exist; no failure, the figures are 0",
            source: PROBES,
            remedy: "if the host has such a thing: load its driver, and see that /sys is the host's",
        },
        Outcome::Partial => Told {
            meaning: "something could not be read, and all else is right; a figure that is less than the truth for it is named in unknowns",
            source: PROBES,
            remedy: "the faults say what and why; what cannot be read can be stated (--link-speed, --gpu-memory, --count, --not-counted)",
        },
        Outcome::Failed => Told {
            meaning: "the only source could not be read: its figures are unknown, and printed as 0 with their names in unknowns",
            source: PROBES,
            remedy: "the fault says why",
        },
    }
}

const fn caused(cause: Cause) -> Told {
    match cause {
        Cause::Absent => Told {
            meaning: "it is not there",
            source: FAULTS,
            remedy: "see that the host's own /sys and /proc are what is read (--root), and in a pod that they are mounted",
        },
        Cause::Forbidden => Told {
            meaning: "it is there, and this user may not read it",
            source: FAULTS,
            remedy: "run as root, let the agent read it, or state the figure",
        },
        Cause::Malformed => Told {
            meaning: "it is there, and says something that it should not",
            source: FAULTS,
            remedy: "inventory-agent capture FILE saves what was read, to be looked at or sent",
        },
        Cause::Timeout => Told {
            meaning: "it did not answer in time",
            source: FAULTS,
            remedy: "look for the device in the kernel log: a call that hangs is mostly a broken device or driver",
        },
        Cause::Transient => Told {
            meaning: "the device or the kernel failed; another try may succeed",
            source: FAULTS,
            remedy: "the daemon tries again by itself; if it stays, look for the device in the kernel log",
        },
    }
}
