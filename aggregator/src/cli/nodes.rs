//! Which nodes are listed, and how.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};

use super::{FoundArgs, ListFormat};

/// List the nodes: how each fares, and what it has
///
/// A line for each node that is there or should be, and one for all of them. What is missing or unknown is
/// shown as that, and does not stop it. Exit status: 0 listed, whatever is missing; 1 failed; 2 the command
/// line is wrong; 130 it was interrupted, as --watch always is.
#[derive(Debug, Args)]
pub struct NodesArgs {
    #[command(flatten)]
    pub found: FoundArgs,

    /// List only this node, by its id or its Node's name
    #[arg(long, value_name = "NAME", env = "INVENTORY_NODE", value_delimiter = ',')]
    pub node: Vec<String>,

    /// List only nodes that want a look: missing, not fully known, or with a condition that is not as it should be
    #[arg(long, env = "INVENTORY_TROUBLE", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub trouble: bool,

    /// Look at the cluster again and again: a terminal shows how it is now, a pipe gets a line for each node
    /// that changes
    #[arg(long, env = "INVENTORY_WATCH", conflicts_with = "dumps", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub watch: bool,

    /// From one look to the next while watching
    #[arg(long, value_name = "SECONDS", default_value_t = 5, env = "INVENTORY_EVERY", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub every: u64,

    /// How to show it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_NODES_FORMAT")]
    pub format: ListFormat,
}
