//! How nodes *become a cluster*, and nothing of how a node is read.

pub mod aios;
mod cli;
pub mod cluster;
mod commands;
mod exit;
mod input;
mod output;

pub use exit::run;
