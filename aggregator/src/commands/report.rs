//! `report`: a page that shows the cluster at a glance.

use k8s_openapi::jiff::Timestamp;

use super::compare::compare;
use super::find;
use super::gather::add_versions;
use super::interrupt::unless_interrupted;
use crate::cli::{FoundArgs, ReportArgs};
use crate::exit::{Ended, say};
use crate::output;
use crate::report::{Form, Found, page};

/// Writes the page. What is missing stands on it, and stops nothing: whoever asks what is there wants to see
/// it then most of all.
pub fn report(args: &ReportArgs) -> anyhow::Result<Ended> {
    let dumps = if args.found.dumps.is_empty() { None } else { Some(find::in_dumps(&args.found)?) };
    let find = async {
        let found = match dumps {
            Some(found) => found,
            None => in_cluster(&args.found).await?,
        };
        let comparison = compare(&args.aios, &found).await?;
        anyhow::Ok((found, comparison))
    };
    let found = super::block_on(unless_interrupted(find))?.transpose()?;
    let Some((found, comparison)) = found else { return Ok(Ended::Interrupted) };
    let report = found.report(Form::Whole, Timestamp::now()).with(comparison);
    output::write(&args.output, &page(&report))?;
    if !report.is_complete() {
        let line = format!(
            "only {} of {} nodes are there and fully known: the page says what stands in the way",
            report.whole, report.expected
        );
        say("warning", &line);
    }
    Ok(Ended::Done)
}

/// What the cluster says, with what its document asks for beside.
async fn in_cluster(args: &FoundArgs) -> anyhow::Result<Found> {
    let client = find::cluster(args).await?;
    let mut found = find::in_cluster(args, &client).await?;
    if let Ok(profile) = &mut found.profile {
        found.notes.extend(add_versions(&client, profile).await);
    }
    Ok(found)
}
