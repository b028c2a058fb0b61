//! How nodes *become a cluster*, and nothing of how a node is read.

pub mod aios;
mod cli;
pub mod cluster;
mod commands;
pub mod controller;
mod exit;
pub mod infra;
mod input;
pub mod kubernetes;
mod output;
mod start;
pub mod submission;

pub use start::run;
