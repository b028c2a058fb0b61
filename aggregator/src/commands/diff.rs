//! `diff`: what AIOS stores against what is true.

use std::path::Path;

use console::Term;
use inventory_common::cluster::RawDocument;
use inventory_common::telling::pretty;
use serde_json::json;

use super::outcome::troubled;
use super::subject::{Subject, subject};
use super::table::as_table;
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
        Err(trouble) => Ok(troubled(&trouble)),
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
        DiffFormat::Table => {
            as_table(found.as_deref().unwrap_or_default(), output::width(&Term::stdout()))
        }
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
    pretty(&value)
}
