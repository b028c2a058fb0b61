//! What a case expects, one line each.

use serde_json::{Value, json};

use crate::support::agent::Run;

/// One expectation, as it was written.
#[derive(Debug)]
pub struct Expectation(String);

/// Where the inventory keeps devices of each kind, and their figure.
const KINDS: [(&str, &str, &str); 3] = [
    ("disk", "/devices/disks", "sizeBytes"),
    ("port", "/devices/ports", "speedMbps"),
    ("gpu", "/devices/gpus", "memoryMib"),
];

impl Expectation {
    pub fn parse(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// What is not as expected.
    pub fn failure(&self, run: &Run) -> Option<String> {
        let (subject, wanted) = match self.0.split_once(" = ") {
            Some((subject, wanted)) => (subject, Some(wanted.trim())),
            None => (self.0.as_str(), None),
        };
        let words: Vec<&str> = subject.split(' ').collect();
        let result = match (words.as_slice(), wanted) {
            (["exit", status], None) => same(&json!(run.exit), status),
            (["silence"], None) => same(&json!(run.stderr), ""),
            (["no", "stderr", ..], _) => {
                let text = self.0.trim_start_matches("no stderr ");
                let is_said = run.stderr.contains(text);
                (!is_said).then_some(()).ok_or(format!("stderr {:?}", run.stderr))
            }
            (["stderr", ..], _) => {
                let text = self.0.trim_start_matches("stderr ");
                run.stderr.contains(text).then_some(()).ok_or(format!("stderr {:?}", run.stderr))
            }
            _ => Self::of_inventory(&words, wanted, &run.json()),
        };
        result.err().map(|found| format!("expected {}, found {found}; {}", self.0, run.stderr))
    }

    fn of_inventory(words: &[&str], wanted: Option<&str>, all: &Value) -> Result<(), String> {
        match (words, wanted) {
            (["probe", name], Some(outcome)) => {
                same(&named(&all["probes"], name)["outcome"], outcome)
            }
            (["fault", probe, path, cause], None) => {
                let faults = &named(&all["probes"], probe)["faults"];
                has(faults, &json!({"path": path, "cause": cause}))
            }
            (["unknown", field], None) => has(&all["unknowns"], &json!({"field": field})),
            (["unknown", field, device @ ..], None) => {
                has(&all["unknowns"], &json!({"field": field, "device": device.join(" ")}))
            }
            (["absent", kind, name @ ..], None) => match device(all, kind, &name.join(" ")) {
                Value::Null => Ok(()),
                found => Err(found.to_string()),
            },
            (["figure", kind, name @ ..], Some(wanted)) => {
                let figure = KINDS.iter().find(|known| known.0 == *kind).expect("a kind").2;
                same(&device(all, kind, &name.join(" "))[figure], wanted)
            }
            (["state", kind, name @ ..], Some(wanted)) => {
                same(&device(all, kind, &name.join(" "))["state"], wanted)
            }
            (["says", list, entry @ ..], None) => {
                let entry = serde_json::from_str(&entry.join(" ")).expect("an entry in JSON");
                has(&all[*list], &entry)
            }
            (["field", pointer, kind, name @ ..], Some(wanted)) => {
                let device = device(all, kind, &name.join(" "));
                same(device.pointer(pointer).unwrap_or(&Value::Null), wanted)
            }
            ([kind @ ("disk" | "port" | "gpu"), name @ ..], Some(wanted)) => {
                let device = device(all, kind, &name.join(" "));
                match device["counted"].as_bool() {
                    Some(true) => same(&json!("counted"), wanted),
                    _ => same(&device["rule"], wanted),
                }
            }
            ([field], Some(wanted)) => same(
                &all["nodeData"]
                    .pointer(&format!("/{}", field.replace('.', "/")))
                    .cloned()
                    .unwrap_or_default(),
                wanted,
            ),
            _ => Err("an expectation that nobody understands".to_owned()),
        }
    }
}

fn named(list: &Value, name: &str) -> Value {
    let mut entries = list.as_array().into_iter().flatten();
    entries.find(|entry| entry["name"] == name).cloned().unwrap_or_default()
}

fn device(all: &Value, kind: &str, name: &str) -> Value {
    let list = KINDS.iter().find(|known| known.0 == kind).expect("a kind").1;
    named(all.pointer(list).unwrap_or(&Value::Null), name)
}

/// Whether the list has an entry with at least these fields.
fn has(list: &Value, wanted: &Value) -> Result<(), String> {
    let matches = |entry: &Value| {
        wanted.as_object().into_iter().flatten().all(|(key, value)| &entry[key] == value)
    };
    let found = list.as_array().into_iter().flatten().any(matches);
    found.then_some(()).ok_or_else(|| list.to_string())
}

/// Compares with a bare word, or with text that is JSON; `none` is an absent value.
fn same(found: &Value, wanted: &str) -> Result<(), String> {
    let is_same = match (found, wanted) {
        (Value::Null, "none") => true,
        (Value::String(word), wanted) => word == wanted,
        (found, wanted) => serde_json::from_str(wanted).is_ok_and(|wanted: Value| *found == wanted),
    };
    is_same.then_some(()).ok_or_else(|| found.to_string())
}
