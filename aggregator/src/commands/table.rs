//! Differences as a table.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use inventory_common::telling::plain;
use serde_json::Value;

use crate::cluster::difference::Difference;

/// The differences in columns; nothing where there are none.
pub fn as_table(differences: &[Difference]) -> String {
    if differences.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["NODE", "PATH", "AIOS", "HERE", "NOTE"]);
    for Difference { node, path, stored, wanted, kind } in differences {
        let node = node.as_deref().unwrap_or("-");
        let path = if path.is_empty() { "-" } else { path };
        let cells = [node, path, &brief(stored), &brief(wanted), kind.meaning()];
        table.add_row(cells.map(|cell| plain(cell).into_owned()));
    }
    let lines = table.lines().map(|line| line.trim().to_owned() + "\n");
    lines.collect()
}

/// The most characters of a value in a table.
const BRIEF: usize = 40;

fn brief(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        value => value.to_string(),
    };
    let mut chars = text.chars();
    let begin: String = chars.by_ref().take(BRIEF).collect();
    if chars.next().is_none() { text } else { begin + "..." }
}
