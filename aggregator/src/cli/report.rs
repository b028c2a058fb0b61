//! What a report is made from, and where it goes.

use std::path::PathBuf;

use clap::Args;

use super::ClusterArgs;
use super::source::label;

/// Write a page that shows the cluster at a glance
///
/// One HTML file that needs nothing else: sums, coverage, each node with its devices, and the document.
/// What is missing or unknown is shown as that, and does not stop it.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Inventories of `inventory-agent --dump --detail`, or plain nodeData: files with one object,
    /// an array or JSON lines; `-` is standard input. Without any the cluster is read
    #[arg(value_name = "DUMP")]
    pub dumps: Vec<PathBuf>,

    /// Where to write it; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "report.html", env = "INVENTORY_REPORT")]
    pub output: PathBuf,

    /// What only a person can say of the cluster, as for `document`; otherwise the cluster's
    /// ClusterOnboarding. Without either the page has no document
    #[arg(long, value_name = "FILE", env = "INVENTORY_PROFILE")]
    pub profile: Option<PathBuf>,

    /// How many nodes there should be
    #[arg(long, value_name = "N", env = "INVENTORY_EXPECT_NODES", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub expect_nodes: Option<u64>,

    /// Only the cluster's nodes with this label count
    #[arg(long, value_name = "KEY=VALUE", env = "INVENTORY_NODE_SELECTOR", value_delimiter = ',', value_parser = label)]
    pub node_selector: Vec<(String, String)>,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}
