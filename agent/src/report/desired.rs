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
    pub gpu_info: Option<String>,
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
    metadata
        .extend(gpus.map(|gpus| ("annotations".to_owned(), json!({ GPU_INFO_ANNOTATION: gpus }))));
    if metadata.is_empty() {
        return None;
    }
    // Decided on what was seen, and on nothing else.
    metadata.insert("resourceVersion".to_owned(), node.resource_version.clone().into());
    Some(json!({ "metadata": metadata }))
}

/// The GPUs as AIOS reads them from the annotation; absent while any of them is unknown.
fn gpu_info(inventory: &Inventory) -> Option<String> {
    let is_unknown = |field: &str| matches!(field, "gpus.count" | "gpus.memory");
    if inventory.unknowns.iter().any(|unknown| is_unknown(&unknown.field)) {
        return None;
    }
    let gpus: &[GpuData] = &inventory.node_data.gpus.gpus;
    serde_json::to_string(gpus).ok()
}

/// Whether the text says the same, however it is written.
fn says(text: Option<&str>, wanted: &str) -> bool {
    let meaning = |text: &str| serde_json::from_str::<Value>(text).ok();
    text.is_some_and(|text| meaning(text) == meaning(wanted))
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
    let former = former.map(|status| &*status.conditions);
    let kubelet = shown.kubelet.as_ref();
    let rival = shown.node_contest.rival(now.0).or_else(|| shown.object_contest.rival(now.0));
    let grounds = Grounds { inventory, kubelet, rival };
    let mut status = brief(inventory);
    id.clone_into(&mut status.node_data.id);
    status.conditions = judge(&grounds, former.unwrap_or_default(), now.1).into();
    status
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

#[cfg(test)]
mod tests {
    use inventory_common::resource::ConditionType;
    use k8s_openapi::jiff::Timestamp;
    use kube::core::DynamicObject;

    use super::*;
    use crate::report::sample;

    const NAME: &str = "node-1";

    fn at(second: i64) -> Time {
        Time(Timestamp::from_second(second).unwrap())
    }

    fn identity(overwrite_node_id: bool) -> Identity {
        Identity { name: NAME.to_owned(), overwrite_node_id }
    }

    /// A Node with this label and annotation, and no object.
    fn shown(node_id: Option<&str>, gpu_info: Option<&str>) -> Shown {
        let node = NodeView {
            uid: "uid-1".to_owned(),
            resource_version: "7".to_owned(),
            node_id: node_id.map(str::to_owned),
            gpu_info: gpu_info.map(str::to_owned),
            rival: None,
        };
        Shown { node: Seen::Present(node), object: Seen::Absent, ..Shown::default() }
    }

    fn writes(inventory: &Inventory, shown: &Shown) -> Vec<Write> {
        decide(&identity(false), inventory, shown, (Instant::now(), &at(0))).unwrap().1
    }

    /// What the cluster shows after these writes.
    fn after(writes: &[Write], mut shown: Shown) -> Shown {
        for write in writes {
            match write {
                Write::Node(patch) => {
                    let Seen::Present(node) = &mut shown.node else { panic!("no Node") };
                    let meta = &patch["metadata"];
                    assert_eq!(meta["resourceVersion"], node.resource_version);
                    let set = |slot: &mut Option<String>, value: &Value| {
                        *slot = value.as_str().map(str::to_owned).or(slot.take());
                    };
                    set(&mut node.node_id, &meta["labels"]["nodeID"]);
                    set(&mut node.gpu_info, &meta["annotations"]["gpu.aios/info"]);
                }
                Write::Object(object) => {
                    assert_eq!(object.metadata.name.as_deref(), Some(NAME));
                    let object = serde_json::to_value(object).unwrap();
                    let object: DynamicObject = serde_json::from_value(object).unwrap();
                    shown.object = Seen::Present(object.into());
                }
                Write::Orphan(_) => shown.object = Seen::Absent,
            }
        }
        shown
    }

    fn object(shown: &Shown) -> &InventoryView {
        shown.object.present().unwrap()
    }

    fn object_mut(shown: &mut Shown) -> &mut InventoryView {
        let Seen::Present(object) = &mut shown.object else { panic!("no object") };
        object
    }

    /// A cluster that shows all as it is.
    fn right() -> Shown {
        let bare = shown(None, None);
        after(&writes(&sample::inventory(), &bare), bare)
    }

    #[test]
    fn without_a_node_nothing_is_written() {
        for node in [Seen::Unknown, Seen::Absent] {
            let shown = Shown { node, object: Seen::Absent, ..Shown::default() };
            let now = (Instant::now(), &at(0));
            assert_eq!(decide(&identity(false), &sample::inventory(), &shown, now), None);
        }
    }

    #[test]
    fn at_first_label_annotation_and_object_are_written_once() {
        let bare = shown(None, None);
        let first = writes(&sample::inventory(), &bare);
        assert!(matches!(&first[..], [Write::Node(_), Write::Object(_)]), "{first:?}");
        let shown = after(&first, bare);
        let node = shown.node.present().unwrap();
        assert_eq!(node.node_id.as_deref(), Some(NAME));
        let gpus = r#"[{"modelName":"NVIDIA H100 80GB HBM3","memory":81559}]"#;
        assert_eq!(node.gpu_info.as_deref(), Some(gpus));
        let owner = &object(&shown).owners[0];
        assert_eq!([&owner.api_version, &owner.name, &owner.uid], ["v1", NAME, "uid-1"]);
        assert_eq!((owner.controller, owner.block_owner_deletion), (None, None));
        assert_eq!(writes(&sample::inventory(), &shown), []);
    }

    #[test]
    fn only_what_differs_is_written() {
        let mut unlabelled = right();
        let Seen::Present(node) = &mut unlabelled.node else { panic!("no Node") };
        node.node_id = None;
        let labels = json!({ "labels": { "nodeID": NAME }, "resourceVersion": "7" });
        let patch = Write::Node(json!({ "metadata": labels }));
        assert_eq!(writes(&sample::inventory(), &unlabelled), [patch]);

        let mut edited = right();
        object_mut(&mut edited).status.as_mut().unwrap().node_data.memory_mib += 1;
        let written = writes(&sample::inventory(), &edited);
        assert!(matches!(written[..], [Write::Object(_)]), "{written:?}");
    }

    #[test]
    fn what_nobody_could_look_at_is_not_written() {
        let blind = Shown { object: Seen::Unknown, ..shown(None, None) };
        let written = writes(&sample::inventory(), &blind);
        assert!(matches!(written[..], [Write::Node(_)]), "{written:?}");
    }

    #[test]
    fn a_label_that_is_there_wins_unless_a_person_says_otherwise() {
        let labelled = shown(Some("gpu-a"), None);
        for (overwrite, id) in [(false, "gpu-a"), (true, NAME)] {
            let now = (Instant::now(), &at(0));
            let inventory = sample::inventory();
            let (wanted, _) = decide(&identity(overwrite), &inventory, &labelled, now).unwrap();
            assert_eq!(wanted.node_id, id);
            assert_eq!(wanted.status.node_data.id, id);
        }
    }

    #[test]
    fn an_annotation_that_says_the_same_in_other_words_stays() {
        let spaced = r#"[ { "memory": 81559, "modelName": "NVIDIA H100 80GB HBM3" } ]"#;
        let written = writes(&sample::inventory(), &shown(Some(NAME), Some(spaced)));
        assert!(matches!(written[..], [Write::Object(_)]), "{written:?}");
    }

    #[test]
    fn the_annotation_stays_while_a_memory_is_unknown_and_is_empty_without_gpus() {
        let mut readings = sample::readings();
        readings.devices.gpus[0].memory_mib = None;
        assert_eq!(gpu_info(&sample::summed(readings)), None);
        let mut readings = sample::readings();
        readings.devices.gpus.clear();
        assert_eq!(gpu_info(&sample::summed(readings)).as_deref(), Some("[]"));
    }

    #[test]
    fn an_object_of_an_earlier_node_is_deleted_and_made_anew() {
        let mut reborn = right();
        object_mut(&mut reborn).uid = "object-1".to_owned();
        let Seen::Present(node) = &mut reborn.node else { panic!("no Node") };
        node.uid = "uid-2".to_owned();
        let orphan = Write::Orphan("object-1".to_owned());
        let written = writes(&sample::inventory(), &reborn);
        assert_eq!(written, [orphan]);
        let gone = after(&written, reborn);
        let written = writes(&sample::inventory(), &gone);
        assert!(matches!(written[..], [Write::Object(_)]), "{written:?}");
    }

    #[test]
    fn an_object_that_is_being_deleted_is_left_alone() {
        let mut going = right();
        object_mut(&mut going).is_terminating = true;
        object_mut(&mut going).status = None;
        assert_eq!(writes(&sample::inventory(), &going), []);
    }

    #[test]
    fn an_object_that_nobody_understands_is_written_anew() {
        let mut odd = right();
        object_mut(&mut odd).status = None;
        let written = writes(&sample::inventory(), &odd);
        assert!(matches!(written[..], [Write::Object(_)]), "{written:?}");
    }

    #[test]
    fn a_condition_keeps_its_time_until_its_status_changes() {
        let since = |kind, shown: &Shown| {
            let status = object(shown).status.as_ref().unwrap();
            status.condition(kind).unwrap().last_transition_time.clone()
        };
        let mut slow = sample::readings();
        slow.devices.ports[0].speed_mbps = None;
        let shown = right();
        let now = (Instant::now(), &at(60));
        let slow = sample::summed(slow);
        let (_, later) = decide(&identity(false), &slow, &shown, now).unwrap();
        let shown = after(&later, shown);
        assert_eq!(since(ConditionType::SpeedsKnown, &shown), at(60));
        assert_eq!(since(ConditionType::Complete, &shown), at(0));
    }

    #[test]
    fn a_rival_is_named_in_a_condition() {
        let mut shown = right();
        let now = Instant::now();
        (0..4).for_each(|_| shown.object_contest.mended(Some("kubectl-edit"), now));
        let time = at(1);
        let decided = decide(&identity(false), &sample::inventory(), &shown, (now, &time));
        let status = decided.unwrap().0.status;
        let contested = status.condition(ConditionType::Contested).unwrap();
        assert!(status.is(ConditionType::Contested));
        assert!(contested.message.contains("'kubectl-edit'"), "{}", contested.message);
    }
}
