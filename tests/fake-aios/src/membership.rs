//! The membership service of a cluster: it rewrites the cluster's entry from what Kubernetes says, with
//! placeholders for all that Kubernetes does not know, and adds and removes entries.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::clusters::LIMIT_BYTES;
use crate::python;
use crate::request::{Answer, Request};
use crate::route::Route;
use crate::size::python_json_bytes;
use crate::world::World;

/// A node as Kubernetes shows it to the membership service.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Node {
    /// Its name, which becomes its id.
    pub name: String,
    /// CPUs of its capacity.
    #[serde(default)]
    pub vcpus: u64,
    /// Memory of its capacity.
    #[serde(default)]
    pub memory_mib: u64,
    /// The annotation `gpu.aios/info`, where there is one.
    #[serde(default)]
    pub gpu_info: Option<String>,
}

/// A cluster's nodes.
pub(crate) type Nodes = Vec<Node>;

/// Something that happens to a stored cluster without its client.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// The membership service rewrites the entry from the nodes that are set.
    Sync,
    /// A node joins: its entry is appended, whether or not its id is there.
    Join(Value),
    /// A node goes: the entries with its id are dropped.
    Leave(String),
    /// A person sets these dotted paths.
    Edit(Value),
}

/// Why a change did not happen.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChangeError {
    /// As the registry says.
    #[error("the registry refused: {0}")]
    Refused(#[from] crate::clusters::Refused),
    /// nodeData holds something that is no entry, such as null.
    #[error("nodeData holds an entry that is no object")]
    NoEntry,
}

/// Lets a change happen.
pub(crate) fn run(world: &mut World, id: &str, change: &Change) -> Result<(), ChangeError> {
    let update = match change {
        Change::Sync => synced(world.nodes.get(id).map(Vec::as_slice).unwrap_or_default()),
        Change::Edit(update) => {
            world.clusters.update(id, update)?;
            return Ok(());
        }
        Change::Join(entry) => {
            let mut entries = entries(world, id)?;
            entries.push(entry.clone());
            with_sums(&entries)?
        }
        Change::Leave(node_id) => {
            let stays = |entry: &Value| entry.get("id").and_then(Value::as_str) != Some(node_id);
            let mut entries = entries(world, id)?;
            entries.retain(stays);
            with_sums(&entries)?
        }
    };
    if python_json_bytes(&update) > LIMIT_BYTES {
        return Err(crate::clusters::Refused::TooLarge.into());
    }
    world.clusters.update(id, &update)?;
    Ok(())
}

/// Lets happen what was to happen before this update. A change that is refused is lost, as it is with
/// the real service.
pub(crate) fn run_before_update(world: &mut World, id: &str) {
    let next = world.before_update.get_mut(id).and_then(VecDeque::pop_front);
    for change in next.unwrap_or_default() {
        let _ = run(world, id, &change);
    }
}

fn entries(world: &World, id: &str) -> Result<Vec<Value>, ChangeError> {
    let cluster = world.clusters.read(id)?;
    Ok(cluster.pointer("/nodes/nodeData").and_then(Value::as_array).cloned().unwrap_or_default())
}

/// What a sync writes.
fn synced(nodes: &[Node]) -> Value {
    let entries: Vec<_> = nodes.iter().map(entry).collect();
    let mut update = sums(&entries);
    update.insert("nodes.count".to_owned(), entries.len().into());
    update.insert("nodes.nodeData".to_owned(), entries.into());
    Value::Object(update)
}

/// A node's entry: from Kubernetes what it knows, made up what it does not.
#[must_use]
pub fn entry(node: &Node) -> Value {
    json!({
        "id": node.name,
        "gpus": gpus(node.gpu_info.as_deref()),
        "vcpus": {"count": node.vcpus},
        "memory": node.memory_mib,
        "swap": 0,
        "storage": {"disks": 1, "size": 512_000},
        "network": {"interfaces": 1, "txBandwidth": 10_000, "rxBandwidth": 10_000},
    })
}

/// GPUs as the annotation tells of them; none where it is absent, blank or cannot be read.
fn gpus(annotation: Option<&str>) -> Value {
    let listed =
        annotation.and_then(|text| serde_json::from_str::<Vec<Map<String, Value>>>(text).ok());
    let features: &[&str] = if listed.is_some() { &["fp16"] } else { &[] };
    let listed = listed.unwrap_or_default();
    let memory: i64 = listed.iter().filter_map(|gpu| gpu.get("memory")?.as_i64()).sum();
    let name = |gpu: &Map<_, _>| gpu.get("modelName").map_or("Unknown".to_owned(), python::text);
    let mut names: Vec<_> = listed.iter().map(name).collect();
    names.sort_unstable();
    names.dedup();
    json!({
        "count": listed.len(), "memory": memory, "gpus": listed, "features": features, "modelNames": names,
    })
}

