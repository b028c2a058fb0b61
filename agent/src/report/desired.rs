//! What must be written so that the cluster shows what is true: one function from data to data.

use std::time::Instant;

use inventory_common::node_data::GpuData;
use inventory_common::resource::{
    GPU_INFO_ANNOTATION, NODE_ID_LABEL, NodeInventory, NodeInventoryStatus,
};
use inventory_common::{Inventory, node_id};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{OwnerReference, Time};
use kube::core::ObjectMeta;
use serde_json::{Value, json};

use super::brief::brief;
use super::cluster::{InventoryView, NodeView, Seen};
use super::conditions::{Grounds, judge};
use super::contest::Contest;
use super::kubelet::Kubelet;

/// Who this node is, and what its label may become.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The Node's name.
    pub name: String,
    /// Whether a label that differs is replaced by the id that is derived from the name.
    pub overwrite_node_id: bool,
}

/// What the cluster shows, and what is known about it.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The Node.
    pub node: Seen<NodeView>,
    /// The `NodeInventory`.
    pub object: Seen<InventoryView>,
    /// What kubelet says; absent where nobody could ask yet.
    pub kubelet: Option<Kubelet>,
    /// How often the Node had to be mended lately.
    pub node_contest: Contest,
    /// How often the object had to be mended lately.
    pub object_contest: Contest,
}

/// What the cluster should show.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The Node's label `nodeID`.
    pub node_id: String,
    /// The Node's annotation `gpu.aios/info`; absent while it is left as it is.
    pub gpu_info: Option<Value>,
    /// What the object says.
    pub status: NodeInventoryStatus,
}

/// A single write.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// A JSON merge patch of the Node, with the resourceVersion that it was decided on.
    Node(Value),
    /// Server-side apply of the object.
    Object(Box<NodeInventory>),
    /// Delete the object with this UID: it belongs to a Node that is gone.
    Orphan(String),
}

/// What should be there at `now`, and the writes that bring it about: one for each object that
/// differs, none for one that nobody could look at. Absent without a Node, since there is nothing
/// to report to then.
#[must_use]
pub fn decide(
    identity: &Identity,
    inventory: &Inventory,
    shown: &Shown,
    now: (Instant, &Time),
) -> Option<(Wanted, Vec<Write>)> {
    let node = shown.node.present()?;
    let node_id = wanted_id(identity, node);
    let gpu_info = gpu_info(inventory);
    let status = wanted_status(&node_id, inventory, shown, now);
    let wanted = Wanted { node_id, gpu_info, status };
    let patch = node_patch(node, &wanted).map(Write::Node);
    let object = object_write(identity, node, &shown.object, &wanted.status);
    Some((wanted, patch.into_iter().chain(object).collect()))
}

/// The label that is there wins, unless a person said otherwise.
fn wanted_id(identity: &Identity, node: &NodeView) -> String {
    let present = node.node_id.clone().filter(|_| !identity.overwrite_node_id);
    present.unwrap_or_else(|| node_id::derive(&identity.name))
}

/// What must change of the Node; absent where nothing must.
fn node_patch(node: &NodeView, wanted: &Wanted) -> Option<Value> {
    let label = Some(&wanted.node_id).filter(|id| node.node_id.as_ref() != Some(id));
    let gpus = wanted.gpu_info.as_ref().filter(|gpus| !says(node.gpu_info.as_deref(), gpus));
    let mut metadata = serde_json::Map::new();
    metadata.extend(label.map(|id| ("labels".to_owned(), json!({ NODE_ID_LABEL: id }))));
    metadata.extend(
        gpus.map(|gpus| {
            ("annotations".to_owned(), json!({ GPU_INFO_ANNOTATION: gpus.to_string() }))
        }),
    );
    if metadata.is_empty() {
        return None;
    }
    // Decided on what was seen, and on nothing else.
    metadata.insert("resourceVersion".to_owned(), node.resource_version.clone().into());
    Some(json!({ "metadata": metadata }))
}

/// The GPUs as AIOS reads them from the annotation; absent while any of them is unknown.
fn gpu_info(inventory: &Inventory) -> Option<Value> {
    let is_unknown = |field: &str| matches!(field, "gpus.count" | "gpus.memory");
    if inventory.unknowns.iter().any(|unknown| is_unknown(&unknown.field)) {
        return None;
    }
    let gpus: &[GpuData] = &inventory.node_data.gpus.gpus;
    serde_json::to_value(gpus).ok()
}

/// Whether the text says the same, however it is written.
fn says(text: Option<&str>, value: &Value) -> bool {
    text.and_then(|text| serde_json::from_str::<Value>(text).ok()).as_ref() == Some(value)
}

/// What must be done about the object; absent where nothing must.
fn object_write(
    identity: &Identity,
    node: &NodeView,
    object: &Seen<InventoryView>,
    wanted: &NodeInventoryStatus,
) -> Option<Write> {
    let owner = owner(identity, node);
    match object {
        Seen::Unknown => return None,
        // What a finalizer keeps cannot be mended; it is made anew when it is gone.
        Seen::Present(object) if object.is_terminating => return None,
        Seen::Present(object) if is_another_node_s(object, node) => {
            return Some(Write::Orphan(object.uid.clone()));
        }
        Seen::Present(object) if object.owners.contains(&owner) && object.says(wanted) => {
            return None;
        }
        Seen::Absent | Seen::Present(_) => {}
    }
    let metadata = ObjectMeta {
        name: Some(identity.name.clone()),
        owner_references: Some(vec![owner]),
        ..ObjectMeta::default()
    };
    Some(Write::Object(Box::new(NodeInventory::new(metadata, wanted.clone()))))
}

/// What the object should say.
fn wanted_status(
    id: &str,
    inventory: &Inventory,
    shown: &Shown,
    now: (Instant, &Time),
) -> NodeInventoryStatus {
    let former = shown.object.present().and_then(|object| object.status.as_ref());
    let former = former.map(|status| status.conditions.as_slice());
    let kubelet = shown.kubelet.as_ref();
    let grounds = Grounds { inventory, kubelet, rival: rival(shown, now.0) };
    let mut status = brief(inventory);
    id.clone_into(&mut status.node_data.id);
    status.conditions = judge(&grounds, former.unwrap_or_default(), now.1);
    status
}

/// Who keeps changing what is written; a nameless one is `somebody`.
fn rival(shown: &Shown, now: Instant) -> Option<&str> {
    let node = shown.node.present().and_then(|node| node.rival.as_deref());
    let object = shown.object.present().and_then(|object| object.rival.as_deref());
    let contests = [(&shown.node_contest, node), (&shown.object_contest, object)];
    let on = contests.into_iter().find(|(contest, _)| contest.is_on(now));
    on.map(|(_, rival)| rival.unwrap_or("somebody"))
}

/// Whether the object was made for an earlier Node of this name. Some clusters refuse a changed
/// owner to those who may not delete Nodes, so it is deleted and made anew.
fn is_another_node_s(object: &InventoryView, node: &NodeView) -> bool {
    object.owners.iter().any(|owner| owner.kind == "Node" && owner.uid != node.uid)
}

fn owner(identity: &Identity, node: &NodeView) -> OwnerReference {
    OwnerReference {
        api_version: "v1".to_owned(),
        kind: "Node".to_owned(),
        name: identity.name.clone(),
        uid: node.uid.clone(),
        ..OwnerReference::default()
    }
}
