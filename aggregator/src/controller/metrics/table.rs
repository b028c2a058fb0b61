//! Every metric of the aggregator's.

use inventory_common::cluster::FIGURES;
use inventory_common::metrics::{Metric, Sample, in_base_units, reasons, single, statuses};
use inventory_common::resource::ConditionStatus;

use super::{Found, Known};

/// What the follower of another leaves to it, and what nobody wants to be known.
const FOLLOWS: &str = "of a replica that does not lead, and without a ClusterOnboarding";

/// Every metric.
pub const METRICS: [Metric<Known>; 26] = [
    Metric {
        name: "aios_inventory_cluster_nodes_expected",
        labels: &[],
        help: "Nodes that there should be",
        absent: FOLLOWS,
        samples: |known| single(found(known).map(|found| found.census.expected)),
    },
    Metric {
        name: "aios_inventory_cluster_nodes",
        labels: &["state"],
        help: "Nodes that there should be, each once, by how they stand",
        absent: FOLLOWS,
        samples: |known| {
            let states = found(known).into_iter().flat_map(|found| found.census.by_state);
            states.map(|(state, count)| Sample::new([state], count)).collect()
        },
    },
    Metric {
        name: "aios_inventory_cluster_nodes_not_counted",
        labels: &["reason"],
        help: "Nodes that do not count",
        absent: "where there is none",
        samples: |known| {
            let reasons = found(known).into_iter().flat_map(|found| &found.census.not_counted);
            reasons.map(|(reason, count)| Sample::new([*reason], *count)).collect()
        },
    },
    Metric {
        name: "aios_inventory_cluster_obstacles",
        labels: &[],
        help: "What stands in the way of the cluster's document",
        absent: FOLLOWS,
        samples: |known| single(found(known).map(|found| found.census.obstacles)),
    },
    Metric {
        name: "aios_inventory_cluster_gpus_expected",
        labels: &[],
        help: "GPUs of the nodes that are whole, whether or not they answer",
        absent: FOLLOWS,
        samples: |known| total(known, "gpus.count"),
    },
    Metric {
        name: "aios_inventory_cluster_gpus_memory_bytes",
        labels: &[],
        help: "Memory of these GPUs",
        absent: FOLLOWS,
        samples: |known| total(known, "gpus.memory"),
    },
    Metric {
        name: "aios_inventory_cluster_vcpus",
        labels: &[],
        help: "Logical CPUs of the nodes that are whole",
        absent: FOLLOWS,
        samples: |known| total(known, "vcpus.count"),
    },
    Metric {
        name: "aios_inventory_cluster_memory_bytes",
        labels: &[],
        help: "Main memory of the nodes that are whole",
        absent: FOLLOWS,
        samples: |known| total(known, "memory"),
    },
    Metric {
        name: "aios_inventory_cluster_swap_bytes",
        labels: &[],
        help: "Swap space of the nodes that are whole",
        absent: FOLLOWS,
        samples: |known| total(known, "swap"),
    },
    Metric {
        name: "aios_inventory_cluster_storage_disks",
        labels: &[],
        help: "Disks of the nodes that are whole",
        absent: FOLLOWS,
        samples: |known| total(known, "storage.disks"),
    },
    Metric {
        name: "aios_inventory_cluster_storage_bytes",
        labels: &[],
        help: "Size of these disks",
        absent: FOLLOWS,
        samples: |known| total(known, "storage.size"),
    },
    Metric {
        name: "aios_inventory_cluster_network_interfaces",
        labels: &[],
        help: "Network ports of the nodes that are whole",
        absent: FOLLOWS,
        samples: |known| total(known, "network.interfaces"),
    },
    Metric {
        name: "aios_inventory_cluster_network_transmit_speed_bytes",
        labels: &[],
        help: "Link speeds of these ports, sending, in bytes per second",
        absent: FOLLOWS,
        samples: |known| total(known, "network.txBandwidth"),
    },
    Metric {
        name: "aios_inventory_cluster_network_receive_speed_bytes",
        labels: &[],
        help: "Link speeds of these ports, receiving, in bytes per second",
        absent: FOLLOWS,
        samples: |known| total(known, "network.rxBandwidth"),
    },
    Metric {
        name: "aios_inventory_cluster_condition",
        labels: &["type", "status"],
        help: "1 for the status that a condition of the ClusterOnboarding has, 0 for the others",
        absent: FOLLOWS,
        samples: |known| {
            found(known).map(|found| statuses(&found.status.conditions)).unwrap_or_default()
        },
    },
    Metric {
        name: "aios_inventory_cluster_condition_reason",
        labels: &["type", "reason"],
        help: "1 for the reason of a condition of the ClusterOnboarding",
        absent: FOLLOWS,
        samples: |known| {
            found(known).map(|found| reasons(&found.status.conditions)).unwrap_or_default()
        },
    },
    Metric {
        name: "aios_inventory_cluster_differences",
        labels: &[],
        help: "Values of AIOS's copy that were not true at the last look, before any was put right",
        absent: "where AIOS's copy could not be compared at the last look",
        samples: |known| single(found(known).and_then(|found| found.differences)),
    },
    Metric {
        name: "aios_inventory_cluster_submission_timestamp_seconds",
        labels: &[],
        help: "When the last submission ended",
        absent: "before the first submission",
        samples: submission,
    },
    Metric {
        name: "aios_inventory_aggregator_build_info",
        labels: &["version"],
        help: "1, with the aggregator's version",
        absent: "",
        samples: |_| vec![Sample::new([env!("CARGO_PKG_VERSION")], true)],
    },
    Metric {
        name: "aios_inventory_aggregator_leads",
        labels: &[],
        help: "1 for the replica that writes, 0 for others",
        absent: "",
        samples: |known| single(Some(known.leads)),
    },
    Metric {
        name: "aios_inventory_aggregator_ready",
        labels: &[],
        help: "1 where all of the cluster can be seen and the Lease be used",
        absent: "",
        samples: |known| single(Some(known.is_ready)),
    },
    Metric {
        name: "aios_inventory_aggregator_looks_total",
        labels: &["in_sync"],
        help: "Looks at AIOS's copy, by whether it said what is true",
        absent: "",
        samples: |known| {
            let count = |status| known.looks.get(status).copied().unwrap_or_default();
            let statuses = ConditionStatus::ALL.map(ConditionStatus::as_str);
            statuses.map(|status| Sample::new([status], count(status))).into()
        },
    },
    Metric {
        name: "aios_inventory_aggregator_last_look_timestamp_seconds",
        labels: &[],
        help: "When AIOS's copy was looked at last",
        absent: "before the first look",
        samples: |known| single(known.last_look_seconds),
    },
    Metric {
        name: "aios_inventory_aggregator_writes_total",
        labels: &[],
        help: "Requests that changed AIOS's copy",
        absent: "",
        samples: |known| single(Some(known.writes)),
    },
    Metric {
        name: "aios_inventory_aggregator_last_write_timestamp_seconds",
        labels: &[],
        help: "When AIOS's copy was changed last",
        absent: "before the first write",
        samples: |known| single(known.last_write_seconds),
    },
    Metric {
        name: "aios_inventory_aggregator_aios_requests_total",
        labels: &["outcome"],
        help: "Requests to AIOS, by how they ended",
        absent: "",
        samples: |known| {
            let counts = known.requests.counts();
            counts.map(|(outcome, count)| Sample::new([outcome], count)).collect()
        },
    },
];

/// What the last look found, where it is this replica's to tell.
fn found(known: &Known) -> Option<&Found> {
    known.found.as_ref().filter(|_| known.leads)
}

/// A figure of the nodes that are whole.
fn total(known: &Known, path: &str) -> Vec<Sample> {
    let totals = found(known).and_then(|found| found.census.totals.as_ref());
    let amount = totals.and_then(|totals| {
        let mut figures = FIGURES.iter().zip(totals.figures());
        figures.find(|(figure, _)| figure.path == path).map(|(_, amount)| amount)
    });
    single(amount.and_then(|amount| in_base_units(path, amount)))
}

fn submission(known: &Known) -> Vec<Sample> {
    let receipt = found(known).and_then(|found| found.status.receipt.as_ref());
    single(receipt.map(|receipt| receipt.time.0.as_duration().as_secs_f64()))
}
