//! Differences as a table.

use serde_json::Value;

use crate::cluster::difference::Difference;
use crate::columns::{Column, columns};

/// The differences in columns; nothing where there are none.
pub fn as_table(differences: &[Difference], width: Option<u16>) -> String {
    if differences.is_empty() {
        return String::new();
    }
    let row = |Difference { node, path, stored, wanted, kind }: &Difference| {
        let node = node.as_deref().unwrap_or("-").to_owned();
        let path = if path.is_empty() { "-".to_owned() } else { path.clone() };
        [node, path, brief(stored), brief(wanted), kind.meaning().to_owned()]
    };
    columns(&COLUMNS, differences.iter().map(row), width).text()
}

const COLUMNS: [Column; 5] = [
    Column::text("NODE"),
    Column::text("PATH"),
    Column::prose("AIOS"),
    Column::prose("HERE"),
    Column::prose("NOTE"),
];

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
