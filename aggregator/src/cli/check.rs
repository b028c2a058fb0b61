//! How checks are shown.

use clap::{Args, ValueEnum};

/// How checks are shown.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct CheckArgs {
    /// How to show it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_CHECK_FORMAT")]
    pub format: CheckFormat,

    /// Whether the table is in color: auto is on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, env = "INVENTORY_COLOR")]
    pub color: Color,
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

/// When color is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
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
