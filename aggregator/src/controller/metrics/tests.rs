use std::collections::BTreeSet;

use inventory_common::cluster::Totals;
use inventory_common::resource::{Condition, OnboardingConditionType, Receipt};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use serde_json::json;

use super::*;

/// All that there is to know.
fn known() -> Known {
    let condition = Condition {
        kind: OnboardingConditionType::InSync,
        status: ConditionStatus::Unknown,
        reason: "Unreachable".to_owned(),
        message: "m".to_owned(),
        last_transition_time: Time(Timestamp::UNIX_EPOCH),
    };
    let receipt: Receipt = serde_json::from_value(json!({
        "time": "2026-01-02T03:04:05.5Z", "parser": "http://p", "sha256": "0".repeat(64),
    }))
    .unwrap();
    let census = Census {
        expected: 3,
        by_state: [
            ("whole", 1),
            ("partial", 2),
            ("left-out", 0),
            ("unreadable", 0),
            ("missing", 0),
        ],
        not_counted: [("virtual", 1)].into(),
        obstacles: 2,
        totals: Some(Totals::from(std::array::from_fn(|index| index as u64 + 1))),
    };
    let status = ClusterOnboardingStatus {
        conditions: vec![condition].into(),
        receipt: Some(receipt),
        ..ClusterOnboardingStatus::default()
    };
    Known {
        leads: true,
        found: Some(Found { census, differences: Some(0), status }),
        last_look_seconds: Some(1.0),
        last_write_seconds: Some(2.0),
        ..Known::default()
    }
}

/// What a metric says, as its labels and its value.
fn samples(known: &Known, name: &str) -> Vec<String> {
    let metric = METRICS.iter().find(|metric| metric.name == name).unwrap();
    let samples = (metric.samples)(known);
    samples.iter().map(|it| format!("{:?} {:?}", it.labels, it.value)).collect()
}

#[test]
fn names_are_told_apart_and_labels_have_their_values() {
    let names: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), METRICS.len());
    for metric in METRICS {
        let samples = (metric.samples)(&known());
        assert!(!samples.is_empty(), "{}", metric.name);
        for sample in samples {
            assert_eq!(sample.labels.len(), metric.labels.len(), "{}", metric.name);
        }
    }
}

#[test]
fn totals_are_told_in_base_units() {
    for (name, amount) in [
        ("gpus_expected", 1),
        ("gpus_memory_bytes", 2 << 20),
        ("vcpus", 3),
        ("memory_bytes", 4 << 20),
        ("swap_bytes", 5 << 20),
        ("storage_disks", 6),
        ("storage_bytes", 7 << 20),
        ("network_interfaces", 8),
        ("network_transmit_speed_bytes", 9 * 125_000),
        ("network_receive_speed_bytes", 10 * 125_000),
    ] {
        let told = samples(&known(), &format!("aios_inventory_cluster_{name}"));
        assert_eq!(told, [format!("[] Whole({amount})")], "{name}");
    }
}

#[test]
fn that_nobody_can_tell_is_not_told_as_no() {
    let told = samples(&known(), "aios_inventory_cluster_condition");
    assert_eq!(
        told,
        [
            r#"["InSync", "True"] Whole(0)"#,
            r#"["InSync", "False"] Whole(0)"#,
            r#"["InSync", "Unknown"] Whole(1)"#
        ]
    );
    let why = samples(&known(), "aios_inventory_cluster_condition_reason");
    assert_eq!(why, [r#"["InSync", "Unreachable"] Whole(1)"#]);
}

#[test]
fn the_cluster_is_told_by_the_one_that_leads_alone() {
    for (known, told) in [
        (known(), true),
        (Known { leads: false, ..known() }, false),
        (Known { found: None, ..known() }, false),
    ] {
        for metric in METRICS.iter().filter(|it| it.name.starts_with("aios_inventory_cluster_")) {
            assert_eq!(!(metric.samples)(&known).is_empty(), told, "{}", metric.name);
        }
    }
}

#[test]
fn what_was_not_compared_has_no_differences() {
    let mut known = known();
    assert_eq!(samples(&known, "aios_inventory_cluster_differences"), ["[] Whole(0)"]);
    known.found.as_mut().unwrap().differences = None;
    known.found.as_mut().unwrap().census.totals = None;
    for name in ["differences", "memory_bytes"] {
        assert_eq!(samples(&known, &format!("aios_inventory_cluster_{name}")), [""; 0]);
    }
    known.found.as_mut().unwrap().status.receipt = None;
    assert_eq!(samples(&known, "aios_inventory_cluster_submission_timestamp_seconds"), [""; 0]);
}
