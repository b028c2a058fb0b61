//! What the page shows, and that nothing on it is more than text.

mod live;

use std::collections::BTreeMap;

use inventory_common::cluster::Profile;
use inventory_common::resource::{ClusterOnboarding, NodeInventory};
use inventory_common::{Inventory, NodeData};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use super::{Comparison, Detail, Form, Found, Report, page};
use crate::cluster::expected::{Agent, Exclusion, Expected, ExpectedNode, Roll};
use crate::cluster::report::tests::node;
use crate::cluster::state::ClusterState;

/// What nobody would call a device, and somebody might.
const HOSTILE: &str = "</td><script>alert(\"1\")</script>'\u{1b}[31m\u{0}\u{202e}&amp;";

pub(super) fn nothing() -> Found {
    Found {
        state: ClusterState::default(),
        expected: Expected::Unknown,
        details: BTreeMap::new(),
        profile: Err("give a profile with --profile"),
        onboarding: None,
        notes: Vec::new(),
        source: "made from a test".to_owned(),
    }
}

fn unlooked() -> Comparison {
    Comparison::Absent("nobody looked".to_owned())
}

fn profile(metadata: &Value) -> Profile {
    let profile = json!({ "id": "west", "regionId": "us-west-2", "clusterMetadata": metadata });
    serde_json::from_value(profile).unwrap()
}

pub(super) fn named(id: &str) -> NodeData {
    NodeData { id: id.to_owned(), ..node() }
}

/// The whole inventory of a node with these devices.
pub(super) fn inventory(node: &NodeData, devices: &Value, unknowns: &Value) -> Inventory {
    let inventory = json!({
        "nodeData": node, "probes": [], "devices": devices, "unknowns": unknowns,
        "stated": [{ "option": "link-speed", "name": "eth0", "value": 5000 }],
        "host": { "product": "A machine" },
    });
    serde_json::from_value(inventory).unwrap()
}

pub(super) fn devices() -> Value {
    json!({
        "gpus": [{ "name": "0000:65:00.0", "vendor": "NVIDIA", "model": "V100", "counted": true, "memoryMib": 16384 }],
        "disks": [
            { "name": "sda", "counted": true, "sizeBytes": 549_755_813_888_u64 },
            { "name": "loop0", "counted": false, "rule": "virtual" },
            { "name": "loop1", "counted": false, "rule": "virtual" },
        ],
        "ports": [{ "name": "eth0", "medium": "net", "counted": true, "speedMbps": 5000 }],
    })
}

pub(super) fn add(found: &mut Found, name: &str, inventory: Inventory) {
    found.details.insert(name.to_owned(), Detail::Inventory(Box::new(inventory.clone())));
    found.state.apply(name, inventory.into());
}

pub(super) fn object(node: &NodeData, unknowns: &Value) -> NodeInventory {
    let condition = |kind: &str, status: &str| {
        json!({
            "type": kind, "status": status, "reason": "Said", "message": "said by a test",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        })
    };
    let object = json!({
        "apiVersion": "inventory.aios/v1alpha1", "kind": "NodeInventory",
        "metadata": { "name": node.id, "creationTimestamp": "2026-01-01T00:00:00Z" },
        "status": {
            "nodeData": node, "unknowns": unknowns,
            "devices": { "ports": [{ "count": 9, "names": [], "speedMbps": 5000 }] },
            "notCounted": [{ "device": "port", "rule": "vf", "count": 16 }],
            "conditions": [condition("Complete", "True"), condition("Contested", "True")],
        },
    });
    serde_json::from_value(object).unwrap()
}

pub(super) fn add_object(found: &mut Found, object: NodeInventory) {
    let name = object.status.node_data.id.clone();
    found.details.insert(name.clone(), Detail::Object(Box::new(object.clone())));
    found.state.apply(&name, object.into());
}

/// What was found, at noon.
pub(super) fn report(found: Found) -> Report {
    found.report(Form::Whole, "2026-01-01T12:00:00Z".parse::<Timestamp>().unwrap())
}

