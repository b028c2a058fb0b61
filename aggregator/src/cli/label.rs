//! Which ids the Nodes get.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};

use super::ClusterArgs;

/// Label the Nodes with ids of your own, by a file or a pattern
///
/// Without this each agent labels its Node with the Node's name, and leaves a label that is there.
/// All ids are checked before any is written: each must be a label's value, and no other Node's.
#[derive(Debug, Args)]
pub struct LabelArgs {
    /// A Node's name and its id on each line; `-` is standard input
    #[arg(
        long,
        value_name = "FILE",
        env = "INVENTORY_LABEL_FILE",
        required_unless_present = "pattern",
        conflicts_with = "pattern"
    )]
    pub file: Option<PathBuf>,

    /// The id of every Node: {name} stands for the Node's name, {n} for its number
    #[arg(long, value_name = "PATTERN", env = "INVENTORY_LABEL_PATTERN")]
    pub pattern: Option<String>,

    /// Replace labels that say something else
    #[arg(long, env = "INVENTORY_LABEL_OVERWRITE", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub overwrite: bool,

    /// Only say what would be changed
    #[arg(long, env = "INVENTORY_DRY_RUN", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub dry_run: bool,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}
