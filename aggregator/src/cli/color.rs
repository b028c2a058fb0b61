//! When color is used.

use clap::{Args, ValueEnum};

/// Whether tables and messages are in color.
#[derive(Clone, Copy, Debug, Args)]
pub struct ColorArgs {
    /// Whether to use color: auto is on a terminal, unless `NO_COLOR` is set
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        env = "INVENTORY_COLOR",
        global = true
    )]
    pub color: Color,
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

impl ColorArgs {
    /// From now on it is so for all that is written.
    pub fn apply(self) {
        let choice = match self.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}
