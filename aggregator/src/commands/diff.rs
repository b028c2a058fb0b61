//! `diff`: what AIOS stores against what is true.

use std::path::Path;

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use inventory_common::cluster::RawDocument;
use inventory_common::telling::plain;
use serde_json::{Value, json};

use super::subject::{Subject, subject};
use crate::aios::{ClusterId, Trouble, patiently};
use crate::cli::{DiffArgs, DiffFormat};
use crate::cluster::difference::{Difference, Gone, Wanted, differences};
use crate::exit::{Ended, say};
use crate::input::STANDARD;
use crate::output;

/// Compares, and shows what is different.
pub fn diff(args: DiffArgs) -> anyhow::Result<Ended> {
    super::block_on(compare(args))
}

async fn compare(args: DiffArgs) -> anyhow::Result<Ended> {
    let subject = match subject(&args.subject).await? {
        Ok(subject) => subject,
        Err(ended) => return Ok(ended),
    };
    let gateway = subject.gateway(&args.aios)?;
    let is_harmless = Trouble::is_worth_repeating;
    match patiently(args.aios.retry_for(), is_harmless, || gateway.read(&subject.id)).await {
        Err(trouble) => Ok(super::submit::troubled(&trouble)),
        Ok(stored) => show(args.format, &subject, stored.as_ref()),
    }
}

fn show(
    format: DiffFormat,
    subject: &Subject,
    stored: Option<&RawDocument>,
) -> anyhow::Result<Ended> {
    let wanted = Wanted { gone: Gone::Others, ..subject.wanted.clone() };
    let found = stored.map(|stored| differences(stored, &wanted));
    let text = match format {
        DiffFormat::Json => as_json(&subject.id, found.as_deref())?,
        DiffFormat::Table => as_table(found.as_deref().unwrap_or_default()),
    };
    output::write(Path::new(STANDARD), &text)?;
    let id = &subject.id;
    let (line, ended) = match found.as_deref() {
        Some([]) => (format!("AIOS says of '{id}' what is true"), Ended::Done),
        Some(_) => (format!("AIOS says something else of '{id}'"), Ended::Different),
        None => (format!("AIOS has no cluster '{id}'"), Ended::Different),
    };
    say("note", &line);
    Ok(ended)
}

/// `differences` is absent where AIOS has no such cluster.
fn as_json(id: &ClusterId, found: Option<&[Difference]>) -> serde_json::Result<String> {
    let differences = found.unwrap_or_default();
    let value = json!({ "id": id.as_str(), "stored": found.is_some(), "differences": differences });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

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
