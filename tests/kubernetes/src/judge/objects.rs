//! The cluster's objects: nothing goes, and nothing that was known changes.

use serde_json::Value;

use super::{Truth, alike};

/// A kind of object that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A Node.
    Node,
    /// A `NodeInventory`.
    Inventory,
    /// The `ClusterOnboarding`.
    Onboarding,
}

/// Where everything stays as it is, once it is there.
const STAYS: [(Kind, &str); 2] =
    [(Kind::Node, "/metadata/labels"), (Kind::Node, "/metadata/annotations")];

/// What stays as it is from the first on, and be it absent.
const STAYS_SO: [(Kind, &str); 3] = [
    (Kind::Node, "/metadata/uid"),
    (Kind::Inventory, "/metadata/uid"),
    // What is unknown for ever is named from the first on.
    (Kind::Inventory, "/status/unknowns"),
];

/// What may become another, and never goes.
const STAYS_THERE: [(Kind, &str); 2] =
    [(Kind::Onboarding, "/status/receipt"), (Kind::Onboarding, "/spec/id")];

/// What is wrong with an object that was so, and is now so; absent where there was or is none.
#[must_use]
pub fn wrong(
    kind: Kind,
    name: &str,
    truth: &Truth,
    [before, after]: [Option<&Value>; 2],
) -> Vec<String> {
    let Some(after) = after else {
        return before.map(|_| format!("{kind:?} '{name}' is gone")).into_iter().collect();
    };
    let mut wrong = untrue(kind, truth.get(name), after);
    if let Some(before) = before {
        wrong.extend(changed(kind, before, after));
    }
    wrong.into_iter().map(|line| format!("{kind:?} '{name}': {line}")).collect()
}

/// An inventory never says anything but the truth, once it says something.
fn untrue(kind: Kind, truth: Option<&Value>, after: &Value) -> Vec<String> {
    let said = &after["status"]["nodeData"];
    let is_true = kind != Kind::Inventory || truth.is_some_and(|truth| alike(said, truth));
    if is_true { Vec::new() } else { vec![format!("it says {said}")] }
}

fn changed(kind: Kind, before: &Value, after: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (_, place) in STAYS_SO.iter().filter(|(of, _)| *of == kind) {
        let [was, is] = [before, after].map(|it| it.pointer(place).unwrap_or(&Value::Null));
        if was != is {
            wrong.push(format!("{place} was {was} and is {is}"));
        }
    }
    for (_, place) in STAYS.iter().filter(|(of, _)| *of == kind) {
        let entries = before.pointer(place).and_then(Value::as_object).into_iter().flatten();
        for (key, was) in entries {
            let is = after.pointer(place).and_then(|at| at.get(key)).unwrap_or(&Value::Null);
            if is != was {
                wrong.push(format!("{place}: '{key}' was {was} and is {is}"));
            }
        }
    }
    for (_, place) in STAYS_THERE.iter().filter(|(of, _)| *of == kind) {
        if before.pointer(place).is_some() && after.pointer(place).is_none() {
            wrong.push(format!("{place} is gone"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(kind: Kind, before: &Value, after: &Value) -> Vec<String> {
        let truth = Truth::from([("a".to_owned(), json!({ "id": "a", "memory": 5 }))]);
        let there = |value: &Value| (!value.is_null()).then(|| value.clone());
        let (before, after) = (there(before), there(after));
        wrong(kind, "a", &truth, [before.as_ref(), after.as_ref()])
    }

    fn node(labels: &Value) -> Value {
        json!({ "metadata": { "uid": "1", "labels": labels, "annotations": { "x": "1" } } })
    }

    fn inventory(memory: u64) -> Value {
        json!({ "metadata": { "uid": "1" }, "status": { "nodeData": { "id": "a", "memory": memory } } })
    }

    #[test]
    fn what_is_added_is_right() {
        let (before, after) = (node(&json!({})), node(&json!({ "nodeID": "a" })));
        assert!(judged(Kind::Node, &Value::Null, &before).is_empty());
        assert!(judged(Kind::Node, &before, &after).is_empty());
        assert!(judged(Kind::Inventory, &Value::Null, &inventory(5)).is_empty());
        assert!(judged(Kind::Inventory, &inventory(5), &inventory(5)).is_empty());
        assert!(judged(Kind::Inventory, &Value::Null, &Value::Null).is_empty());
    }

    #[test]
    fn what_goes_or_changes_is_wrong() {
        let before = node(&json!({ "nodeID": "a", "theirs": "1" }));
        for after in [
            node(&json!({ "theirs": "1" })),
            node(&json!({ "nodeID": "b", "theirs": "1" })),
            node(&json!({ "nodeID": "a" })),
            json!({ "metadata": { "uid": "1", "labels": { "nodeID": "a", "theirs": "1" } } }),
            Value::Null,
        ] {
            assert_eq!(judged(Kind::Node, &before, &after).len(), 1, "{after}");
        }
        let mut anew = before.clone();
        anew["metadata"]["uid"] = "2".into();
        assert_eq!(
            judged(Kind::Node, &before, &anew),
            [r#"Node 'a': /metadata/uid was "1" and is "2""#]
        );
    }

    #[test]
    fn an_inventory_that_says_anything_but_the_truth_is_wrong() {
        assert_eq!(judged(Kind::Inventory, &Value::Null, &inventory(4)).len(), 1);
        assert_eq!(judged(Kind::Inventory, &inventory(5), &inventory(4)).len(), 1);
        let mut unknown = inventory(5);
        unknown["status"]["unknowns"] = json!(["memory"]);
        assert_eq!(judged(Kind::Inventory, &inventory(5), &unknown).len(), 1);
        assert_eq!(judged(Kind::Inventory, &inventory(5), &Value::Null).len(), 1);
    }

    #[test]
    fn a_receipt_that_is_forgotten_is_wrong() {
        let onboarding = |status: Value| json!({ "metadata": { "uid": "1" }, "status": status });
        let with = onboarding(json!({ "receipt": { "sha256": "x" } }));
        let other = onboarding(json!({ "receipt": { "sha256": "y" } }));
        assert!(judged(Kind::Onboarding, &with, &other).is_empty());
        assert_eq!(judged(Kind::Onboarding, &with, &onboarding(json!({}))).len(), 1);
    }
}
