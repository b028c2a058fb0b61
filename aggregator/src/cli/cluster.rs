//! Which cluster is read.

use std::path::{Path, PathBuf};

use clap::Args;

/// What these stand under in the help, and nothing that follows them.
const HEADING: &str = "Cluster";

/// Which cluster it is.
#[derive(Clone, Debug, Args)]
pub struct ContextArgs {
    /// Use the cluster of this kubeconfig, instead of that of KUBECONFIG or the one in the home folder; in
    /// a pod, where nothing is handed over, instead of the cluster in which it runs
    #[arg(long, help_heading = HEADING, value_name = "FILE", env = "INVENTORY_KUBECONFIG")]
    pub kubeconfig: Option<PathBuf>,

    /// The kubeconfig's context to use, instead of its current one
    #[arg(long, help_heading = HEADING, value_name = "NAME", env = "INVENTORY_CONTEXT")]
    pub context: Option<String>,
}

impl ContextArgs {
    /// The kubeconfig and the context.
    pub fn names(&self) -> (Option<&Path>, Option<&str>) {
        (self.kubeconfig.as_deref(), self.context.as_deref())
    }
}

/// Which cluster is read, and where the agents are in it.
#[derive(Clone, Debug, Args)]
pub struct ClusterArgs {
    #[command(flatten)]
    pub context: ContextArgs,

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
