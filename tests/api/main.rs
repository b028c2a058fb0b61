//! The agent against a real API server, with the rights and policies that the chart gives it.
//!
//! `tests/run api` builds the binaries of etcd, the API server and helm, and names their folder in
//! `KUBEBUILDER_ASSETS`; without it every test here counts as ignored.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

mod agent;
mod chart;
mod contest;
mod environment;
mod faults;
mod garbage;
mod gpus;
mod host;
mod log;
mod mending;
mod names;
mod policy;
mod quiet;
mod report;
#[path = "../support/suite.rs"]
mod suite;
#[path = "../support/mod.rs"]
mod support;
mod token;

use std::process::ExitCode;

fn main() -> ExitCode {
    suite::run([
        chart::cases(),
        report::cases(),
        names::cases(),
        mending::cases(),
        garbage::cases(),
        contest::cases(),
        gpus::cases(),
        log::cases(),
        quiet::cases(),
        policy::cases(),
        faults::cases(),
        token::cases(),
    ])
}
