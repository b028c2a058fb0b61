//! Add-ons, and the registries by which AIOS finds them.

use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Subcommand};

use super::{HandOverArgs, ListFormat, ReachArgs};
use crate::aios::{ADDON_KINDS, AddonKind, addon_kind};

/// Register add-ons at AIOS, list them, and take their entries away
#[derive(Debug, Args)]
pub struct AddonArgs {
    #[command(subcommand)]
    pub command: AddonCommand,
}

#[derive(Debug, Subcommand)]
pub enum AddonCommand {
    Register(Box<AddonRegisterArgs>),
    List(Box<AddonListArgs>),
    Remove(Box<AddonRemoveArgs>),
    /// Let AIOS make a policy executor's infrastructure in the cluster
    ///
    /// Hands the policy system a kubeconfig, as 'infra create' does. Exit status: 0 done; 1 failed; 2 the
    /// command line is wrong, or nobody could be asked; 4 AIOS refused; 5 AIOS could not be reached or
    /// made no sense.
    CreateInfra(Box<AddonInfraArgs>),
    /// Let AIOS remove a policy executor's infrastructure from the cluster
    ///
    /// Hands the policy system a kubeconfig, as 'infra remove' does. Exit status as of create-infra.
    RemoveInfra(Box<AddonInfraArgs>),
}

fn kinds() -> impl TypedValueParser<Value = &'static AddonKind> {
    let names = ADDON_KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>();
    let found = |name: String| addon_kind(&name).ok_or("there is no such kind");
    PossibleValuesParser::new(names).try_map(found)
}

/// Where the registry of a kind is.
#[derive(Clone, Debug, Args)]
pub struct RegistryArgs {
    // Kept as text: what clap says of a value that is wrong repeats it, with the password in it.
    /// The registry of this kind, such as `http://10.0.0.1:4000`; for policy executors the policy system
    #[arg(long, value_name = "URL", env = "INVENTORY_ADDON_REGISTRY", hide_env_values = true)]
    pub registry: String,

    #[command(flatten)]
    pub reach: ReachArgs,
}

/// Register an add-on
///
/// Prints its id. Exit status: 0 done; 1 failed; 2 the command line is wrong, or nobody could be asked; 4
/// AIOS refused; 5 AIOS could not be reached or made no sense.
#[derive(Debug, Args)]
pub struct AddonRegisterArgs {
    /// What it is
    #[arg(value_name = "KIND", value_parser = kinds())]
    pub kind: &'static AddonKind,

    #[command(flatten)]
    pub entry: EntryArgs,

    /// Register it although it does not answer from here
    #[arg(long, env = "INVENTORY_SKIP_REACHABILITY", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub skip_reachability: bool,

    #[command(flatten)]
    pub registry: RegistryArgs,

    /// For a model splitter, which is made in the cluster
    #[command(flatten)]
    pub hand_over: HandOverArgs,
}

/// What its options stand under in the help, and nothing that follows them.
const ENTRY: &str = "Entry";

/// What is registered.
#[derive(Clone, Debug, Args)]
pub struct EntryArgs {
    /// The entry as its registry takes it (JSON or YAML); what is said beside goes before it
    #[arg(long, help_heading = ENTRY, value_name = "FILE", env = "INVENTORY_ADDON_FILE")]
    pub file: Option<PathBuf>,

    /// What it is called
    #[arg(long, help_heading = ENTRY, value_name = "NAME", env = "INVENTORY_ADDON_NAME")]
    pub name: Option<String>,

    /// Where others reach it, such as `http://192.168.0.106:31700`
    #[arg(long, help_heading = ENTRY, value_name = "URL", env = "INVENTORY_ADDON_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// By what host or address others reach the cluster (policy executor, model splitter)
    #[arg(long, help_heading = ENTRY, value_name = "HOST", env = "INVENTORY_ADDON_PUBLIC_HOST")]
    pub public_host: Option<String>,

