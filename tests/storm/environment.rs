//! What the tests share, which is nothing that runs: each breaks what it has.

pub use crate::cluster::{Cluster, agent, aggregator, changed};
pub(crate) use crate::suite::cases;

#[derive(Default)]
pub struct Environment;
