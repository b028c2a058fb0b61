//! What AIOS stores of the cluster, held against what was found of it.

use std::collections::BTreeSet;

use inventory_common::cluster::{Document, Profile, RawDocument};
use inventory_common::telling::one_line;
use k8s_openapi::jiff::Timestamp;

use crate::aios::{ClusterId, Gateway, Trouble, patiently};
use crate::cli::AiosArgs;
use crate::cluster::coverage::judge;
use crate::cluster::difference::{Difference, Gone, Wanted, differences};
use crate::cluster::expected::{Expected, Roll};
use crate::cluster::state::Snapshot;
use crate::report::{Comparison, Differences, Found, Look, Said};
use crate::submission::connect;

/// Asks AIOS, where a flag says where it is. That it cannot be asked is for the page to tell; a flag that is
/// wrong is an error.
pub async fn compare(args: &AiosArgs, found: &Found) -> anyhow::Result<Comparison> {
    if args.gateway.is_none() && args.parser.is_none() {
        return Ok(Comparison::Absent(NOT_ASKED.to_owned()));
    }
    let Ok(profile) = &found.profile else { return Ok(Comparison::Absent(NO_ID.to_owned())) };
    let gateway = args.gateway.as_deref().or(profile.gateway.as_deref());
    let gateway = connect::gateway(&args.options(), [args.parser.as_deref(), gateway])?;
    let id: ClusterId = match profile.id.parse() {
        Ok(id) => id,
        Err(error) => return Ok(Comparison::Absent(one_line(&error))),
    };
    let (is_harmless, at) = (Trouble::is_worth_repeating, Timestamp::now());
    let stored = patiently(args.retry_for(), is_harmless, || gateway.read(&id)).await;
    let left = stored.map(|stored| stored.map(|stored| left(found, profile, &stored)));
    Ok(Comparison::Made(Box::new(match left {
        Ok(Some(Ok(left))) => differing(at, &gateway, &left),
        Ok(Some(Err(error))) => look(at, &gateway, None, &one_line(error.as_ref())),
        Ok(None) => look(at, &gateway, Some(false), &format!("AIOS has no cluster '{id}'")),
        Err(trouble) => look(at, &gateway, None, &one_line(&trouble)),
    })))
}

/// What is said of AIOS's copy where nobody wanted it to be compared.
const NOT_ASKED: &str = "AIOS was not asked what it stores: with --gateway URL its copy is compared with what is on this page.";

/// What is said where nobody knows what to ask for.
const NO_ID: &str =
    "AIOS was not asked what it stores: without a profile nobody knows by which id.";

fn look(at: Timestamp, gateway: &Gateway, is_true: Option<bool>, verdict: &str) -> Look {
    Look {
        at,
        asked: vec![("gateway", Said::new(&gateway.base().to_string()))],
        is_true,
        verdict: verdict.into(),
        differences: Differences::default(),
    }
}

fn differing(at: Timestamp, gateway: &Gateway, left: &[Difference]) -> Look {
    let verdict = match left.len() {
        0 => "AIOS says what is true of all that is known here".to_owned(),
        1 => "AIOS says something else in 1 place".to_owned(),
        places => format!("AIOS says something else in {places} places"),
    };
    let differences = Differences::of(left);
    Look { differences, ..look(at, gateway, Some(left.is_empty()), &verdict) }
}

/// What AIOS's copy says otherwise. What is not known for certain is held against nothing.
fn left(found: &Found, profile: &Profile, stored: &RawDocument) -> anyhow::Result<Vec<Difference>> {
    let snapshot = found.state.snapshot();
    let coverage = judge(&snapshot, &found.expected);
    let gone = gone(&snapshot, &found.expected, stored);
    let told_apart = snapshot.without(|member| coverage.left_out.contains(member.name));
    let document = Document::new(profile.clone(), told_apart.measured()?);
    let wanted = Wanted::document(&RawDocument::try_from(document)?);
    let wanted = Wanted { tentative: coverage.tentative_ids, gone, ..wanted };
    Ok(differences(stored, &wanted))
}

/// The nodes of AIOS's copy that are surely not here.
fn gone(snapshot: &Snapshot, expected: &Expected, stored: &RawDocument) -> Gone {
    match expected {
        Expected::Unknown => Gone::Others,
        Expected::Count(count) if snapshot.members().len() as u64 >= *count => Gone::Others,
        // Which are missing nobody knows.
        Expected::Count(_) => Gone::None,
        Expected::Nodes(roll) => {
            let here = known_by(snapshot, roll);
            let gone = stored.ids().filter(|id| !here.contains(id)).map(str::to_owned);
            Gone::These(gone.collect())
        }
    }
}

/// Everything by which a node of the cluster may be known, whether or not it counts.
fn known_by<'a>(snapshot: &'a Snapshot, roll: &'a Roll) -> BTreeSet<&'a str> {
    let members = snapshot.members().iter().flat_map(|member| [member.name, member.id()]);
    let labels = roll.expected.values().filter_map(|node| node.node_id.as_deref());
    let names = roll.expected.keys().chain(roll.not_counted.keys()).chain(roll.malformed.keys());
    members.chain(labels).chain(names.map(|name| &**name)).collect()
}
