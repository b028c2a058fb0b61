//! What is looked at before a cluster is onboarded.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};

use super::endpoints::connect_seconds;
use super::{CheckArgs, ClusterArgs};
use crate::preflight::Section;
use crate::reach::Target;

/// Look whether the cluster has what onboarding it to AIOS needs
///
/// Nothing is written, unless --from-nodes asks for pods that connect from the nodes.
///
/// Exit status: 0 all pass; 1 something fails; 2 the command line is wrong; 3 nothing fails, and
/// something was not tried or wants a look; 130 it was interrupted.
#[derive(Debug, Args)]
pub struct PreflightArgs {
    /// What is said of the cluster, as for `document`; otherwise the cluster's ClusterOnboarding
    #[arg(long, value_name = "FILE", env = "INVENTORY_PROFILE")]
    pub profile: Option<PathBuf>,

    /// The namespace of the Ambassador gateway
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_value = Self::GATEWAY_NAMESPACE,
        env = "INVENTORY_GATEWAY_NAMESPACE"
    )]
    pub gateway_namespace: String,

    /// Nodes from outside may join, and this runs where they are: try what they need, and warn of
    /// what should not be reachable from there
    #[arg(long, env = "INVENTORY_EXTERNAL_NODES", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub external_nodes: bool,

    /// Try the ports from the nodes too, by a short-lived pod on each, in the agents' namespace
    #[arg(long, env = "INVENTORY_FROM_NODES", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub from_nodes: bool,

    /// The image of these pods, instead of what is installed in the agents' namespace
    #[arg(long, value_name = "IMAGE", env = "INVENTORY_IMAGE")]
    pub image: Option<String>,

    /// How long a connection may take
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, env = "INVENTORY_CONNECT_TIMEOUT", value_parser = connect_seconds)]
    pub connect_timeout: f64,

    /// Leave this out
    #[arg(long, value_enum, value_name = "SECTION", env = "INVENTORY_SKIP", value_delimiter = ',')]
    pub skip: Vec<Section>,

    #[command(flatten)]
    pub show: CheckArgs,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

impl PreflightArgs {
    /// Where the onboarding page puts the gateway.
    pub const GATEWAY_NAMESPACE: &'static str = "ambassador";
}

/// Connect to each of these, and print what came of it: what `preflight --from-nodes` runs in pods
#[derive(Debug, Args)]
pub struct ReachedArgs {
    /// ADDRESS:PORT
    #[arg(value_name = "TARGET", required = true, value_parser = target)]
    pub targets: Vec<Target>,

    /// How long a connection may take
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, env = "INVENTORY_CONNECT_TIMEOUT", value_parser = connect_seconds)]
    pub connect_timeout: f64,
}

fn target(text: &str) -> Result<Target, &'static str> {
    Target::parse(text).ok_or("expected ADDRESS:PORT")
}
