//! The page with any text in every place that somebody else fills.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Result, Unstructured};
use fuzz::{json, markup};
use inventory_aggregator::cluster::difference::{Wanted, differences};
use inventory_aggregator::cluster::expected::Expected;
use inventory_aggregator::cluster::state::ClusterState;
use inventory_aggregator::report::{
    Comparison, Detail, Differences, Form, Found, Look, Report, Said, page,
};
use inventory_common::Inventory;
use inventory_common::cluster::{Profile, RawDocument};
use inventory_common::telling::is_unseen;
use k8s_openapi::jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// What markup is made of.
const PIECES: [&str; 8] = [
    "</td>",
    "<script>",
    "</script>",
    "\" onclick=\"x",
    "<!--",
    "javascript:",
    "\u{1b}[31m",
    "&lt;",
];

fn text(u: &mut Unstructured) -> Result<String> {
    Ok(match PIECES.get(usize::from(u.int_in_range(0..=15_u8)?)) {
        Some(piece) => format!("{piece}{}", u.arbitrary::<&str>()?),
        None => String::arbitrary(u)?,
    })
}

fn inventory(u: &mut Unstructured) -> Result<Inventory> {
    let figure = u64::arbitrary(u)? >> u.int_in_range(8..=63)?;
    let node = json!({
        "id": text(u)?,
        "gpus": { "count": 1, "memory": figure, "gpus": [{ "modelName": text(u)?, "memory": figure }],
            "features": [text(u)?], "modelNames": [text(u)?] },
        "vcpus": { "count": figure }, "memory": figure, "swap": 0, "storage": { "disks": 1, "size": figure },
        "network": { "interfaces": 1, "txBandwidth": figure, "rxBandwidth": figure },
    });
    let inventory = json!({
        "nodeData": node,
        "probes": [{ "name": "block", "outcome": "partial",
            "faults": [{ "path": text(u)?, "cause": "transient", "message": text(u)?, "device": text(u)? }] }],
        "devices": {
            "gpus": [{ "name": text(u)?, "vendor": text(u)?, "model": text(u)?, "counted": true, "memoryMib": figure,
                "state": "failed", "uuid": text(u)?, "driverVersion": text(u)? }],
            "disks": [{ "name": text(u)?, "counted": true, "sizeBytes": figure },
                { "name": text(u)?, "counted": false, "rule": "virtual" }],
            "ports": [{ "name": text(u)?, "medium": "net", "counted": true }],
        },
        "unknowns": [{ "field": text(u)?, "device": text(u)? }],
        "stated": [{ "option": text(u)?, "name": text(u)?, "value": figure }],
        "host": { "product": text(u)?, "kernel": text(u)?, "operatingSystem": text(u)? },
    });
    Ok(serde_json::from_value(inventory).expect("it is an inventory"))
}

fn profile(u: &mut Unstructured) -> Result<Profile> {
    let profile = json!({
        "id": text(u)?, "regionId": text(u)?, "tags": [text(u)?], "config": json::object(u, 1)?,
        "clusterMetadata": { text(u)?: text(u)? },
    });
    Ok(serde_json::from_value(profile).expect("it is a profile"))
}

fn look(u: &mut Unstructured) -> Result<Look> {
    let stored = RawDocument::from(Value::from(json::object(u, 0)?));
    let wanted = RawDocument::from(
        json!({ "regionId": text(u)?, "nodes": { "nodeData": [{ "id": text(u)? }] } }),
    );
    Ok(Look {
        at: Timestamp::UNIX_EPOCH,
        asked: vec![("Gateway", Said::new(&text(u)?))],
        is_true: u.arbitrary()?,
        verdict: Said::new(&text(u)?),
        differences: Differences::of(&differences(&stored, &Wanted::document(&wanted))),
    })
}

fn report(u: &mut Unstructured) -> Result<Report> {
    let mut found = nothing();
    found.profile = Ok(profile(u)?);
    found.notes = vec![text(u)?];
    for _ in 0..u.int_in_range(1..=3)? {
        let (name, inventory) = (text(u)?, inventory(u)?);
        found.details.insert(name.clone(), Detail::Inventory(Box::new(inventory.clone())));
        found.state.apply(&name, inventory.into());
    }
    found.expected = Expected::count(u.arbitrary()?);
    Ok(found.report(Form::Whole, Timestamp::UNIX_EPOCH).with(Comparison::Made(Box::new(look(u)?))))
}

fn nothing() -> Found {
    Found {
        state: ClusterState::default(),
        expected: Expected::Unknown,
        details: BTreeMap::new(),
        profile: Err("there is none"),
        onboarding: None,
        notes: Vec::new(),
        source: "made of anything".to_owned(),
    }
}

/// The page of nothing, with the scripts and styles that every page has.
static NOTHING: LazyLock<String> =
    LazyLock::new(|| page(&nothing().report(Form::Whole, Timestamp::UNIX_EPOCH)));

fuzz_target!(|input: &[u8]| {
    let Ok(report) = report(&mut Unstructured::new(input)) else { return };
    let page = page(&report);
    assert!(!page.chars().any(|c| is_unseen(c) && c != '\n'));
    assert_eq!(markup::own(&page), markup::own(&NOTHING));
});
