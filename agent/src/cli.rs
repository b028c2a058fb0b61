//! The command line: exactly what was typed, as types.

mod completions;
mod daemon;
mod gpu;
mod logs;
mod stated;

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub use completions::{CompletionsArgs, Shell};
pub use daemon::DaemonArgs;
pub use gpu::{GpuArgs, Sources};
pub use stated::StatedArgs;

/// Reads this node's GPUs, CPUs, memory, swap, disks and network ports.
///
/// With --dump it prints them. Without, it is a daemon that reads them again and again and keeps
/// what the cluster shows of this node true: the Node's label nodeID, its annotation gpu.aios/info
/// and its `NodeInventory`.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    #[command(flatten)]
    pub dump: DumpArgs,

    #[command(flatten)]
    pub host: HostArgs,

    #[command(flatten)]
    pub stated: StatedArgs,

    #[command(flatten)]
    pub daemon: DaemonArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Save the files that the inventory is read from, so that --root can read them elsewhere
    Capture(CaptureArgs),
    Completions(CompletionsArgs),
}

/// The command line, for whoever describes it.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// What the inventory is read from.
#[derive(Clone, Debug, Args)]
pub struct HostArgs {
    /// Read the host below this folder, or a capture of one
    #[arg(long, value_name = "DIR", default_value = "/", env = "INVENTORY_ROOT")]
    pub root: PathBuf,

    #[command(flatten)]
    pub gpu: GpuArgs,
}

#[derive(Debug, Args)]
pub struct DumpArgs {
    /// Print this node's inventory and exit
    #[arg(long, env = "INVENTORY_DUMP", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub dump: bool,

    /// How to print it
    #[arg(long, requires = "dump", value_enum, default_value_t, env = "INVENTORY_FORMAT")]
    pub format: Format,

    /// Print every device with the rule that decided, and what could not be read
    #[arg(long, requires = "dump", env = "INVENTORY_DETAIL", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub detail: bool,

    /// Say on standard error why each device counts or not, and what was read
    #[arg(long, requires = "dump", env = "INVENTORY_EXPLAIN", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub explain: bool,

    /// The node's id, instead of its name
    #[arg(long, requires = "dump", value_name = "ID", env = "INVENTORY_NODE_ID", value_parser = stated::node_id)]
    pub node_id: Option<String>,

    /// When to use colour
    #[arg(
        long,
        requires = "dump",
        value_enum,
        value_name = "WHEN",
        default_value_t,
        env = "INVENTORY_COLOR"
    )]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct CaptureArgs {
    /// Where to write the capture, a tar.gz archive
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Keep serial numbers, MAC addresses, UUIDs and names as they are
    #[arg(long, env = "INVENTORY_KEEP_SERIALS", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub keep_serials: bool,

    #[command(flatten)]
    pub host: HostArgs,
}

/// How an inventory is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For machines
    #[default]
    Json,
    /// For machines, and people who edit
    Yaml,
    /// For people
    Table,
}

/// When colour is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}