/// What a join or a removal writes: the entries, and every sum anew. Fails on an entry that is none.
fn with_sums(entries: &[Value]) -> Result<Value, ChangeError> {
    if !entries.iter().all(Value::is_object) {
        return Err(ChangeError::NoEntry);
    }
    let mut update = sums(entries);
    update.insert("nodes".to_owned(), json!({"count": entries.len(), "nodeData": entries}));
    Ok(Value::Object(update))
}

/// Each sum, and where in an entry its parts are.
const SUMS: [&[&str]; 6] = [
    &["gpus.count", "gpus.memory"],
    &["vcpus.count"],
    &["memory"],
    &["swap"],
    &["storage.disks", "storage.size"],
    &["network.interfaces", "network.txBandwidth", "network.rxBandwidth"],
];

fn sums(entries: &[Value]) -> Map<String, Value> {
    let mut sums = Value::Object(Map::new());
    for path in SUMS.concat() {
        let part = |entry: &Value| crate::schema::at(entry, path).and_then(Value::as_f64);
        let sum: f64 = entries.iter().filter_map(part).sum();
        // The paths are those of the table: none runs into a list.
        let _ = crate::store::set(&mut sums, path, sum.into());
    }
    crate::schema::as_javascript_reads(&sums).as_object().cloned().unwrap_or_default()
}

/// The service as it answers over HTTP, below `/<cluster id>`.
pub(crate) fn answer(
    world: &mut World,
    route: Route,
    arguments: &[String],
    request: &Request,
) -> Answer {
    let id = arguments.first().map(String::as_str).unwrap_or_default();
    let done = match route {
        Route::Sync => run(world, id, &Change::Sync).map(|()| json!({"success": true})),
        Route::PreCheck => return json_body(request, |node| Ok(pre_check(world, &node))),
        _ => return json_body(request, |body| member_change(world, id, route, &body)),
    };
    done.map_or_else(|error| failure(&error.to_string()), |value| Answer::json(200, value))
}

fn json_body(request: &Request, then: impl FnOnce(Value) -> Result<Value, String>) -> Answer {
    let done = python::body(request).and_then(|body| then(body.value));
    done.map_or_else(|error| failure(&error), |value| Answer::json(200, value))
}

fn failure(text: &str) -> Answer {
    Answer::json(500, json!({"success": false, "error": text}))
}

/// Whether the cluster lets a node join, and as what.
pub(crate) fn pre_check(world: &World, node: &Value) -> Value {
    json!({"allowed": !world.nodes_denied, "node_data": node, "success": true})
}

/// A join or a removal with its body, `{"node_data": …}` or `{"node_id": …}`.
pub(crate) fn member_change(
    world: &mut World,
    id: &str,
    route: Route,
    body: &Value,
) -> Result<Value, String> {
    let key = if route == Route::Join { "node_data" } else { "node_id" };
    let node = body.get(key).ok_or_else(|| format!("'{key}'"))?;
    let change = match route {
        Route::Join => Change::Join(node.clone()),
        _ => Change::Leave(python::text(node)),
    };
    run(world, id, &change).map_err(|error| error.to_string())?;
    Ok(json!({"result": true, "success": true}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpus_come_from_the_annotation() {
        let none = json!({"count": 0, "memory": 0, "gpus": [], "features": [], "modelNames": []});
        for annotation in [None, Some(""), Some("nope"), Some("{}")] {
            assert_eq!(gpus(annotation), none, "{annotation:?}");
        }
        let annotation =
            r#"[{"modelName": "B", "memory": 2}, {"modelName": "A", "memory": 1}, {"memory": 3}]"#;
        let read = gpus(Some(annotation));
        assert_eq!(read["count"], 3);
        assert_eq!(read["memory"], 6);
        assert_eq!(read["features"], json!(["fp16"]));
        assert_eq!(read["modelNames"], json!(["A", "B", "Unknown"]));
    }

    #[test]
    fn sums_are_of_all_entries_and_fail_on_null() {
        let node = Node { name: "a".to_owned(), vcpus: 4, memory_mib: 100, gpu_info: None };
        let update = with_sums(&[entry(&node), entry(&node)]).unwrap();
        assert_eq!(update["vcpus"], json!({"count": 8}));
        assert_eq!(update["memory"], 200);
        assert_eq!(
            update["network"],
            json!({"interfaces": 2, "txBandwidth": 20_000, "rxBandwidth": 20_000})
        );
        assert_eq!(update["nodes"]["count"], 2);
        assert_eq!(with_sums(&[Value::Null]), Err(ChangeError::NoEntry));
    }
}
