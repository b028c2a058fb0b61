//! Where the nodes are found that are shown.

use std::path::PathBuf;

use clap::Args;

use super::ClusterArgs;
use super::source::label;

/// The nodes that are shown, whatever is missing of them.
#[derive(Debug, Args)]
pub struct FoundArgs {
    /// Inventories of `inventory-agent --dump --detail`, or plain nodeData: files with one object,
    /// an array or JSON lines; `-` is standard input. Without any the cluster is read
    #[arg(value_name = "DUMP")]
    pub dumps: Vec<PathBuf>,

    /// What only a person can say of the cluster, as for `document`; otherwise the cluster's
    /// ClusterOnboarding
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
