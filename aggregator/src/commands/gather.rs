//! The document of what there is: from dumps, or from a cluster.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, bail};
use inventory_common::cluster::{Document, Profile};
use inventory_common::telling::one_line;
use kube::Client;

use crate::cli::SourceArgs;
use crate::cluster::additional_info::{KUBEADM_VERSION, KUBECTL_VERSION, fill, is_silent};
use crate::cluster::coverage::{self, Coverage};
use crate::cluster::dump::{self, Held};
use crate::cluster::expected::{Expected, Roll};
use crate::cluster::state::ClusterState;
use crate::exit::say;
use crate::input::{called, read};
use crate::kubernetes::connect::connect;
use crate::kubernetes::read::Reading;
use crate::kubernetes::wishes::Labels;
use crate::kubernetes::{read as cluster, versions};

/// A document, and how far it covers the nodes. It is for the caller to hold the one back because
/// of the other (see [`passes`]).
#[derive(Debug)]
pub struct Gathered {
    /// The document of the nodes that it can hold.
    pub document: Document,
    /// How far it covers the nodes that there should be.
    pub coverage: Coverage,
}

/// The document of the dumps, or without any that of the cluster.
pub async fn gather(source: &SourceArgs, profile: Profile) -> anyhow::Result<Gathered> {
    if source.dumps.is_empty() {
        from_cluster(source, profile).await
    } else {
        from_dumps(source, profile)
    }
}

/// The document of the dumps.
pub fn from_dumps(source: &SourceArgs, profile: Profile) -> anyhow::Result<Gathered> {
    let state = read_dumps(&source.dumps)?;
    join(profile, &state, &Expected::count(source.expect_nodes))
}

/// The document of the cluster.
async fn from_cluster(source: &SourceArgs, mut profile: Profile) -> anyhow::Result<Gathered> {
    let args = &source.cluster;
    let client = connect(args.context.names())
        .await
        .context("no DUMP is given, and the cluster cannot be read")?;
    let selector: Labels = source.node_selector.iter().cloned().collect();
    let Reading { state, roll } = cluster::read(&client, &args.namespace, &selector).await?;
    let notes = add_versions(&client, &mut profile).await;
    let roll = Roll { count: source.expect_nodes, ..roll };
    let mut gathered = join(profile, &state, &Expected::Nodes(roll))?;
    gathered.coverage.notes.extend(notes);
    Ok(gathered)
}

fn join(
    mut profile: Profile,
    state: &ClusterState,
    expected: &Expected,
) -> anyhow::Result<Gathered> {
    let snapshot = state.snapshot();
    let coverage = coverage::judge(&snapshot, expected);
    coverage.note_in(&mut profile.cluster_metadata)?;
    let covered = snapshot.without(|member| coverage.left_out.contains(member.name));
    Ok(Gathered { document: Document::new(profile, covered.measured()?), coverage })
}

/// Says what stands in the way, and whether one goes on all the same.
pub fn passes(coverage: &Coverage, allow_partial: bool) -> bool {
    let goes_on = coverage.is_complete() || (allow_partial && coverage.kept > 0);
    let kind = if goes_on { "warning" } else { "error" };
    coverage.notes.iter().for_each(|note| say("note", note));
    coverage.obstacles.iter().for_each(|obstacle| say(kind, obstacle));
    if !goes_on {
        let hint = if coverage.kept > 0 { " (--allow-partial goes on all the same)" } else { "" };
        say(kind, &format!("only {coverage} are there and fully known{hint}"));
    }
    goes_on
}

fn read_dumps(files: &[PathBuf]) -> anyhow::Result<ClusterState> {
    let mut state = ClusterState::default();
    each_dump(files, |name, held| {
        state.apply(name, held.into());
    })?;
    Ok(state)
}

/// Hands each inventory of the files to `take`, with where it came from.
pub fn each_dump(files: &[PathBuf], mut take: impl FnMut(&str, Held)) -> anyhow::Result<()> {
    let mut seen = BTreeSet::new();
    for file in files {
        let again = if seen.insert(file) { "" } else { " again" };
        let source = called(file) + again;
        let text = read(file)?;
        let dumps = dump::parse_whole(&source, &text).with_context(|| source.clone())?;
        if dumps.is_empty() {
            bail!("{source}: there is no inventory in it");
        }
        for (name, held) in dumps {
            take(&name, held);
        }
    }
    Ok(())
}

/// Adds what the onboarding page asks for and the profile does not say, and tells what there is not.
pub async fn add_versions(client: &Client, profile: &mut Profile) -> Vec<String> {
    let (metadata, mut notes) = (&mut profile.cluster_metadata, Vec::new());
    if is_silent(metadata, KUBEADM_VERSION) {
        match versions::kubeadm(client).await {
            Ok(Some(version)) => fill(metadata, KUBEADM_VERSION, version),
            Ok(None) => notes.push(missing(KUBEADM_VERSION, "kubeadm did not set this cluster up")),
            Err(trouble) => notes.push(missing(KUBEADM_VERSION, &one_line(&trouble))),
        }
    }
    if is_silent(metadata, KUBECTL_VERSION) {
        match versions::kubectl().await {
            Some(version) => fill(metadata, KUBECTL_VERSION, version),
            None => notes.push(missing(KUBECTL_VERSION, "there is no kubectl here to ask")),
        }
    }
    notes
}

fn missing(key: &str, why: &str) -> String {
    format!("clusterMetadata.additionalInfo.{key} is left out: {why}")
}