    /// By what it is found; may be given several times
    #[arg(long = "tag", help_heading = ENTRY, value_name = "TAG", env = "INVENTORY_ADDON_TAGS", value_delimiter = ',')]
    pub tags: Vec<String>,

    /// What else is known of it, several with commas between: numbers, true and false are taken as such,
    /// all else as text; what has a comma in it goes into --file
    #[arg(long, help_heading = ENTRY, value_name = "KEY=VALUE", env = "INVENTORY_ADDON_METADATA", value_delimiter = ',', value_parser = pair)]
    pub metadata: Vec<(String, String)>,

    /// What the names of its images begin with (container registry)
    #[arg(long, help_heading = ENTRY, value_name = "PREFIX", env = "INVENTORY_ADDON_IMAGE_PREFIX")]
    pub image_prefix: Option<String>,

    /// How it is used (container registry)
    #[arg(long, help_heading = ENTRY, value_name = "KEY=VALUE", env = "INVENTORY_ADDON_CONFIG", value_delimiter = ',', value_parser = pair)]
    pub config: Vec<(String, String)>,

    /// What room it has (container registry)
    #[arg(long, help_heading = ENTRY, value_name = "KEY=VALUE", env = "INVENTORY_ADDON_STORAGE_INFO", value_delimiter = ',', value_parser = pair)]
    pub storage_info: Vec<(String, String)>,

    /// Its id (policy executor)
    #[arg(long, help_heading = ENTRY, value_name = "ID", env = "INVENTORY_ADDON_EXECUTOR_ID")]
    pub executor_id: Option<String>,

    /// On what it runs (policy executor)
    #[arg(long, help_heading = ENTRY, value_name = "KEY=VALUE", env = "INVENTORY_ADDON_HARDWARE_INFO", value_delimiter = ',', value_parser = pair)]
    pub hardware_info: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE"),
    }
}

/// List what is registered
///
/// Exit status: 0 done; 1 failed; 2 the command line is wrong; 4 AIOS refused; 5 AIOS could not be
/// reached or made no sense.
#[derive(Debug, Args)]
pub struct AddonListArgs {
    /// What to list
    #[arg(value_name = "KIND", value_parser = kinds())]
    pub kind: &'static AddonKind,

    /// How to show it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_ADDON_FORMAT")]
    pub format: ListFormat,

    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Take the entry of an add-on away; the add-on itself stays
///
/// Exit status: 0 done; 1 failed; 2 the command line is wrong, or nobody could be asked; 4 AIOS refused;
/// 5 AIOS could not be reached or made no sense.
#[derive(Debug, Args)]
pub struct AddonRemoveArgs {
    /// What it is
    #[arg(value_name = "KIND", value_parser = kinds())]
    pub kind: &'static AddonKind,

    /// The entry's id, as 'addon list' shows it
    #[arg(value_name = "ID", value_parser = id)]
    pub id: String,

    /// Do not ask
    #[arg(long, short = 'y', env = "INVENTORY_YES", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub yes: bool,

    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Which executor, and which cluster.
#[derive(Debug, Args)]
pub struct AddonInfraArgs {
    /// The executor's id
    #[arg(value_name = "ID", value_parser = id)]
    pub id: String,

    /// How many processes it may run; AIOS's service does not do without, though its page leaves it out
    #[arg(long, value_name = "N", default_value_t = 4, env = "INVENTORY_ADDON_MAX_PROCESSES", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_processes: u32,

    #[command(flatten)]
    pub registry: RegistryArgs,

    #[command(flatten)]
    pub hand_over: HandOverArgs,
}

/// With any other a request would reach nothing, or another entry.
fn id(text: &str) -> Result<String, &'static str> {
    if inventory_common::cluster::is_cluster_id(text) {
        Ok(text.to_owned())
    } else {
        Err("an id has letters, digits, '.', '_' and '-'")
    }
}
