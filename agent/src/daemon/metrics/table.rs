//! Every metric of the agent's.

use std::time::Duration;

use inventory_common::metrics::{Metric, Sample, reasons, single, statuses};
use inventory_common::{Outcome, ProbeName};

use super::super::writing::{Reason, Target};
use super::Known;
use super::hardware::{figure, gpu_count, gpu_memory, gpus_seen};

/// The labels that all of them have.
pub const LABELS: [&str; 1] = ["node"];

const UNREAD: &str = "while unknown";
const UNJUDGED: &str = "before the first report";

/// Every metric.
pub const METRICS: [Metric<Known>; 24] = [
    Metric {
        name: "aios_inventory_gpu_count",
        labels: &["model"],
        help: "GPUs of a model that count",
        absent: "without GPUs, and while their number is unknown",
        samples: gpu_count,
    },
    Metric {
        name: "aios_inventory_gpu_memory_bytes",
        labels: &["model"],
        help: "Memory of the GPUs of a model together",
        absent: "where the memory of one of them is unknown",
        samples: gpu_memory,
    },
    Metric {
        name: "aios_inventory_gpus_expected",
        labels: &[],
        help: "GPUs that count, whether or not they answer",
        absent: UNREAD,
        samples: |known| figure(known, "gpus.count"),
    },
    Metric {
        name: "aios_inventory_gpus_seen",
        labels: &[],
        help: "GPUs that count and answer",
        absent: UNREAD,
        samples: gpus_seen,
    },
    Metric {
        name: "aios_inventory_gpus_memory_bytes",
        labels: &[],
        help: "Memory of all GPUs that count",
        absent: UNREAD,
        samples: |known| figure(known, "gpus.memory"),
    },
    Metric {
        name: "aios_inventory_vcpus",
        labels: &[],
        help: "Logical CPUs that are online",
        absent: UNREAD,
        samples: |known| figure(known, "vcpus.count"),
    },
    Metric {
        name: "aios_inventory_memory_bytes",
        labels: &[],
        help: "Main memory without what is the GPUs', in whole MiB",
        absent: UNREAD,
        samples: |known| figure(known, "memory"),
    },
    Metric {
        name: "aios_inventory_swap_bytes",
        labels: &[],
        help: "Swap space, in whole MiB",
        absent: UNREAD,
        samples: |known| figure(known, "swap"),
    },
    Metric {
        name: "aios_inventory_storage_disks",
        labels: &[],
        help: "Disks that count",
        absent: UNREAD,
        samples: |known| figure(known, "storage.disks"),
    },
    Metric {
        name: "aios_inventory_storage_bytes",
        labels: &[],
        help: "Size of the disks that count, in whole MiB",
        absent: UNREAD,
        samples: |known| figure(known, "storage.size"),
    },
    Metric {
        name: "aios_inventory_network_interfaces",
        labels: &[],
        help: "Network ports that count",
        absent: UNREAD,
        samples: |known| figure(known, "network.interfaces"),
    },
    Metric {
        name: "aios_inventory_network_transmit_speed_bytes",
        labels: &[],
        help: "Link speeds of the ports that count, sending, in bytes per second",
        absent: UNREAD,
        samples: |known| figure(known, "network.txBandwidth"),
    },
    Metric {
        name: "aios_inventory_network_receive_speed_bytes",
        labels: &[],
        help: "Link speeds of the ports that count, receiving, in bytes per second",
        absent: UNREAD,
        samples: |known| figure(known, "network.rxBandwidth"),
    },
    Metric {
        name: "aios_inventory_condition",
        labels: &["type", "status"],
        help: "1 for the status that a condition of the NodeInventory has, 0 for the others",
        absent: UNJUDGED,
        samples: |known| statuses(&known.conditions),
    },
    Metric {
        name: "aios_inventory_condition_reason",
        labels: &["type", "reason"],
        help: "1 for the reason of a condition of the NodeInventory",
        absent: UNJUDGED,
        samples: |known| reasons(&known.conditions),
    },
    Metric {
        name: "aios_inventory_agent_build_info",
        labels: &["version"],
        help: "1, with the agent's version",
        absent: "",
        samples: |_| vec![Sample::new([env!("CARGO_PKG_VERSION")], true)],
    },
    Metric {
        name: "aios_inventory_agent_ready",
        labels: &["part"],
        help: "1 for each part of the agent's work that is well, 0 where it is in trouble",
        absent: "",
        samples: |known| {
            let parts = known.parts.iter();
            parts.map(|(part, is_well)| Sample::new([part.as_str()], *is_well)).collect()
        },
    },
    Metric {
        name: "aios_inventory_agent_probe_outcome",
        labels: &["probe", "outcome"],
        help: "1 for how a probe went last, 0 for the other outcomes",
        absent: "before the first reading",
        samples: outcomes,
    },
    Metric {
        name: "aios_inventory_agent_probe_duration_seconds",
        labels: &["probe"],
        help: "How long a probe took last",
        absent: "before the first reading",
        samples: durations,
    },
    Metric {
        name: "aios_inventory_agent_reading_interval_seconds",
        labels: &[],
        help: "From the start of one reading to that of the next",
        absent: "",
        samples: |known| single(Some(known.interval_seconds)),
    },
    Metric {
        name: "aios_inventory_agent_last_reading_timestamp_seconds",
        labels: &[],
        help: "When the host was read last",
        absent: "before the first reading",
        samples: |known| single(known.reading.as_ref().map(|read| read.at_seconds)),
    },
    Metric {
        name: "aios_inventory_agent_last_write_timestamp_seconds",
        labels: &[],
        help: "When something was written to the cluster last",
        absent: "before the first write",
        samples: |known| single(known.last_write_seconds),
    },
    Metric {
        name: "aios_inventory_agent_writes_total",
        labels: &["object", "reason"],
        help: "Writes to the API server, by what made them necessary",
        absent: "",
        samples: writes,
    },
    Metric {
        name: "aios_inventory_agent_api_errors_total",
        labels: &["kind"],
        help: "Requests to the API server that failed",
        absent: "before the first of its kind",
        samples: |known| {
            let errors = known.api_errors.iter();
            errors.map(|(kind, count)| Sample::new([*kind], *count)).collect()
        },
    },
];

fn outcomes(known: &Known) -> Vec<Sample> {
    let probes = known.reading.iter().flat_map(|read| &read.inventory.probes);
    let each = probes.flat_map(|probe| {
        Outcome::ALL.map(|outcome| {
            let labels = [probe.name.as_str(), outcome.as_str()];
            Sample::new(labels, probe.outcome == outcome)
        })
    });
    each.collect()
}

fn durations(known: &Known) -> Vec<Sample> {
    let durations = known.reading.iter().flat_map(|read| &read.durations);
    let sample = |(name, duration): &(ProbeName, Duration)| {
        Sample::new([name.as_str()], duration.as_secs_f64())
    };
    durations.map(sample).collect()
}

/// One for each kind of write, also where there was none yet: the first is an increase then.
fn writes(known: &Known) -> Vec<Sample> {
    let each = Target::ALL.into_iter().flat_map(|target| {
        Reason::ALL.map(|reason| {
            let count = known.writes.get(&(target, reason)).copied().unwrap_or_default();
            Sample::new([target.as_str(), reason.as_str()], count)
        })
    });
    each.collect()
}
