//! `completions`: what lets a shell complete the command lines.

use anyhow::Context;

use crate::called::Called;
use crate::cli::CompletionsArgs;
use crate::completer::{script, tell};
use crate::exit::Ended;

/// Prints the script, for the name by which this was called.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<Ended> {
    let words: Vec<_> = std::env::args_os().take(1).collect();
    let script = script(args.shell, Called::of(&words)).context("cannot make the script")?;
    Ok(tell(&script))
}
