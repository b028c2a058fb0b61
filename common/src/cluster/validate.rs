//! What must hold before a document is sent: AIOS's registry checks little, stores what is wrong,
//! and says the same of every refusal.

use std::collections::HashMap;
use std::fmt::Display;

use super::flaw::{Flaw, MAX_NUMBER};
use super::{Document, FIGURES, NodeEntry, Sums, free_form, size};
use crate::{NodeData, node_id};

type Check = fn(&Document) -> Vec<Flaw>;

/// Every check, in the order of the document's keys.
const CHECKS: [Check; 6] = [stated, ids, entries, sums, free_form_objects, sizes];

/// All that is wrong with the document; nothing where it can be sent.
#[must_use]
pub fn flaws(document: &Document) -> Vec<Flaw> {
    CHECKS.iter().flat_map(|check| check(document)).collect()
}

/// Whether AIOS can reach a cluster of this id again: others are stored, and then not found.
#[must_use]
pub fn is_cluster_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !matches!(id, "" | "." | "..") && id.chars().all(allowed)
}

fn stated(document: &Document) -> Vec<Flaw> {
    let Document { id, region_id, status, reputation, .. } = document;
    let id_problem = format!(
        "'{id}' is no cluster's id: it has letters, digits, '.', '_' and '-', and is not '.' or '..'"
    );
    let mut flaws = Vec::new();
    flaws.extend((!is_cluster_id(id)).then(|| Flaw::new("id", id_problem)));
    for (path, text) in [("regionId", region_id), ("status", status)] {
        flaws
            .extend(text.trim().is_empty().then(|| Flaw::new(path, "is empty, and AIOS needs it")));
    }
    flaws.extend(free_form::in_number("reputation", reputation));
    flaws
}

/// Where a node stands.
fn place(index: usize) -> String {
    format!("nodes.nodeData[{index}]")
}

fn ids(document: &Document) -> Vec<Flaw> {
    let mut first_of: HashMap<&str, usize> = HashMap::new();
    let mut flaws = Vec::new();
    for (index, NodeEntry { node, .. }) in document.nodes.node_data.iter().enumerate() {
        let (path, id) = (format!("{}.id", place(index)), node.id.as_str());
        if !node_id::is_valid(id) {
            let problem = format!(
                "'{id}' is no label value: 1 to {} letters, digits, '.', '_' and '-', the first and the last a letter or digit",
                node_id::MAX_LENGTH
            );
            flaws.push(Flaw::new(path, problem));
        } else if let Some(first) = first_of.get(id) {
            flaws.push(Flaw::new(path, format!("'{id}' is the id of {} too", place(*first))));
        } else {
            first_of.insert(id, index);
        }
    }
    flaws
}

fn entries(document: &Document) -> Vec<Flaw> {
    let entries = document.nodes.node_data.iter().enumerate();
    entries.flat_map(|(index, entry)| in_node(&place(index), &entry.node)).collect()
}

/// What is wrong with one node's figures.
fn in_node(path: &str, node: &NodeData) -> Vec<Flaw> {
    let gpus = &node.gpus;
    let mut flaws = Vec::new();
    let figures = FIGURES.iter().map(|figure| (figure.path, (figure.of)(node)));
    flaws.extend(
        figures.filter_map(|(name, figure)| in_figure(format_args!("{path}.{name}"), figure)),
    );
    let memories = gpus.gpus.iter().enumerate();
    flaws.extend(memories.filter_map(|(index, gpu)| {
        in_figure(format_args!("{path}.gpus.gpus[{index}].memory"), gpu.memory_mib)
    }));
    let listed = gpus.gpus.len() as u64;
    if gpus.count != listed {
        let problem = format!("is {}, but gpus.gpus lists {listed}", gpus.count);
        flaws.push(Flaw::new(format!("{path}.gpus.count"), problem));
    }
    let memory_mib: u128 = gpus.gpus.iter().map(|gpu| u128::from(gpu.memory_mib)).sum();
    if u128::from(gpus.memory_mib) != memory_mib {
        let problem = format!("is {}, but the GPUs' sum is {memory_mib}", gpus.memory_mib);
        flaws.push(Flaw::new(format!("{path}.gpus.memory"), problem));
    }
    flaws
}

fn in_figure(path: impl Display, figure: u64) -> Option<Flaw> {
    (figure > MAX_NUMBER).then(|| Flaw::too_large(path, figure))
}

fn sums(document: &Document) -> Vec<Flaw> {
    let nodes = &document.nodes;
    let listed = nodes.node_data.len() as u64;
    let mut flaws = Vec::new();
    if nodes.count != listed {
        let problem = format!("is {}, but nodes.nodeData lists {listed}", nodes.count);
        flaws.push(Flaw::new("nodes.count", problem));
    }
    let summed = nodes.node_data.iter().map(|entry| &entry.node).collect::<Sums>();
    match summed.totals() {
        Err(overflow) => {
            flaws.push(Flaw::new(overflow.figure, "the nodes sum to more than 64 bits hold"));
        }
        Ok(summed) => {
            let pairs = document.totals().figures().into_iter().zip(summed.figures());
            for (figure, (stated, summed)) in FIGURES.iter().zip(pairs) {
                flaws.extend(in_figure(figure.path, stated));
                let problem = format!("is {stated}, but the nodes' sum is {summed}");
                flaws.extend((stated != summed).then(|| Flaw::new(figure.path, problem)));
            }
        }
    }
    flaws
}

