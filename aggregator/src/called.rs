//! By which name this program was called: its own, or one of those by which kubectl finds its plugins.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory;

use crate::cli::Cli;

/// What it was called as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// By its own name, or one that says nothing.
    Itself,
    /// As kubectl's plugin, `kubectl aios`.
    Plugin,
    /// As the program that kubectl asks how a command line of the plugin may go on.
    Completer,
}

/// The file that kubectl runs for `kubectl aios`.
pub const PLUGIN: &str = "kubectl-aios";

/// What each name means.
const NAMES: [(&str, Called); 2] =
    [(PLUGIN, Called::Plugin), ("kubectl_complete-aios", Called::Completer)];

impl Called {
    /// By the first of these arguments, which is the program's path.
    pub fn of(args: &[OsString]) -> Self {
        let name = args.first().and_then(|path| Path::new(path).file_name());
        let known = NAMES.iter().find(|(known, _)| name.is_some_and(|name| name == *known));
        known.map_or(Self::Itself, |(_, called)| *called)
    }

    /// The command line, in whose usage stands what a person types.
    pub fn command(self) -> clap::Command {
        match self {
            // By the file's name, as everywhere.
            Self::Itself => Cli::command(),
            Self::Plugin | Self::Completer => Cli::command().bin_name("kubectl aios"),
        }
    }
}

/// The command line, for whoever describes it.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_s_name_decides() {
        for (path, called) in [
            ("/usr/local/bin/kubectl-aios", Called::Plugin),
            ("kubectl-aios", Called::Plugin),
            ("./kubectl_complete-aios", Called::Completer),
            ("inventory-aggregator", Called::Itself),
            ("kubectl-aios/aggregator", Called::Itself),
            ("", Called::Itself),
        ] {
            assert_eq!(Called::of(&[path.into()]), called, "{path}");
        }
        assert_eq!(Called::of(&[]), Called::Itself);
    }

    #[test]
    fn the_command_line_makes_sense() {
        Called::Plugin.command().debug_assert();
    }
}
