//! The nodes for programs.

use serde_json::{Map, Value, json};

use crate::report::figures::Figures;
use crate::report::gpus::Share;
use crate::report::model::{Condition, Node, Report};
use crate::report::said::Said;

/// The figures' names here, each with its unit, in the order of [`Figures`].
const NAMES: [&str; 10] = [
    "gpus",
    "gpuMemoryMib",
    "vcpus",
    "memoryMib",
    "swapMib",
    "disks",
    "diskSizeMib",
    "nics",
    "txBandwidthMbps",
    "rxBandwidthMbps",
];

/// Every node and all of them together. A figure is null unless all of it is known; what is known of it then
/// stands in `atLeast`.
#[must_use]
pub fn as_json(report: &Report) -> Value {
    let (figures, at_least) = figures(&report.totals);
    json!({
        "made": report.made.to_string(),
        "expected": report.expected,
        "whole": report.whole,
        "totals": { "nodes": report.summed, "figures": figures, "atLeast": at_least },
        "nodes": report.nodes.iter().map(node).collect::<Vec<_>>(),
        "obstacles": lines(&report.obstacles),
        "notes": lines(&report.notes),
    })
}

fn node(node: &Node) -> Value {
    let (figures, at_least) = figures(&node.figures);
    let dump = node.body().and_then(|body| body.dump.as_ref());
    let name = dump.is_none().then(|| node.name.as_ref().unwrap_or(&node.title).as_str());
    json!({
        "id": node.title.as_str(),
        "node": name,
        "dump": dump.map(Said::as_str),
        "state": node.state,
        "figures": figures,
        "atLeast": at_least,
        "gpuModels": node.gpus.iter().map(share).collect::<Vec<_>>(),
        "conditions": node.complaints().map(condition).collect::<Vec<_>>(),
        "obstacles": lines(&node.obstacles),
        "since": node.born.map(|born| born.to_string()),
    })
}

fn figures(figures: &Figures) -> (Map<String, Value>, Map<String, Value>) {
    let (mut whole, mut at_least) = (Map::new(), Map::new());
    for (name, (_, amount)) in NAMES.iter().zip(figures.headed()) {
        let known = amount.known();
        whole.insert((*name).to_owned(), known.filter(|_| amount.is_whole()).into());
        if let Some(known) = known.filter(|_| !amount.is_whole()) {
            at_least.insert((*name).to_owned(), known.into());
        }
    }
    (whole, at_least)
}

fn share(share: &Share) -> Value {
    let memory = share.memory();
    let memory_mib = memory.known().filter(|_| memory.is_whole());
    json!({ "model": share.model.as_str(), "count": share.count, "memoryMib": memory_mib })
}

fn condition(condition: &Condition) -> Value {
    let Condition { kind, status, reason, message, .. } = condition;
    json!({ "type": kind, "status": status, "reason": reason.as_str(), "message": message.as_str() })
}

fn lines(lines: &[Said]) -> Vec<&str> {
    lines.iter().map(Said::as_str).collect()
}
