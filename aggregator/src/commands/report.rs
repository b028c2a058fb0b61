//! `report`: a page that shows the cluster at a glance.

mod find;

use k8s_openapi::jiff::Timestamp;

use super::interrupt::unless_interrupted;
use crate::cli::ReportArgs;
use crate::exit::{Ended, say};
use crate::output;
use crate::report::page;

/// Writes the page. What is missing stands on it, and stops nothing: whoever asks what is there wants to see
/// it then most of all.
pub fn report(args: &ReportArgs) -> anyhow::Result<Ended> {
    let found = if args.dumps.is_empty() {
        super::block_on(unless_interrupted(find::in_cluster(args)))?.transpose()?
    } else {
        Some(find::in_dumps(args)?)
    };
    let Some(found) = found else { return Ok(Ended::Interrupted) };
    let report = found.report(Timestamp::now());
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
