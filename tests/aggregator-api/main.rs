//! The aggregator against a real API server, with the rights that the chart gives it.
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

mod chart;
mod controller;
mod document;
mod endpoints;
mod environment;
mod examples;
mod gate;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../api/host.rs"]
mod host;
mod infra;
mod label;
mod leader;
mod nodes;
mod onboarding;
#[path = "../docs/pages/mod.rs"]
mod pages;
mod preflight;
mod refusals;
mod report;
mod rights;
#[path = "../support/run.rs"]
mod run;
mod scale;
mod stage;
#[path = "../support/suite.rs"]
mod suite;
mod support;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../aggregator/terminal.rs"]
mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    suite::run([
        chart::cases(),
        controller::cases(),
        document::cases(),
        endpoints::cases(),
        examples::cases(),
        gate::cases(),
        infra::cases(),
        label::cases(),
        leader::cases(),
        nodes::cases(),
        onboarding::cases(),
        preflight::cases(),
        refusals::cases(),
        report::cases(),
        rights::cases(),
        scale::cases(),
    ])
}
