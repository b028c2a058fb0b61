//! What the document is made from, and where it goes.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, ValueEnum};

/// Sums inventories into the cluster's document.
///
/// The document is checked before it is printed: AIOS stores what is wrong with it, or refuses it
/// without a reason.
#[derive(Debug, Args)]
pub struct DocumentArgs {
    /// Inventories of `inventory-agent --dump --detail`, or plain nodeData: files with one object,
    /// an array or JSON lines; `-` is standard input
    #[arg(value_name = "DUMP", required_unless_present = "init")]
    pub dumps: Vec<PathBuf>,

    /// What only a person can say of the cluster: YAML or JSON, also the onboarding page's own,
    /// whose hardware figures are ignored (--init prints one to start from)
    #[arg(long, value_name = "FILE", env = "INVENTORY_PROFILE", required_unless_present = "init")]
    pub profile: Option<PathBuf>,

    /// Print a commented profile to start from, and exit
    #[arg(long, env = "INVENTORY_INIT", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub init: bool,

    /// Where to write it; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-", env = "INVENTORY_OUTPUT")]
    pub output: PathBuf,

    /// How to write it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_FORMAT")]
    pub format: Format,

    /// Stop unless there are inventories of this many nodes
    #[arg(long, value_name = "N", env = "INVENTORY_EXPECT_NODES", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub expect_nodes: Option<u64>,

    /// Go on although nodes are missing or not fully known: clusterMetadata.additionalInfo then
    /// says how many are, and nodes without an id of their own are left out
    #[arg(long, env = "INVENTORY_ALLOW_PARTIAL", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub allow_partial: bool,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// As AIOS takes it
    #[default]
    Json,
    /// For people
    Yaml,
}