/// The page of it.
fn shown(found: Found) -> String {
    page(&report(found))
}

/// What stands from `begin` to `end`, which do not count.
fn part<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {text}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} after {begin}")).0
}

/// The cells of a node's line in the table.
fn row(page: &str, id: &str) -> Vec<String> {
    let table = part(page, "id=\"nodes-table\"", "</table>");
    let row = part(table, &format!("<a href=\"#node-{id}\">"), "</tr>");
    row.split("<td").skip(1).map(|cell| text(&format!("<td{cell}"))).collect()
}

/// A piece of HTML without its marks.
fn text(html: &str) -> String {
    let pieces = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.collect::<String>().replace('\u{a0}', " ").trim().to_owned()
}

fn holds(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
}

#[test]
fn a_node_is_a_line_of_the_table_and_a_part_with_all_its_devices() {
    let mut found = nothing();
    add(&mut found, "f", inventory(&named("a"), &devices(), &json!([])));
    let page = shown(found);
    let cells = ["whole", "1", "1 × V100", "16 GiB", "16", "64 GiB", "0 MiB", "1", "512 GiB", "1"];
    assert_eq!(row(&page, "a")[..10], cells);
    assert_eq!(row(&page, "a")[10..], ["5 Gbit/s"]);
    let part = text(part(&page, "id=\"node-a\"", "</details>"));
    holds(
        &part,
        &["16,384 MiB", "A machine", "0000:65:00.0", "sda", "eth0", "--link-speed eth0=5000"],
    );
    holds(&part, &["2disksvirtuala device of the kernel's own making", "loop0, loop1"]);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
}

#[test]
fn what_an_object_holds_is_shown_as_far_as_it_goes() {
    let mut found = nothing();
    add_object(&mut found, object(&named("a"), &json!([])));
    let page = shown(found);
    assert_eq!(row(&page, "a")[11], "12 h");
    holds(&row(&page, "a")[0], &["partial", "not as it should be: Contested"]);
    let part = text(part(&page, "id=\"node-a\"", "</details>"));
    holds(
        &part,
        &["9ports5 Gbit/stoo many to list", "16portsvfa virtual function", "Said: said by a test"],
    );
}

#[test]
fn what_is_unknown_is_never_shown_as_zero() {
    let (mut found, mut dark) = (nothing(), named("a"));
    (dark.network.tx_bandwidth_mbps, dark.network.rx_bandwidth_mbps) = (0, 0);
    dark.gpus.count = 2;
    dark.gpus.gpus.push(dark.gpus.gpus[0].clone());
    dark.gpus.gpus[0].memory_mib = 0;
    let unknowns = json!([
        { "field": "network.txBandwidth" }, { "field": "network.rxBandwidth" },
        { "field": "gpus.memory", "device": "0000:65:00.0" }, { "field": "storage.size", "device": "sdb" },
    ]);
    add(&mut found, "1", inventory(&dark, &devices(), &unknowns));
    let mut plain = named("b");
    (plain.memory_mib, plain.storage.size_mib, plain.network.tx_bandwidth_mbps) = (0, 0, 0);
    found.details.insert("2".to_owned(), Detail::Plain);
    found.state.apply("2", plain.into());
    add_object(&mut found, object(&dark_object(), &json!(["swap", "memory"])));
    let page = shown(found);
    let a = row(&page, "a");
    assert_eq!([&a[3], &a[8], &a[10]], ["≥ 16 GiB", "≥ 512 GiB", "unknown"]);
    let b = row(&page, "b");
    assert_eq!([&b[5], &b[8], &b[10]], ["unknown"; 3]);
    let c = row(&page, "c");
    assert_eq!([&c[5], &c[6]], ["≥ 64 GiB", "unknown"]);
    let totals = text(part(&page, "id=\"totals\"", "</section>"));
    holds(
        &totals,
        &["Swapunknown", "Memoryat least 128 GiB", "GPUs4", "Bandwidth, sendingat least 5 Gbit/s"],
    );
}

