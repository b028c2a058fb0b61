//! What the cluster shows, as lines, a table and JSON.

use serde_json::{Value, json};

use crate::columns::{Column, columns};
use crate::exit::say;
use crate::infra::traces::{Found, Seen};

/// How many of the objects are there, in words.
pub fn there(found: &[Found]) -> String {
    let there = found.iter().filter(|found| found.seen == Seen::There).count();
    format!("{there} of {} of its objects are in the cluster and ready", found.len())
}

/// A line for each of these, or for all of them where the same is to be said of all.
pub fn lines(kind: &str, found: &[&Found]) {
    if let [first, rest @ ..] = found
        && let Seen::Silent(why) = &first.seen
        && rest.iter().all(|other| other.seen == first.seen)
    {
        say(kind, &format!("{first} and {} more are not readable: {why}", rest.len()));
        return;
    }
    for object in found {
        let (word, note) = (object.seen.word(), object.seen.note());
        let note = if note.is_empty() { String::new() } else { format!(": {note}") };
        say(kind, &format!("{object} is {word}{note}"));
    }
}

/// All of them in columns.
pub fn table(found: &[Found], width: Option<u16>) -> String {
    let row = |Found { kind, namespace, name, seen, .. }: &Found| {
        let namespace = if namespace.is_empty() { "-" } else { namespace };
        [&kind.to_string(), namespace, name, seen.word(), seen.note()].map(str::to_owned)
    };
    columns(&COLUMNS, found.iter().map(row), width).text()
}

const COLUMNS: [Column; 5] = [
    Column::text("KIND"),
    Column::text("NAMESPACE"),
    Column::text("NAME"),
    Column::text("STATE"),
    Column::prose("NOTE"),
];

/// All of them for programs.
pub fn json(found: &[Found]) -> Value {
    let object = |found: &Found| {
        let namespace = Some(found.namespace).filter(|namespace| !namespace.is_empty());
        let note = Some(found.seen.note()).filter(|note| !note.is_empty());
        json!({
            "kind": found.kind, "namespace": namespace, "name": found.name,
            "state": found.seen.word(), "note": note,
        })
    };
    found.iter().map(object).collect()
}
