//! Changes of conditions, of which an Event tells.

use inventory_common::resource::{Condition, ConditionKind, ConditionStatus, ConditionType};
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Resource;
use kube::api::DynamicObject;
use serde::Deserialize;

/// A condition of an object that says something else than before.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// The object.
    pub object: ObjectReference,
    /// The condition's type, such as `GPUsHealthy`.
    pub kind: &'static str,
    /// Whether it is as it should be now.
    pub is_well: bool,
    /// Why, in one word.
    pub reason: String,
    /// Why, in one line.
    pub message: String,
}

impl Transition {
    /// A change of a condition, of no object yet.
    pub fn new(kind: &'static str, is_well: bool, reason: String, message: String) -> Self {
        Self { object: ObjectReference::default(), kind, is_well, reason, message }
    }

    /// The same of this object.
    #[must_use]
    pub fn of<K: Resource<DynamicType = ()>>(mut self, name: &str, uid: &str) -> Self {
        self.object = ObjectReference {
            api_version: Some(K::api_version(&()).into_owned()),
            kind: Some(K::kind(&()).into_owned()),
            name: Some(name.to_owned()),
            uid: Some(uid.to_owned()),
            ..ObjectReference::default()
        };
        self
    }
}

/// The change of a condition; absent where its status is what it was before.
pub fn change<Type: ConditionKind>(
    before: Option<ConditionStatus>,
    now: &Condition<Type>,
) -> Option<Transition> {
    let is_well = now.is_well();
    // A condition that is new and well is no news.
    let is_news = before.map_or(!is_well, |before| before != now.status);
    let Condition { kind, reason, message, .. } = now;
    is_news.then(|| Transition::new(kind.written(), is_well, reason.clone(), message.clone()))
}

/// What the conditions of a node's inventory are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions(Box<[(ConditionType, ConditionStatus)]>);

impl Conditions {
    /// Those of an object that anybody may have written; what makes no sense is none.
    pub fn of(object: &DynamicObject) -> Self {
        let conditions = conditions(object);
        Self(conditions.map(|condition| (condition.kind, condition.status)).collect())
    }

    /// Those that are not as they should be.
    pub fn unwell(&self) -> Vec<&'static str> {
        let bad = self.0.iter().filter(|(kind, status)| *status != kind.should_be());
        bad.map(|(kind, _)| kind.written()).collect()
    }

    /// How those of the object as it is now differ from these.
    pub fn changes(&self, object: &DynamicObject) -> impl Iterator<Item = Transition> {
        conditions(object).filter_map(|condition| {
            let before = self.0.iter().find(|(kind, _)| *kind == condition.kind);
            change(before.map(|(_, status)| *status), &condition)
        })
    }
}

fn conditions(object: &DynamicObject) -> impl Iterator<Item = Condition<ConditionType>> {
    let list = object.data.pointer("/status/conditions").and_then(serde_json::Value::as_array);
    list.into_iter().flatten().filter_map(|condition| Condition::deserialize(condition).ok())
}

#[cfg(test)]
mod tests {
    use inventory_common::resource::NodeInventory;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_told_of_its_object_alone() {
        let change = Transition::new("Complete", true, "R".to_owned(), "m".to_owned());
        let object = change.of::<NodeInventory>("gpu-01", "u1").object;
        assert_eq!(
            serde_json::to_value(object).unwrap(),
            json!({
                "apiVersion": "inventory.aios/v1alpha1", "kind": "NodeInventory",
                "name": "gpu-01", "uid": "u1",
            })
        );
    }
}