fn dark_object() -> NodeData {
    NodeData { swap_mib: 0, ..named("c") }
}

#[test]
fn nodes_that_are_missing_or_make_no_sense_have_a_line_and_no_figures() {
    let mut found = nothing();
    add_object(&mut found, object(&named("a"), &json!([])));
    let expected = |id: &str| ExpectedNode { node_id: Some(id.into()), agent: Agent::Ready };
    let roll = Roll {
        expected: ["a", "b", "c"].map(|id| (id.into(), expected(id))).into(),
        malformed: [("c".into(), "status: missing field".to_owned())].into(),
        not_counted: [("d".into(), Exclusion::Virtual)].into(),
        count: None,
    };
    found.expected = Expected::Nodes(roll);
    let report = found.clone().report(Form::Whole, Timestamp::UNIX_EPOCH);
    assert_eq!((report.is_complete(), report.whole, report.expected), (false, 0, 3));
    let page = shown(found);
    for (id, word) in [("b", "missing"), ("c", "unreadable")] {
        let cells = row(&page, id);
        assert_eq!(cells[0], word);
        assert!(
            [1, 3, 4, 5, 6, 7, 8, 9, 10, 11].iter().all(|at| cells[*at] == "unknown"),
            "{cells:?}"
        );
    }
    let coverage = text(part(&page, "id=\"coverage\"", "</section>"));
    holds(
        &coverage,
        &["0 of 3", "node 'b' has no inventory", "status: missing field", "'d': virtual"],
    );
    holds(&text(part(&page, "id=\"totals\"", "</section>")), &["GPUsat least 1"]);
}

#[test]
fn a_cluster_of_which_nothing_is_known_says_so() {
    let mut found = nothing();
    found.expected = Expected::Count(2);
    let page = shown(found);
    holds(
        &text(&page),
        &[
            "There is no node.",
            "No node is known to have a GPU.",
            "2 of 2 expected nodes have no inventory",
        ],
    );
    let totals = text(part(&page, "id=\"totals\"", "</section>"));
    assert_eq!(totals.matches("unknown").count(), 10, "{totals}");
    holds(&page, &["give a profile with --profile"]);
}

#[test]
fn whatever_a_node_calls_itself_is_text() {
    let mut hostile = named(HOSTILE);
    hostile.gpus.gpus[0].model_name = HOSTILE.to_owned();
    hostile.gpus.features = vec![HOSTILE.to_owned()];
    let text = serde_json::to_string(&devices()).unwrap();
    let said = serde_json::to_string(HOSTILE).unwrap();
    let text = ["0000:65:00.0", "V100", "NVIDIA", "sda", "loop0", "eth0"]
        .iter()
        .fold(text, |text, name| text.replace(&format!("\"{name}\""), &said));
    let mut inventory = inventory(
        &hostile,
        &serde_json::from_str(&text).unwrap(),
        &json!([{ "field": HOSTILE, "device": HOSTILE }]),
    );
    inventory.host.kernel = Some(HOSTILE.to_owned());
    inventory.stated[0].name = Some(HOSTILE.to_owned());
    let mut found = nothing();
    add(&mut found, HOSTILE, inventory);
    found.notes.push(HOSTILE.to_owned());
    found.profile =
        Ok(Profile { region_id: HOSTILE.to_owned(), ..profile(&json!({ "x": HOSTILE })) });
    let page = shown(found);
    // The page's own, and no other.
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</textarea>").count(), 1);
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()));
    let before_document = page.split_once("id=\"document\"").unwrap().0;
    assert!(!before_document.contains('\u{202e}'));
    holds(before_document, &["&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)"]);
    holds(&page, &["href=\"#node:1\"", "id=\"node:1\""]);
}

