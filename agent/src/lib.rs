//! How a node is *read*: its kernel's files and drivers, and nothing of the cluster.

pub mod answers;
mod capture;
mod cli;
mod completions;
pub mod daemon;
mod dump;
mod exit;
pub mod host;
pub mod identity;
pub mod probe;
pub mod report;
mod show;

pub use cli::command;
pub use daemon::metrics;
pub use exit::run;