fn free_form_objects(document: &Document) -> Vec<Flaw> {
    let mut flaws = free_form::flaws("config", &document.config);
    flaws.extend(free_form::flaws("clusterMetadata", &document.cluster_metadata));
    let entries = document.nodes.node_data.iter().enumerate();
    flaws.extend(entries.flat_map(|(index, entry)| {
        free_form::flaws(&format!("{}.nodeMetadata", place(index)), &entry.node_metadata)
    }));
    flaws
}

/// A document that is too large as a whole can be sent in pieces: what is in no node must fit one
/// document, and each node one update.
fn sizes(document: &Document) -> Vec<Flaw> {
    match try_sizes(document) {
        Ok(flaws) => flaws,
        Err(error) => vec![Flaw::new("document", format!("cannot be written as JSON: {error}"))],
    }
}

fn try_sizes(document: &Document) -> serde_json::Result<Vec<Flaw>> {
    let mut flaws = Vec::new();
    let nodes = &document.nodes.node_data;
    let base = size::of_document(document)? - size::of(nodes)? + "[]".len() as u64;
    if base > size::MAX_DOCUMENT {
        let problem = format!(
            "{base} bytes without the nodes, as AIOS's gateway writes it, and AIOS takes {}: shorten config, clusterMetadata or tags",
            size::MAX_DOCUMENT
        );
        flaws.push(Flaw::new("document", problem));
    }
    for (index, entry) in nodes.iter().enumerate() {
        let bytes = size::of_node_update(index, size::of(entry)?);
        if bytes > size::MAX_UPDATE {
            let problem = format!(
                "{bytes} bytes as AIOS's gateway writes it, and an update takes {}: shorten its tags or nodeMetadata",
                size::MAX_UPDATE
            );
            flaws.push(Flaw::new(place(index), problem));
        }
    }
    Ok(flaws)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::cluster::{Measured, Profile};

    fn node(id: &str) -> NodeEntry {
        let node = json!({
            "id": id,
            "gpus": {
                "count": 1, "memory": 16384, "gpus": [{ "modelName": "V100", "memory": 16384 }],
                "features": ["fp16"], "modelNames": ["V100"],
            },
            "vcpus": { "count": 16 }, "memory": 65536, "swap": 4096,
            "storage": { "disks": 1, "size": 524_288 },
            "network": { "interfaces": 1, "txBandwidth": 5000, "rxBandwidth": 5000 },
        });
        serde_json::from_value(node).unwrap()
    }

    fn document(nodes: Vec<NodeEntry>) -> Document {
        let profile: Profile =
            serde_json::from_value(json!({ "id": "c", "regionId": "r" })).unwrap();
        Document::new(profile, Measured::of(nodes).unwrap())
    }

    /// What is wrong with a document of two nodes after this change, a line each.
    fn flaws_after(change: impl FnOnce(&mut Document)) -> Vec<String> {
        let mut document = document(vec![node("node-1"), node("node-2")]);
        change(&mut document);
        flaws(&document).iter().map(ToString::to_string).collect()
    }

    fn says(flaws: &[String], starts: &[&str]) {
        assert_eq!(flaws.len(), starts.len(), "{flaws:#?}");
        for (flaw, start) in flaws.iter().zip(starts) {
            assert!(flaw.starts_with(start), "{flaw}");
        }
    }

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_document_of_its_own_sums_has_no_flaw() {
        says(&flaws_after(|_| ()), &[]);
        assert_eq!(flaws(&document(Vec::new())), []);
    }

    #[test]
    fn ids_that_cannot_be_reached_again_are_flaws() {
        for id in ["", ".", "..", "a/b", "a b", "a?b", "ä", "a%2Fb"] {
            says(&flaws_after(|document| document.id = id.to_owned()), &[&format!("id: '{id}'")]);
        }
        for id in ["cluster-west-vision-001", "...", "A_b.c"] {
            says(&flaws_after(|document| document.id = id.to_owned()), &[]);
        }
        says(&flaws_after(|document| document.region_id.clear()), &["regionId: is empty"]);
        says(&flaws_after(|document| document.status = " ".to_owned()), &["status: is empty"]);
    }

    #[test]
    fn node_ids_are_label_values_and_each_there_once() {
        let rename = |id: &'static str| {
            flaws_after(move |document| document.nodes.node_data[1].node.id = id.to_owned())
        };
        says(&rename("-x"), &["nodes.nodeData[1].id: '-x' is no label value"]);
        let twice = "nodes.nodeData[1].id: 'node-1' is the id of nodes.nodeData[0] too";
        says(&rename("node-1"), &[twice]);
    }

    #[test]
    fn sums_that_are_not_the_nodes_are_flaws() {
        let wrong = flaws_after(|document| document.swap_mib += 1);
        assert_eq!(wrong, ["swap: is 8193, but the nodes' sum is 8192"]);
        let wrong = flaws_after(|document| document.nodes.count = 3);
        assert_eq!(wrong, ["nodes.count: is 3, but nodes.nodeData lists 2"]);
        let wrong = flaws_after(|document| {
            document.nodes.node_data[0].node.gpus.gpus.clear();
        });
        let gpus = "nodes.nodeData[0].gpus.";
        says(&wrong, &[&format!("{gpus}count: is 1"), &format!("{gpus}memory: is 16384")]);
        let most = |document: &mut Document| {
            for entry in &mut document.nodes.node_data {
                entry.node.memory_mib = u64::MAX;
            }
        };
        let wrong = flaws_after(most);
        assert_eq!(wrong[2], "memory: the nodes sum to more than 64 bits hold");
    }

    #[test]
    fn numbers_that_aios_would_round_are_flaws() {
        let of_memory = |memory_mib| {
            let mut node = node("node-1");
            node.node.memory_mib = memory_mib;
            flaws(&document(vec![node])).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        says(&of_memory(1 << 53), &[]);
        let starts = ["nodes.nodeData[0].memory: 9007199254740993 is more", "memory: 90071992"];
        says(&of_memory((1 << 53) + 1), &starts);
        let config = json!({ "n": 9_007_199_254_740_992_u64, "m": -9_007_199_254_740_992_i64 });
        says(&flaws_after(|document| document.config = object(config)), &[]);
        let config = json!({ "deep": [{ "n": -9_007_199_254_740_993_i64, "f": 1e300 }] });
        let wrong = flaws_after(|document| document.config = object(config));
        says(&wrong, &["config.deep[0].n: -9007199254740993 is more"]);
        says(&flaws_after(|document| document.reputation = u64::MAX.into()), &["reputation: "]);
        let gpu = |document: &mut Document| {
            let gpus = &mut document.nodes.node_data[0].node.gpus;
            (gpus.memory_mib, gpus.gpus[0].memory_mib) = (u64::MAX, u64::MAX);
            document.gpus.memory_mib = u64::MAX;
        };
        let gpu = flaws_after(gpu);
        assert!(gpu.iter().any(|flaw| flaw.starts_with("nodes.nodeData[0].gpus.gpus[0].memory: ")));
    }

    #[test]
    fn keys_that_the_database_refuses_are_flaws_at_any_depth() {
        let metadata = json!({ "a": { "kubernetes.io/os": 1 }, "b": [[{ "$set": 2 }]], "": 3 });
        let wrong = flaws_after(|document| document.cluster_metadata = object(metadata));
        let starts = [
            "clusterMetadata.: is empty",
            "clusterMetadata.a.kubernetes.io/os: the key 'kubernetes.io/os' has a '.'",
            "clusterMetadata.b[0][0].$set: the key '$set' begins with '$'",
        ];
        says(&wrong, &starts);
        let wrong = flaws_after(|document| {
            document.nodes.node_data[1].node_metadata = object(json!({ "a.b": 1, "us$": 2 }));
        });
        says(&wrong, &["nodes.nodeData[1].nodeMetadata.a.b: "]);
    }

    #[test]
    fn only_what_cannot_be_sent_in_pieces_is_too_large() {
        let nodes = (0..400).map(|number| node(&format!("node-{number}"))).collect();
        let large = document(nodes);
        assert!(size::of_document(&large).unwrap() > size::MAX_DOCUMENT);
        assert_eq!(flaws(&large), []);
        let tag = |bytes: usize| vec!["x".repeat(bytes)];
        let wrong = flaws_after(|document| document.nodes.node_data[1].tags = tag(102_200));
        says(&wrong, &["nodes.nodeData[1]: 102"]);
        let wrong = flaws_after(|document| document.tags = tag(102_400));
        says(&wrong, &["document: 10"]);
    }

    #[test]
    fn sizes_are_those_that_the_registry_was_seen_to_take() {
        let entry = size::of(&node("node-2")).unwrap();
        let fits = size::MAX_UPDATE - size::of_node_update(0, entry);
        let tags = |bytes: u64| {
            let text = "x".repeat(usize::try_from(bytes).unwrap() - r#", "tags": [""]"#.len());
            flaws_after(|document| document.nodes.node_data[0].tags = vec![text]).len()
        };
        assert_eq!((tags(fits), tags(fits + 1)), (0, 1));
        let base = document(Vec::new());
        let fits = size::MAX_DOCUMENT - size::of_document(&base).unwrap();
        let config = |bytes: u64| {
            let text = "x".repeat(usize::try_from(bytes).unwrap() - r#""k": """#.len());
            flaws(&Document { config: object(json!({ "k": text })), ..base.clone() }).len()
        };
        assert_eq!((config(fits), config(fits + 1)), (0, 1));
        let whole = size::of(&base).unwrap();
        assert_eq!(whole - size::of_document(&base).unwrap(), r#""status": "live", "#.len() as u64);
    }
}
