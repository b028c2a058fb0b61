//! What the cluster shows, as lines, a table and JSON.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use inventory_common::telling::plain;
use serde_json::{Value, json};

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
pub fn table(found: &[Found]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["KIND", "NAMESPACE", "NAME", "STATE", "NOTE"]);
    for Found { kind, namespace, name, seen, .. } in found {
        let namespace = if namespace.is_empty() { "-" } else { namespace };
        let cells = [&kind.to_string(), namespace, name, seen.word(), seen.note()];
        table.add_row(cells.map(|cell| plain(cell).into_owned()));
    }
    table.lines().map(|line| line.trim().to_owned() + "\n").collect()
}

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
