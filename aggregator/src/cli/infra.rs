//! What AIOS runs in the cluster.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Subcommand, ValueEnum};

use super::{ContextArgs, HandOverArgs, ReachArgs};
use crate::aios::{ClusterId, TaskId};

/// Create, remove or look at what AIOS runs in the cluster
#[derive(Debug, Args)]
pub struct InfraArgs {
    #[command(subcommand)]
    pub command: InfraCommand,
}

#[derive(Debug, Subcommand)]
pub enum InfraCommand {
    Create(Box<InfraCreateArgs>),
    Remove(Box<InfraRemoveArgs>),
    Status(Box<InfraStatusArgs>),
}

/// Where AIOS is, and which of its clusters is meant.
#[derive(Clone, Debug, Args)]
pub struct PlaceArgs {
    /// The cluster's id at AIOS
    #[arg(long, value_name = "ID", env = "INVENTORY_CLUSTER_ID")]
    pub cluster_id: ClusterId,

    // Kept as text: what clap says of a value that is wrong repeats it, with the password in it.
    /// AIOS's cluster controller gateway, such as `https://10.0.0.1:30600`
    #[arg(long, value_name = "URL", env = "INVENTORY_GATEWAY", hide_env_values = true)]
    pub gateway: String,

    /// AIOS's tasks service, such as `http://10.0.0.1:30108`
    #[arg(long, value_name = "URL", env = "INVENTORY_TASKS", hide_env_values = true)]
    pub tasks: Option<String>,
}

/// Whether the end is waited for.
#[derive(Clone, Debug, Args)]
pub struct WaitArgs {
    /// Wait for the end, and see what the cluster shows then: AIOS's own word is no proof
    #[arg(long, env = "INVENTORY_WAIT", requires = "tasks", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub wait: bool,

    /// Wait so long; a task of AIOS can stay pending for ever
    #[arg(long, value_name = "SECONDS", default_value_t = 900, env = "INVENTORY_WAIT_TIMEOUT", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,

    /// Say nothing but how it ended
    #[arg(long, env = "INVENTORY_QUIET", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub quiet: bool,
}

/// Let AIOS create its infrastructure in the cluster
///
/// Hands AIOS's gateway a kubeconfig of one context, with its files in it. Before that it shows what
/// AIOS will do in the cluster, and asks. Prints the id of AIOS's task. Without --wait it ends then;
/// with --wait it ends well only if the cluster shows all of it.
///
/// Exit status: 0 done; 1 failed; 2 the command line is wrong, or nobody could be asked; 3 only a part
/// is there; 4 AIOS refused, or its task failed; 5 AIOS could not be reached or made no sense, or it
/// took too long; 130 it was interrupted.
#[derive(Debug, Args)]
pub struct InfraCreateArgs {
    #[command(flatten)]
    pub place: PlaceArgs,

    #[command(flatten)]
    pub hand_over: HandOverArgs,

    #[command(flatten)]
    pub wait: WaitArgs,

    /// Make texts of the stored addresses that come out as lists, without asking (with --wait)
    #[arg(long, env = "INVENTORY_MEND_ADDRESSES", requires = "wait", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub mend_addresses: bool,

    #[command(flatten)]
    pub reach: ReachArgs,
}

/// Let AIOS remove its infrastructure from the cluster
///
/// Hands AIOS's gateway a kubeconfig as create does. AIOS says "completed" whatever happened, and leaves
/// much behind, rights among it: with --wait the cluster is looked at, and with --clean-up that is taken
/// away too.
///
/// Exit status: 0 done; 1 failed; 2 the command line is wrong, or nobody could be asked; 3 only a part
/// is gone; 4 AIOS refused, or its task failed; 5 AIOS could not be reached or made no sense, or it took
/// too long; 130 it was interrupted.
#[derive(Debug, Args)]
pub struct InfraRemoveArgs {
    #[command(flatten)]
    pub place: PlaceArgs,

    #[command(flatten)]
    pub hand_over: HandOverArgs,

    #[command(flatten)]
    pub wait: WaitArgs,

    /// Take away what AIOS leaves behind, without asking (with --wait)
    #[arg(long, env = "INVENTORY_CLEAN_UP", requires = "wait", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub clean_up: bool,

    #[command(flatten)]
    pub reach: ReachArgs,
}

/// Look at what of AIOS's infrastructure is in the cluster
///
/// Exit status: 0 all of it; 1 failed; 2 the command line is wrong; 3 a part of it or nothing, or no
/// stored addresses; 4 AIOS refused; 5 AIOS could not be reached or made no sense.
#[derive(Debug, Args)]
pub struct InfraStatusArgs {
    /// The cluster's id at AIOS
    #[arg(long, value_name = "ID", env = "INVENTORY_CLUSTER_ID")]
    pub cluster_id: ClusterId,

    /// AIOS's cluster controller gateway: see too how the stored addresses are
    #[arg(long, value_name = "URL", env = "INVENTORY_GATEWAY", hide_env_values = true)]
    pub gateway: Option<String>,

    /// Make texts of the stored addresses that came out as lists; all else only looks
    #[arg(long, env = "INVENTORY_MEND_ADDRESSES", requires = "gateway", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub mend_addresses: bool,

    /// AIOS's tasks service, such as `http://10.0.0.1:30108`
    #[arg(long, value_name = "URL", env = "INVENTORY_TASKS", hide_env_values = true)]
    pub tasks: Option<String>,

    /// Ask for this task too
    #[arg(long, value_name = "ID", env = "INVENTORY_TASK", requires = "tasks")]
    pub task: Option<TaskId>,

    /// How to show it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_INFRA_FORMAT")]
    pub format: ListFormat,

    #[command(flatten)]
    pub context: ContextArgs,

    #[command(flatten)]
    pub reach: ReachArgs,
}

/// How a list is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
}
