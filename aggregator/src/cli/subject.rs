//! The cluster that AIOS is told of.

use std::path::PathBuf;

use clap::Args;

use super::SourceArgs;

/// The cluster that AIOS is told of: a finished document, or what `document` would print.
#[derive(Debug, Args)]
pub struct SubjectArgs {
    /// A finished document, as `document` prints it; `-` is standard input
    #[arg(long, value_name = "FILE", env = "INVENTORY_FILE", conflicts_with_all = ["profile", "dumps"])]
    pub file: Option<PathBuf>,

    /// What only a person can say of the cluster, as for `document`; the nodes' inventories are
    /// then added from DUMP or from the cluster
    #[arg(long, value_name = "FILE", env = "INVENTORY_PROFILE", required_unless_present = "file")]
    pub profile: Option<PathBuf>,

    #[command(flatten)]
    pub source: SourceArgs,
}
