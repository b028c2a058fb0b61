//! What the list tells of nodes, whatever they are.

use serde_json::{Value, json};

use super::{Changes, as_json, as_table};
use crate::cluster::expected::Expected;
use crate::report::tests::{add, add_object, devices, inventory, named, nothing, object, report};
use crate::report::{Found, Report};

/// A node of which all is known, one that does not know its link speed, and one that is not there.
fn three() -> Found {
    let mut found = nothing();
    found.expected = Expected::Count(3);
    add(&mut found, "a", inventory(&named("a"), &devices(), &json!([])));
    let unknowns = json!([{ "field": "network.txBandwidth", "device": "eth0" }]);
    let mut dark = named("b");
    dark.network.tx_bandwidth_mbps = 0;
    add(&mut found, "b", inventory(&dark, &devices(), &unknowns));
    found
}

/// The cells of the row that begins so.
fn row(report: &Report, name: &str) -> Vec<String> {
    let text = anstream::adapter::strip_str(&as_table(report, None)).to_string();
    let line = text.lines().find(|line| line.split("  ").next() == Some(name)).unwrap();
    line.split("  ").map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()).collect()
}

#[test]
fn each_node_has_a_row_and_all_of_them_have_one() {
    let report = report(three());
    let same = ["1", "V100", "16 GiB", "16", "64 GiB", "1", "512 GiB", "1"];
    assert_eq!(row(&report, "a"), [&["a", "whole"], &same[..], &["5 Gbit/s"]].concat());
    assert_eq!(row(&report, "b"), [&["b", "partial"], &same[..], &["unknown"]].concat());
    let total = row(&report, "total");
    assert_eq!(total[..3], ["total", "1 of 3", "≥ 2"], "of the third nobody knows anything");
    assert_eq!(total.last().unwrap(), "≥ 5 Gbit/s");
}

#[test]
fn what_is_not_as_it_should_be_is_named_and_an_age_told() {
    let mut found = nothing();
    add_object(&mut found, object(&named("a"), &json!([])));
    let row = row(&report(found), "a");
    assert_eq!(row[row.len() - 2..], ["Contested: Said", "12 h"]);
}

#[test]
fn on_a_narrow_terminal_it_says_what_it_does_not_show() {
    let report = report(three());
    for width in [40, 80, 120] {
        let text = anstream::adapter::strip_str(&as_table(&report, Some(width))).to_string();
        let (begin, end) = text.split_once("\nno room for ").unwrap_or((&text, ""));
        assert!(begin.lines().all(|line| line.chars().count() <= width.into()), "{width}: {text}");
        for title in end.trim().split(", ").filter(|title| !title.is_empty() && *title != "MEMORY")
        {
            assert!(!begin.lines().next().unwrap().contains(title), "{text}");
        }
        assert_eq!(end.is_empty(), width == 120, "{text}");
    }
}

#[test]
fn programs_get_null_for_what_is_not_wholly_known() {
    let value = as_json(&report(three()));
    let [a, b] = value["nodes"].as_array().unwrap().as_slice() else { panic!("{value}") };
    assert_eq!(a["figures"]["txBandwidthMbps"], 5000);
    assert_eq!((&a["atLeast"], &a["state"]), (&json!({}), &json!("whole")));
    assert_eq!((&b["figures"]["txBandwidthMbps"], &b["atLeast"]), (&Value::Null, &json!({})));
    assert_eq!(value["totals"]["figures"]["txBandwidthMbps"], Value::Null);
    assert_eq!(value["totals"]["atLeast"]["txBandwidthMbps"], 5000);
    assert_eq!((&value["whole"], &value["expected"]), (&json!(1), &json!(3)));
}

#[test]
fn the_names_of_the_fields_stay_as_they_are() {
    let mut found = nothing();
    add_object(&mut found, object(&named("a"), &json!(["swap"])));
    let node = &as_json(&report(found))["nodes"][0];
    let expected = json!({
        "id": "a", "node": null, "dump": "a", "state": "partial",
        "figures": {
            "gpus": 1, "gpuMemoryMib": 16384, "vcpus": 16, "memoryMib": 65536, "swapMib": null,
            "disks": 1, "diskSizeMib": 524_288, "nics": 1, "txBandwidthMbps": 5000,
            "rxBandwidthMbps": 5000,
        },
        "atLeast": {},
        "gpuModels": [{ "model": "V100", "count": 1, "memoryMib": 16384 }],
        "conditions": [
            { "type": "Contested", "status": "True", "reason": "Said", "message": "said by a test" },
        ],
        "obstacles": node["obstacles"], "since": "2026-01-01T00:00:00Z",
    });
    assert_eq!(node, &expected);
    assert!(node["obstacles"][0].as_str().unwrap().contains("swap is unknown"), "{node}");
}

#[test]
fn only_what_has_changed_is_told() {
    let mut changes = Changes::since(&report(three()));
    assert_eq!(changes.tell(&report(three())), [""; 0]);
    let mut found = nothing();
    found.expected = Expected::Count(3);
    let mut more = named("b");
    more.memory_mib += 1024 * 1024;
    add(&mut found, "b", inventory(&more, &devices(), &json!([])));
    let lines = changes.tell(&report(found));
    let [gone, other] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(gone, "a: gone");
    assert_eq!(
        other,
        "b: STATE partial -> whole, MEMORY 64 GiB -> 1 TiB, BANDWIDTH unknown -> 5 Gbit/s"
    );
}
