//! What a report is made from, and where it goes.

use std::path::PathBuf;

use clap::Args;

use super::{AiosArgs, FoundArgs};

/// Write a page that shows the cluster at a glance
///
/// One HTML file that needs nothing else: sums, coverage, each node with its devices, and the document.
/// What is missing or unknown is shown as that, and does not stop it. Without a profile the page has no document.
/// Where --gateway says where AIOS is, what it stores is compared with that.
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    pub found: FoundArgs,

    /// Where to write it; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "report.html", env = "INVENTORY_REPORT")]
    pub output: PathBuf,

    #[command(flatten)]
    pub aios: AiosArgs,
}
