//! For which shell completions are printed.

use clap::{Args, ValueEnum};

/// Print what lets a shell complete this program's command lines
///
/// In ~/.bashrc: source <(inventory-aggregator completions bash)
/// In ~/.zshrc, after compinit: source <(inventory-aggregator completions zsh)
/// In ~/.config/fish/config.fish: inventory-aggregator completions fish | source
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// A shell whose completions are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU's
    Bash,
    /// The Z shell
    Zsh,
    /// The friendly one
    Fish,
}
