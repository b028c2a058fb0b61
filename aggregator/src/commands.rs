//! One file per command.

mod diff;
mod document;
mod gather;
mod subject;
mod submit;

pub use diff::diff;
pub use document::document;
pub use submit::submit;

use anyhow::Context;

use crate::cli::Command;
use crate::exit::Ended;

/// Does what was asked for.
pub fn dispatch(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Document(args) => document(args),
        Command::Submit(args) => submit(*args),
        Command::Diff(args) => diff(*args),
    }
}

/// Runs what waits for the network to its end.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("cannot start the runtime")?.block_on(work)
}
