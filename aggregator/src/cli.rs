//! The command line: exactly what was typed, as types.

mod aios;
mod cluster;
mod diff;
mod document;
mod logs;
mod source;
mod subject;
mod submit;

use clap::{Parser, Subcommand};

pub use aios::AiosArgs;
pub use cluster::ClusterArgs;
pub use diff::{DiffArgs, DiffFormat};
pub use document::{DocumentArgs, Format};
pub use logs::LogArgs;
pub use source::SourceArgs;
pub use subject::SubjectArgs;
pub use submit::SubmitArgs;

/// Sums a cluster's nodes into AIOS's onboarding document, and tells AIOS.
///
/// Figures go to standard output, everything else to standard error. Exit status: 0 done; 1 failed;
/// 2 the command line is wrong; 3 different; 4 AIOS refused; 5 AIOS could not be reached or made no
/// sense; 6 not every node is there and known.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub logs: LogArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the cluster's document, from a profile and the nodes' inventories
    Document(DocumentArgs),
    /// Submit the cluster's document to AIOS, or update what AIOS has of it
    Submit(Box<SubmitArgs>),
    /// Compare what AIOS stores of the cluster with what is true
    Diff(Box<DiffArgs>),
}
