//! Which cluster is read.

use std::path::PathBuf;

use clap::Args;

/// What these stand under in the help, and nothing that follows them.
const HEADING: &str = "Cluster";

/// Which cluster is read, and where the agents are in it.
#[derive(Clone, Debug, Args)]
pub struct ClusterArgs {
    /// Use the cluster of this kubeconfig, instead of the one in which this runs, or else of the
    /// default kubeconfig
    #[arg(long, help_heading = HEADING, value_name = "FILE", env = "INVENTORY_KUBECONFIG")]
    pub kubeconfig: Option<PathBuf>,

    /// The kubeconfig's context to use, instead of its current one
    #[arg(long, help_heading = HEADING, value_name = "NAME", env = "INVENTORY_CONTEXT")]
    pub context: Option<String>,

    /// The namespace of the agents
    #[arg(
        long,
        help_heading = HEADING,
        value_name = "NAMESPACE",
        default_value = "aios-inventory",
        env = "INVENTORY_NAMESPACE"
    )]
    pub namespace: String,
}
