//! The command line: exactly what was typed, as types.

mod cluster;
mod document;
mod source;

use clap::{Parser, Subcommand};

pub use cluster::ClusterArgs;
pub use document::{DocumentArgs, Format};
pub use source::SourceArgs;

/// Sums a cluster's nodes into AIOS's onboarding document.
///
/// Figures go to standard output, everything else to standard error. Exit status: 0 done; 1 failed;
/// 2 the command line is wrong; 6 not every node is there and known.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the cluster's document, from a profile and the nodes' inventories
    Document(DocumentArgs),
}
