//! How a node is *read*: its kernel's files and drivers, and nothing of the cluster.

pub mod host;
pub mod probe;