#[test]
fn a_browser_may_obey_the_page_s_own_style_and_script_alone() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let page = shown(nothing());
    let policy = part(&page, "Content-Security-Policy\" content=\"", "\">");
    holds(policy, &["default-src 'none'", "base-uri 'none'", "form-action 'none'"]);
    for (begin, end) in [("<style>", "</style>"), ("<script>", "</script>")] {
        let digest =
            ring::digest::digest(&ring::digest::SHA256, part(&page, begin, end).as_bytes());
        holds(policy, &[&format!("sha256-{}", STANDARD.encode(digest))]);
    }
    assert!(!policy.contains("unsafe"));
    // What such a policy forbids, and what would come from elsewhere.
    for forbidden in [" style=", " onclick=", " src=", "http://", "https://", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn the_document_is_there_to_copy_without_what_is_secret() {
    let mut found = nothing();
    add(&mut found, "f", inventory(&named("a"), &devices(), &json!([])));
    let metadata = json!({ "additionalInfo": {
        "joinCommand": "kubeadm join --token s3cr3t", "Token": "s3cr3t", "note": "<b>",
    }});
    found.profile = Ok(profile(&metadata));
    let page = shown(found);
    assert!(!page.contains("s3cr3t"));
    let document = part(&page, "<textarea", "</textarea>").split_once(">\n").unwrap().1;
    let document = document.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!((&document["id"], &document["memory"]), (&json!("west"), &json!(65536)));
    assert_eq!(document["clusterMetadata"]["additionalInfo"]["joinCommand"], "(not shown)");
    assert_eq!(document["clusterMetadata"]["additionalInfo"]["note"], "<b>");
}

#[test]
fn what_aios_has_been_told_is_shown_where_the_cluster_says_it() {
    let object = json!({
        "apiVersion": "inventory.aios/v1alpha1", "kind": "ClusterOnboarding", "metadata": {},
        "spec": { "id": "west", "regionId": "r", "submit": "WhenComplete" },
        "status": { "conditions": [{
            "type": "InSync", "status": "False", "reason": "Differs", "message": "2 values differ",
            "lastTransitionTime": "2026-01-01T10:00:00Z",
        }]},
    });
    let object: ClusterOnboarding = serde_json::from_value(object).unwrap();
    let page = shown(Found { onboarding: Some(object), ..nothing() });
    let told = text(part(&page, "id=\"onboarding\"", "</section>"));
    holds(&told, &["WhenComplete", "never", "InSyncFalseDiffers: 2 values differ2 h"]);
    assert!(!shown(nothing()).contains("id=\"onboarding\""));
}

#[test]
fn a_second_node_of_one_id_is_told_apart() {
    let mut found = nothing();
    add(&mut found, "1", inventory(&named("a"), &devices(), &json!([])));
    add(&mut found, "2", inventory(&named("a"), &devices(), &json!([])));
    let page = shown(found);
    holds(&page, &["id=\"node-a\"", "id=\"node:2\"", "href=\"#node:2\""]);
    // In the coverage and in the part of each.
    assert_eq!(page.matches("the id 'a' is there 2 times, in 1, 2: ").count(), 4);
    holds(&row(&page, "a")[0], &["left out"]);
}

/// The page of so many nodes, each with the same GPU.
fn many(nodes: usize) -> String {
    let (mut found, one) = (nothing(), inventory(&node(), &devices(), &json!([])));
    for number in 0..nodes {
        let mut inventory = one.clone();
        inventory.node_data.id = format!("node-{number:04}");
        add(&mut found, &inventory.node_data.id.clone(), inventory);
    }
    shown(found)
}

#[test]
fn a_large_cluster_s_page_grows_with_its_nodes_and_no_faster() {
    let (some, more) = (many(1_000), many(5_000));
    let each = (more.len() - some.len()) / 4_000;
    assert!(each < 6_000, "{each} bytes for each node");
    assert!(more.len() <= some.len() * 5, "{} and {}", some.len(), more.len());
    // Nodes with the same GPUs share a bar.
    let pictures = part(&more, "id=\"gpus\"", "</section>");
    assert_eq!(pictures.matches("<rect").count(), 3, "{pictures}");
    holds(&text(pictures), &["node-0000 … node-4999 (5,000 nodes)"]);
}
