//! `document`: the cluster's document, from a profile and the nodes' inventories.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use inventory_common::cluster::{Document, Profile, flaws, size};

use crate::cli::{DocumentArgs, Format};
use crate::cluster::coverage::{self, Coverage};
use crate::cluster::state::ClusterState;
use crate::cluster::{dump, profile};
use crate::exit::{Ended, say};
use crate::input::{called, read};
use crate::output;

/// Prints the cluster's document, or a profile to start from.
pub fn document(args: DocumentArgs) -> anyhow::Result<Ended> {
    let DocumentArgs { dumps, profile, init, output, format, expect_nodes, allow_partial } = args;
    let Some(profile) = profile.filter(|_| !init) else {
        return start(&output);
    };
    let profile = read_profile(&profile)?;
    let state = read_dumps(&dumps)?;
    let coverage = coverage::judge(&state.snapshot(), expect_nodes);
    if !passes(&coverage, allow_partial) {
        return Ok(Ended::NotCovered);
    }
    let document = join(profile, &state, &coverage)?;
    if !is_sound(&document) {
        return Ok(Ended::Failed);
    }
    note_size(&document)?;
    output::write(&output, &written(&document, format)?)?;
    Ok(Ended::Done)
}

/// Writes a profile to start from. One that a person has begun to fill in is left alone.
fn start(output: &Path) -> anyhow::Result<Ended> {
    if output.is_file() {
        bail!("'{}' is there already: give another file, or remove it", output.display());
    }
    output::write(output, profile::TEMPLATE)?;
    Ok(Ended::Done)
}

fn join(
    mut profile: Profile,
    state: &ClusterState,
    coverage: &Coverage,
) -> anyhow::Result<Document> {
    coverage.note_in(&mut profile.cluster_metadata)?;
    let covered = state.snapshot().without(|member| coverage.left_out.contains(member.name));
    Ok(Document::new(profile, covered.measured()?))
}

/// Says what stands in the way, and whether one goes on all the same.
fn passes(coverage: &Coverage, allow_partial: bool) -> bool {
    let goes_on = coverage.is_complete() || (allow_partial && coverage.kept > 0);
    let kind = if goes_on { "warning" } else { "error" };
    for obstacle in &coverage.obstacles {
        say(kind, obstacle);
    }
    if !goes_on {
        let hint = if coverage.kept > 0 { " (--allow-partial goes on all the same)" } else { "" };
        say(kind, &format!("only {coverage} are there and fully known{hint}"));
    }
    goes_on
}

/// Says what is wrong with the document, and whether it may be sent.
fn is_sound(document: &Document) -> bool {
    let flaws = flaws(document);
    for flaw in &flaws {
        say("error", &flaw.to_string());
    }
    flaws.is_empty()
}

fn written(document: &Document, format: Format) -> anyhow::Result<String> {
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(document)? + "\n",
        Format::Yaml => serde_saphyr::to_string(document)?,
    })
}

fn read_profile(file: &Path) -> anyhow::Result<Profile> {
    let text = read(file)?;
    let read = profile::parse(&text).with_context(|| format!("profile '{}'", file.display()))?;
    if !read.ignored.is_empty() {
        let keys = read.ignored.join(", ");
        say("note", &format!("profile '{}': {keys} ignored, they are measured", file.display()));
    }
    Ok(read.spec.profile)
}

fn read_dumps(files: &[PathBuf]) -> anyhow::Result<ClusterState> {
    let (mut state, mut seen) = (ClusterState::default(), BTreeSet::new());
    for file in files {
        let again = if seen.insert(file) { "" } else { " again" };
        let source = called(file) + again;
        let text = read(file)?;
        let dumps = dump::parse(&source, &text).with_context(|| source.clone())?;
        if dumps.is_empty() {
            bail!("{source}: there is no inventory in it");
        }
        for dump in dumps {
            state.apply(&dump.name, dump.report);
        }
    }
    Ok(state)
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
