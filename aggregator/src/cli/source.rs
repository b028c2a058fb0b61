//! What a document is made from.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};

use super::ClusterArgs;

/// The nodes' inventories, and how many there should be.
#[derive(Clone, Debug, Args)]
pub struct SourceArgs {
    /// Inventories of `inventory-agent --dump --detail`, or plain nodeData: files with one object,
    /// an array or JSON lines; `-` is standard input. Without any the cluster is read
    #[arg(value_name = "DUMP")]
    pub dumps: Vec<PathBuf>,

    /// Stop unless there are inventories of this many nodes
    #[arg(long, value_name = "N", env = "INVENTORY_EXPECT_NODES", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub expect_nodes: Option<u64>,

    /// Go on although nodes are missing or not fully known: clusterMetadata.additionalInfo then
    /// says how many are, and nodes that AIOS could not tell apart or find are left out
    #[arg(long, env = "INVENTORY_ALLOW_PARTIAL", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub allow_partial: bool,

    /// Only the cluster's nodes with this label count
    #[arg(long, value_name = "KEY=VALUE", env = "INVENTORY_NODE_SELECTOR", value_delimiter = ',', value_parser = label)]
    pub node_selector: Vec<(String, String)>,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

pub(super) fn label(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    if key.is_empty() { Err("expected KEY=VALUE") } else { Ok((key.to_owned(), value.to_owned())) }
}
