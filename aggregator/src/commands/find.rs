//! What there is of a cluster, in dumps or in itself. Each is read once.

use std::collections::BTreeMap;

use anyhow::Context;
use inventory_common::resource::ClusterOnboardingSpec;
use inventory_common::telling::one_line;
use kube::Client;

use crate::cli::FoundArgs;
use crate::cluster::expected::{Expected, Roll};
use crate::cluster::profile;
use crate::cluster::state::ClusterState;
use crate::commands::gather::each_dump;
use crate::exit::say;
use crate::input::read;
use crate::kubernetes::connect::connect;
use crate::kubernetes::onboarding::onboarding;
use crate::kubernetes::read::{Reading, read_whole};
use crate::kubernetes::wishes::Labels;
use crate::report::{Detail, Found};

/// Why there is no document where nobody said what to call the cluster.
const NO_PROFILE: &str = "Nobody said what cluster this is, so there is no document: give a profile with --profile (inventory-aggregator document --init prints one).";

/// What the dumps say.
pub fn in_dumps(args: &FoundArgs) -> anyhow::Result<Found> {
    let (mut state, mut details) = (ClusterState::default(), BTreeMap::new());
    each_dump(&args.dumps, |name, held| {
        details.insert(name.to_owned(), Detail::from(&held));
        state.apply(name, held.into());
    })?;
    let files = args.dumps.len();
    Ok(Found {
        state,
        expected: Expected::count(args.expect_nodes),
        details,
        profile: said(args)?.map(|spec| spec.profile).ok_or(NO_PROFILE),
        onboarding: None,
        notes: Vec::new(),
        source: format!("made from {files} {}", if files == 1 { "dump" } else { "dumps" }),
    })
}

/// The cluster that is to be read.
pub async fn cluster(args: &FoundArgs) -> anyhow::Result<Client> {
    let client = connect(args.cluster.context.names()).await;
    client.context("no DUMP is given, and the cluster cannot be read")
}

/// What the cluster says.
pub async fn in_cluster(args: &FoundArgs, client: &Client) -> anyhow::Result<Found> {
    let mut notes = Vec::new();
    let object = onboarding(client).await.unwrap_or_else(|trouble| {
        let why = one_line(&trouble);
        notes.push(format!("the ClusterOnboarding is not shown, it cannot be read: {why}"));
        None
    });
    let spec = said(args)?.or_else(|| object.as_ref().map(|object| object.spec.clone()));
    let mut selector: Labels = args.node_selector.iter().cloned().collect();
    if let Some(spec) = spec.as_ref().filter(|_| selector.is_empty()) {
        selector.clone_from(&spec.node_selector);
    }
    let mut details = BTreeMap::new();
    let see = |name: &str, object: &_| {
        details.insert(name.to_owned(), Detail::Object(Box::new(Clone::clone(object))));
    };
    let Reading { state, roll } =
        read_whole(client, &args.cluster.namespace, &selector, see).await?;
    Ok(Found {
        state,
        expected: Expected::Nodes(Roll { count: args.expect_nodes, ..roll }),
        details,
        profile: spec.map(|spec| spec.profile).ok_or(NO_PROFILE),
        onboarding: object,
        notes,
        source: "made from the cluster".to_owned(),
    })
}

/// What the profile says, where there is one.
fn said(args: &FoundArgs) -> anyhow::Result<Option<ClusterOnboardingSpec>> {
    let Some(file) = &args.profile else { return Ok(None) };
    let read = profile::parse(&read(file)?);
    let read = read.with_context(|| format!("profile '{}'", file.display()))?;
    if !read.ignored.is_empty() {
        let keys = read.ignored.join(", ");
        say("note", &format!("profile '{}': {keys} ignored, they are measured", file.display()));
    }
    Ok(Some(read.spec))
}
