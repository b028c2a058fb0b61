//! The command line: exactly what was typed, as types.

mod addon;
mod aios;
mod check;
mod cluster;
mod color;
mod completions;
mod diff;
mod document;
mod endpoints;
mod explain;
mod far;
mod found;
mod infra;
mod label;
mod logs;
mod nodes;
mod onboard;
mod preflight;
mod report;
mod run;
mod source;
mod subject;
mod submit;

use clap::{Parser, Subcommand};
use tracing::Level;

pub use addon::{
    AddonArgs, AddonCommand, AddonInfraArgs, AddonListArgs, AddonRegisterArgs, AddonRemoveArgs,
    EntryArgs, RegistryArgs,
};
pub use aios::AiosArgs;
pub use check::{CheckArgs, CheckFormat};
pub use cluster::{ClusterArgs, ContextArgs};
pub use color::ColorArgs;
pub use completions::{CompletionsArgs, Shell};
pub use diff::{DiffArgs, DiffFormat};
pub use document::{DocumentArgs, Format};
pub use endpoints::{EndpointsArgs, GatewayMode};
pub use explain::{ExplainArgs, ExplainFormat};
pub use far::{HandOverArgs, ReachArgs, TermsArgs};
pub use found::FoundArgs;
pub use infra::{
    InfraArgs, InfraCommand, InfraCreateArgs, InfraRemoveArgs, InfraStatusArgs, ListFormat,
    PlaceArgs, WaitArgs,
};
pub use label::LabelArgs;
pub use logs::LogArgs;
pub use nodes::NodesArgs;
pub use onboard::OnboardArgs;
pub use preflight::{PreflightArgs, ReachedArgs};
pub use report::ReportArgs;
pub use run::RunArgs;
pub use source::SourceArgs;
pub use subject::SubjectArgs;
pub use submit::SubmitArgs;

/// Sums a cluster's nodes into AIOS's onboarding document, and tells AIOS.
///
/// Figures go to standard output, everything else to standard error. Exit status: 0 done; 1 failed;
/// 2 the command line is wrong; 3 different, or something wants a look; 4 AIOS refused; 5 AIOS could
/// not be reached or made no sense; 6 not every node is there and known; 130 it was interrupted.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub color: ColorArgs,

    #[command(flatten)]
    pub logs: LogArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Onboard(Box<OnboardArgs>),
    Preflight(Box<PreflightArgs>),
    Label(LabelArgs),
    Nodes(NodesArgs),
    Document(DocumentArgs),
    Submit(Box<SubmitArgs>),
    Diff(Box<DiffArgs>),
    Infra(InfraArgs),
    Endpoints(Box<EndpointsArgs>),
    Addon(AddonArgs),
    Run(Box<RunArgs>),
    Report(ReportArgs),
    Explain(ExplainArgs),
    Completions(CompletionsArgs),
    #[command(hide = true)]
    Reach(ReachedArgs),
}

impl Command {
    /// How much is logged unless somebody says so: the controller's log is all that it has.
    pub fn usual_level(&self) -> Level {
        if matches!(self, Self::Run(_)) { Level::INFO } else { Level::WARN }
    }
}
