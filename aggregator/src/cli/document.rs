//! What the document is made from, and where it goes.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, ValueEnum};

use super::SourceArgs;

/// Print the cluster's document, from a profile and the nodes' inventories
///
/// The document is checked before it is printed: AIOS stores what is wrong with it, or refuses it
/// without a reason.
#[derive(Debug, Args)]
pub struct DocumentArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    /// What only a person can say of the cluster: YAML or JSON, also the onboarding page's own,
    /// whose hardware figures are ignored (--init prints one to start from)
    #[arg(long, value_name = "FILE", env = "INVENTORY_PROFILE", required_unless_present = "init")]
    pub profile: Option<PathBuf>,

    /// Print a commented profile to start from, and exit
    #[arg(long, env = "INVENTORY_INIT", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub init: bool,

    /// Where to write it; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-", env = "INVENTORY_OUTPUT")]
    pub output: PathBuf,

    /// How to write it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_FORMAT")]
    pub format: Format,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// As AIOS takes it
    #[default]
    Json,
    /// The same, to be read and changed
    Yaml,
    /// Its figures, for people
    Table,
}
