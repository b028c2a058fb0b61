//! `document`: the cluster's document, from a profile and the nodes' inventories.

use std::path::Path;

use anyhow::{Context, bail};
use console::Term;
use inventory_common::cluster::{Document, Profile, flaws, size};
use inventory_common::telling::{pretty, visible_yaml};
use serde_json::{Map, Value};

use super::gather::{Gathered, from_dumps, gather, passes};
use crate::aios::secrets_of;
use crate::cli::{DocumentArgs, Format, SourceArgs};
use crate::cluster::profile;
use crate::exit::{Ended, say};
use crate::input::{STANDARD, read};
use crate::output::{self, Readers};
use crate::report::document_table;

/// Prints the cluster's document, or a profile to start from.
pub fn document(args: DocumentArgs) -> anyhow::Result<Ended> {
    let DocumentArgs { mut source, profile, init, output, format } = args;
    let Some(profile) = profile.filter(|_| !init) else {
        return start(&output);
    };
    let profile = read_profile(&profile, &mut source)?;
    // Dumps need no runtime.
    let Gathered { document, coverage } = if source.dumps.is_empty() {
        super::block_on(gather(&source, profile))?
    } else {
        from_dumps(&source, profile)?
    };
    if !passes(&coverage, source.allow_partial) {
        return Ok(Ended::NotCovered);
    }
    if !is_sound(&document) {
        return Ok(Ended::Failed);
    }
    note_size(&document)?;
    let is_shown = output == Path::new(STANDARD);
    let width = is_shown.then(|| output::width(&Term::stdout())).flatten();
    output::write_for(readers(&document), &output, &written(&document, format, width)?)?;
    Ok(Ended::Done)
}

/// Who may read a document: its free-form parts may have the command in them by which a node joins.
fn readers(document: &Document) -> Readers {
    let parts = [&document.cluster_metadata, &document.config];
    let has_secrets =
        |part: &Map<String, Value>| !secrets_of(&Value::Object(part.clone())).is_empty();
    if parts.into_iter().any(has_secrets) { Readers::Owner } else { Readers::Usual }
}

/// Writes a profile to start from. One that a person has begun to fill in is left alone.
fn start(output: &Path) -> anyhow::Result<Ended> {
    if output.is_file() {
        bail!("'{}' is there already: give another file, or remove it", output.display());
    }
    output::write(output, profile::TEMPLATE)?;
    Ok(Ended::Done)
}

/// Says what is wrong with the document, and whether it may be sent.
pub fn is_sound(document: &Document) -> bool {
    let flaws = flaws(document);
    for flaw in &flaws {
        say("error", &flaw.to_string());
    }
    flaws.is_empty()
}

fn written(document: &Document, format: Format, width: Option<u16>) -> anyhow::Result<String> {
    Ok(match format {
        Format::Json => pretty(document)?,
        Format::Yaml => visible_yaml(serde_saphyr::to_string(document)?, document)?,
        Format::Table => document_table(document, width),
    })
}

/// What a person says of the cluster. Which of its nodes count is said by the profile too, where no
/// flag says so.
pub fn read_profile(file: &Path, source: &mut SourceArgs) -> anyhow::Result<Profile> {
    let text = read(file)?;
    let read = profile::parse(&text).with_context(|| format!("profile '{}'", file.display()))?;
    if !read.ignored.is_empty() {
        let keys = read.ignored.join(", ");
        say("note", &format!("profile '{}': {keys} ignored, they are measured", file.display()));
    }
    if source.node_selector.is_empty() {
        source.node_selector = read.spec.node_selector.into_iter().collect();
    }
    Ok(read.spec.profile)
}

/// A document that is too large for AIOS to take at once is none the worse for it, but whoever
/// sends it by hand should know.
fn note_size(document: &Document) -> anyhow::Result<()> {
    let (bytes, most) = (size::of_document(document)?, size::MAX_DOCUMENT);
    if bytes > most {
        let line = format!(
            "the document has {bytes} bytes as AIOS's gateway writes it, and AIOS takes {most} at once: it has to be sent in pieces"
        );
        say("note", &line);
    }
    Ok(())
}
