//! One file per command.

mod document;

pub use document::document;

use crate::cli::Command;
use crate::exit::Ended;

/// Does what was asked for.
pub fn dispatch(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Document(args) => document(args),
    }
}
