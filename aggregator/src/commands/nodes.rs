//! `nodes`: how each node fares and what it has, once or again and again.

mod watch;

use std::path::Path;

use anyhow::bail;
use console::Term;
use inventory_common::telling::pretty;
use k8s_openapi::jiff::Timestamp;

use super::find;
use super::interrupt::unless_interrupted;
use crate::cli::{ListFormat, NodesArgs};
use crate::exit::{Ended, say};
use crate::input::STANDARD;
use crate::output;
use crate::report::{Form, Found, Report, as_json, as_table};

/// Lists the nodes. What is missing is listed as that, and stops nothing.
pub fn nodes(args: &NodesArgs) -> anyhow::Result<Ended> {
    if args.watch {
        super::block_on(unless_interrupted(watch::watch(args)))?.transpose()?;
        return Ok(Ended::Interrupted);
    }
    let found = if args.found.dumps.is_empty() {
        super::block_on(unless_interrupted(in_cluster(args)))?.transpose()?
    } else {
        Some(find::in_dumps(&args.found)?)
    };
    let Some(found) = found else { return Ok(Ended::Interrupted) };
    show(args, &listed(args, found))
}

async fn in_cluster(args: &NodesArgs) -> anyhow::Result<Found> {
    let client = find::cluster(&args.found).await?;
    find::in_cluster(&args.found, &client).await
}

/// What was found, with only those of the nodes that somebody wants to see.
fn listed(args: &NodesArgs, found: Found) -> Report {
    let mut report = found.report(Form::Whole, Timestamp::now());
    report.nodes.retain(|node| {
        let is_meant = args.node.is_empty() || args.node.iter().any(|name| node.is_called(name));
        is_meant && !(args.trouble && node.is_fine())
    });
    report
}

fn show(args: &NodesArgs, report: &Report) -> anyhow::Result<Ended> {
    if !args.node.is_empty() && report.nodes.is_empty() && !args.trouble {
        bail!("there is no node '{}'", args.node.join("' or '"));
    }
    let text = match args.format {
        ListFormat::Table => as_table(report, output::width(&Term::stdout())),
        ListFormat::Json => pretty(&as_json(report))?,
    };
    output::write(Path::new(STANDARD), &text)?;
    tell(report);
    Ok(Ended::Done)
}

/// Says what stands in the way, of the cluster and of each node that is listed.
fn tell(report: &Report) {
    report.notes.iter().for_each(|note| say("note", note.as_str()));
    let of_nodes = report.nodes.iter().flat_map(|node| &node.obstacles);
    for obstacle in report.obstacles.iter().chain(of_nodes) {
        say("warning", obstacle.as_str());
    }
}
