//! How nodes *become a cluster*, and nothing of how a node is read.

mod cli;
pub mod cluster;
mod commands;
pub mod controller;
mod exit;
mod input;
mod output;

pub use exit::run;
