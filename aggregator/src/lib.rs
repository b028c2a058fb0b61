//! How nodes *become a cluster*, and nothing of how a node is read.

mod cli;
pub mod cluster;
mod commands;
mod exit;
mod input;
pub mod kubernetes;
mod output;

pub use exit::run;
