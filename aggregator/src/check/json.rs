//! Checks for programs.

use inventory_common::telling::pretty;
use serde_json::json;

use super::model::{Check, Tally};

/// An object with `checks`, each with `section`, `name`, `state`, `seen` and where there is some
/// `advice`, and `summary`, which counts the states.
pub fn as_json(checks: &[Check]) -> serde_json::Result<String> {
    let value = json!({ "checks": checks, "summary": Tally::of(checks) });
    pretty(&value)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_names_of_the_fields_stay_as_they_are() {
        let checks = [
            Check::pass("nodes", "ids", "2 of 2"),
            Check::not_tried("ports", "6443", "no node").advised("label one"),
        ];
        let value: Value = serde_json::from_str(&as_json(&checks).unwrap()).unwrap();
        let expected = json!({
            "checks": [
                { "section": "nodes", "name": "ids", "state": "pass", "seen": "2 of 2" },
                {
                    "section": "ports", "name": "6443", "state": "notTried", "seen": "no node",
                    "advice": "label one",
                },
            ],
            "summary": { "pass": 1, "warning": 0, "failure": 0, "notTried": 1 },
        });
        assert_eq!(value, expected);
    }
}
