//! How nodes *become a cluster*, and nothing of how a node is read.

pub mod aios;
mod called;
pub mod check;
mod cli;
pub mod cluster;
mod columns;
mod commands;
mod completer;
pub mod controller;
mod digest;
pub mod endpoints;
mod exit;
pub mod explain;
pub mod infra;
mod input;
pub mod kubernetes;
pub mod onboard;
mod output;
pub mod preflight;
pub mod reach;
pub mod report;
mod start;
pub mod submission;

pub use called::command;
pub use start::run;
