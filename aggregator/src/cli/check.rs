//! How checks are shown.

use clap::{Args, ValueEnum};

/// How checks are shown.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct CheckArgs {
    /// How to show it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_CHECK_FORMAT")]
    pub format: CheckFormat,
}

/// How checks are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
}
