//! What is compared, and how it is shown.

use clap::{Args, ValueEnum};

use super::{AiosArgs, SubjectArgs};

/// Compare what AIOS stores of the cluster with what is true, value by value
///
/// What AIOS adds by itself is no difference. Of its placeholders it is said that they are some.
/// Exit status: 0 the same; 1 failed; 2 the command line is wrong; 3 different; 4 AIOS refused; 5
/// AIOS could not be reached or made no sense; 6 not every node is there and known.
#[derive(Debug, Args)]
pub struct DiffArgs {
    #[command(flatten)]
    pub subject: SubjectArgs,

    #[command(flatten)]
    pub aios: AiosArgs,

    /// How to show it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_DIFF_FORMAT")]
    pub format: DiffFormat,
}

/// How differences are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
}
