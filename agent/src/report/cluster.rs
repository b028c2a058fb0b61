//! What the cluster shows of this node, as far as the agent looks.

use std::collections::BTreeMap;

use inventory_common::resource::{
    Conditions, GPU_INFO_ANNOTATION, NODE_ID_LABEL, NodeInventoryStatus,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::core::{DynamicObject, ObjectMeta};

/// The name under which the agent's writes are recorded (`metadata.managedFields`).
pub const MANAGER: &str = "inventory-agent";

/// What is known of an object. A read that failed leaves it unknown, never absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Seen<T> {
    /// Nobody could tell yet, or any more.
    #[default]
    Unknown,
    /// The API server said that it is not there.
    Absent,
    /// It is there.
    Present(T),
}

impl<T> Seen<T> {
    /// The object, where it is there.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(object) => Some(object),
            Self::Unknown | Self::Absent => None,
        }
    }
}

/// What the agent looks at of its Node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeView {
    /// This Node's, and no other's of the same name.
    pub uid: String,
    /// The version that was seen.
    pub resource_version: String,
    /// The label `nodeID`; an empty one says nothing and is absent.
    pub node_id: Option<String>,
    /// The annotation `gpu.aios/info`.
    pub gpu_info: Option<String>,
    /// Who else wrote one of the two last.
    pub rival: Option<String>,
}

impl From<ObjectMeta> for NodeView {
    fn from(meta: ObjectMeta) -> Self {
        let keys = [format!("f:{NODE_ID_LABEL}"), format!("f:{GPU_INFO_ANNOTATION}")];
        let rival = rival(&meta, |fields| keys.iter().any(|key| fields.contains(key.as_str())));
        let of = |map: Option<BTreeMap<String, String>>, key: &str| {
            map.and_then(|mut map| map.remove(key))
        };
        Self {
            uid: meta.uid.unwrap_or_default(),
            resource_version: meta.resource_version.unwrap_or_default(),
            node_id: of(meta.labels, NODE_ID_LABEL).filter(|id| !id.is_empty()),
            gpu_info: of(meta.annotations, GPU_INFO_ANNOTATION),
            rival,
        }
    }
}

/// What the agent looks at of its `NodeInventory`.
#[derive(Clone, Debug, PartialEq)]
pub struct InventoryView {
    /// This object's, and no other's of the same name.
    pub uid: String,
    /// Whether it is being deleted, and only a finalizer keeps it.
    pub is_terminating: bool,
    /// Whom it goes with.
    pub owners: Vec<OwnerReference>,
    /// What it says; absent where that cannot be understood.
    pub status: Option<NodeInventoryStatus>,
    /// Who else wrote it last.
    pub rival: Option<String>,
}

impl InventoryView {
    /// Whether it says just this, whenever its conditions began to.
    #[must_use]
    pub fn says(&self, wanted: &NodeInventoryStatus) -> bool {
        self.status.as_ref().is_some_and(|status| says_the_same(status, wanted))
    }
}

/// Whether both say the same, whenever their conditions began to.
#[must_use]
pub fn says_the_same(one: &NodeInventoryStatus, other: &NodeInventoryStatus) -> bool {
    let timeless = |status: &NodeInventoryStatus| NodeInventoryStatus {
        conditions: Conditions::default(),
        ..status.clone()
    };
    let mut pairs = one.conditions.iter().zip(&other.conditions);
    one.conditions.len() == other.conditions.len()
        && one.conditions.newer() == other.conditions.newer()
        && pairs.all(|(one, other)| one.says_as(other))
        && timeless(one) == timeless(other)
}

impl From<DynamicObject> for InventoryView {
    fn from(mut object: DynamicObject) -> Self {
        let status = object.data.get_mut("status").map(serde_json::Value::take);
        let meta = object.metadata;
        Self {
            status: status.and_then(|status| serde_json::from_value(status).ok()),
            rival: rival(&meta, |_| true),
            uid: meta.uid.unwrap_or_default(),
            is_terminating: meta.deletion_timestamp.is_some(),
            owners: meta.owner_references.unwrap_or_default(),
        }
    }
}

/// Who else wrote fields of this object last.
fn rival(meta: &ObjectMeta, is_about: impl Fn(&str) -> bool) -> Option<String> {
    let entries = meta.managed_fields.iter().flatten();
    let others = entries.filter(|entry| entry.manager.as_deref() != Some(MANAGER));
    let about = others.filter(|entry| {
        let fields = entry.fields_v1.as_ref().map(|fields| fields.0.to_string());
        fields.is_some_and(|fields| is_about(&fields))
    });
    about.max_by_key(|entry| entry.time.clone())?.manager.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::brief::brief;
    use crate::report::sample;

    fn node(meta: &serde_json::Value) -> NodeView {
        serde_json::from_value::<ObjectMeta>(meta.clone()).unwrap().into()
    }

    #[test]
    fn an_empty_label_is_none() {
        let label = |id: &str| node(&serde_json::json!({ "labels": { "nodeID": id } })).node_id;
        assert_eq!(label(""), None);
        assert_eq!(label("node-1"), Some("node-1".to_owned()));
    }

    #[test]
    fn since_when_a_condition_holds_is_no_difference_and_whether_it_holds_is() {
        let status = |status: &str, since: &str| -> NodeInventoryStatus {
            let condition = serde_json::json!({
                "type": "Complete", "status": status, "reason": "Written", "message": "it is there",
                "lastTransitionTime": since,
            });
            let mut status = brief(&sample::inventory());
            status.conditions = serde_json::from_value(vec![condition].into()).unwrap();
            status
        };
        let today = status("True", "2026-01-02T00:00:00Z");
        assert!(says_the_same(&status("True", "2026-01-01T00:00:00Z"), &today));
        assert!(!says_the_same(&status("False", "2026-01-02T00:00:00Z"), &today));
    }

    #[test]
    fn the_last_who_wrote_one_of_our_keys_is_the_rival() {
        let wrote = |manager: &str, time: &str, key: &str| {
            serde_json::json!({
                "manager": manager, "time": time, "operation": "Update", "fieldsType": "FieldsV1",
                "fieldsV1": { "f:metadata": { "f:annotations": { key: {} } } },
            })
        };
        let view = node(&serde_json::json!({ "managedFields": [
            wrote("early", "2026-01-01T00:00:00Z", "f:gpu.aios/info"),
            wrote("late", "2026-01-02T00:00:00Z", "f:gpu.aios/info"),
            wrote(MANAGER, "2026-01-03T00:00:00Z", "f:gpu.aios/info"),
            wrote("elsewhere", "2026-01-04T00:00:00Z", "f:other"),
        ] }));
        assert_eq!(view.rival.as_deref(), Some("late"));
    }
}
