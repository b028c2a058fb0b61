//! One file per command.

mod addon;
mod compare;
mod completions;
mod consent;
mod diff;
mod document;
mod dry_run;
mod endpoints;
mod explain;
mod find;
mod gather;
mod hand_over;
mod infra;
mod interrupt;
mod label;
mod nodes;
mod onboard;
mod outcome;
mod preflight;
mod progress;
mod report;
mod screen;
mod settings;
mod show;
mod subject;
mod submit;
mod table;
mod turn;
mod watching;

pub use addon::addon;
pub use completions::completions;
pub use diff::diff;
pub use document::document;
pub use endpoints::endpoints;
pub use explain::explain;
pub use infra::infra;
pub use label::label;
pub use nodes::nodes;
pub use onboard::onboard;
pub use preflight::{preflight, reach};
pub use report::report;
pub use submit::submit;

use anyhow::Context;

use crate::cli::Command;
use crate::exit::Ended;

/// Does what was asked for.
pub fn dispatch(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Onboard(args) => onboard(*args),
        Command::Preflight(args) => preflight(*args),
        Command::Label(args) => label(args),
        Command::Nodes(args) => nodes(&args),
        Command::Document(args) => document(args),
        Command::Submit(args) => submit(*args),
        Command::Diff(args) => diff(*args),
        Command::Infra(args) => infra(args),
        Command::Endpoints(args) => endpoints(*args),
        Command::Addon(args) => addon(args),
        Command::Run(args) => run(*args),
        Command::Report(args) => report(&args),
        Command::Explain(args) => explain(&args),
        Command::Completions(args) => completions(&args),
        Command::Reach(args) => reach(args),
    }
}

/// The controller, until it is told to end.
fn run(args: crate::cli::RunArgs) -> anyhow::Result<Ended> {
    block_on(crate::controller::run(args))?;
    Ok(Ended::Done)
}

/// Runs what waits for the network to its end.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("cannot start the runtime")?.block_on(work)
}
