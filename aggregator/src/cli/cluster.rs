//! Which cluster is read.

use std::path::PathBuf;

use clap::Args;

/// Which cluster is read, and where the agents are in it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub struct ClusterArgs {
    /// Use the cluster of this kubeconfig, instead of the one in which this runs, or else of the
    /// default kubeconfig
    #[arg(long, value_name = "FILE", env = "INVENTORY_KUBECONFIG")]
    pub kubeconfig: Option<PathBuf>,

    /// The kubeconfig's context to use, instead of its current one
    #[arg(long, value_name = "NAME", env = "INVENTORY_CONTEXT")]
    pub context: Option<String>,

    /// The namespace of the agents
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_value = "aios-inventory",
        env = "INVENTORY_NAMESPACE"
    )]
    pub namespace: String,
}
