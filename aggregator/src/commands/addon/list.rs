//! `addon list`.

use std::path::Path;

use console::Term;
use inventory_common::telling::pretty;
use serde_json::Value;

use super::registry;
use crate::aios::{AddonKind, Says, Trouble, patiently};
use crate::cli::{AddonListArgs, ListFormat};
use crate::columns::{Column, columns};
use crate::commands::outcome::troubled;
use crate::exit::Ended;
use crate::input::STANDARD;
use crate::output;

/// Shows the entries.
pub async fn list(args: AddonListArgs) -> anyhow::Result<Ended> {
    let (addons, ..) = registry(&args.registry, args.kind)?;
    let retry_for = args.registry.reach.retry_for();
    let entries = match patiently(retry_for, Trouble::is_worth_repeating, || addons.list()).await {
        Ok(entries) => entries,
        Err(trouble) => return Ok(troubled(&trouble)),
    };
    let text = match args.format {
        ListFormat::Json => pretty(&entries)?,
        ListFormat::Table => table(args.kind, &entries),
    };
    output::write(Path::new(STANDARD), &text)?;
    Ok(Ended::Done)
}

fn table(kind: &AddonKind, entries: &[Value]) -> String {
    let tags = kind.fields.iter().find(|field| field.says == Says::Tags).map(|field| field.key);
    let keys = [Some(kind.id), Some(kind.called), Some(kind.address), tags];
    let row = |entry: &Value| keys.map(|key| text(key.and_then(|key| entry.get(key))));
    columns(&COLUMNS, entries.iter().map(row), output::width(&Term::stdout())).text()
}

const COLUMNS: [Column; 4] =
    [Column::text("ID"), Column::text("NAME"), Column::text("ADDRESS"), Column::prose("TAGS")];

/// A value in a table; lists with commas between.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) if list.is_empty() => "-".to_owned(),
        Some(Value::Array(list)) => {
            let parts: Vec<String> = list.iter().map(|part| text(Some(part))).collect();
            parts.join(",")
        }
        Some(other) => other.to_string(),
    }
}
