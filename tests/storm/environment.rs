//! What the tests share, which is nothing that runs: each breaks what it has.

pub use crate::cluster::{Cluster, agent, aggregator, changed};
pub(crate) use crate::suite::cases;

#[derive(Default)]
pub struct Environment;

/// A variable's number, or the usual one.
pub fn number(variable: &str, usual: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{variable}: {error}")),
        Err(_) => usual,
    }
}
