//! One file per command.

mod document;
mod gather;

pub use document::document;

use anyhow::Context;

use crate::cli::Command;
use crate::exit::Ended;

/// Does what was asked for.
pub fn dispatch(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Document(args) => document(args),
    }
}

/// Runs what waits for the network to its end.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("cannot start the runtime")?.block_on(work)
}
