//! The whole way on a real cluster: kubelet, containerd, the image and the chart, from `helm install`
//! to what AIOS stores.
//!
//! `tests/run cluster` brings such a cluster up and takes it down. On another one the same tests run
//! with the variables that `environment` names; what needs the machine of the node is ignored there.
//! They share the release, so that they run one after another.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

mod aios_pod;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../storm/dice.rs"]
mod dice;
#[path = "../support/elf.rs"]
mod elf;
mod environment;
mod examples;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../support/fake.rs"]
mod fake;
mod gpus;
mod lifecycle;
mod manifest;
mod monitoring;
mod page;
#[path = "../docs/pages/mod.rs"]
mod pages;
mod pods;
mod processes;
#[path = "../support/prometheus.rs"]
mod prometheus;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../support/queries.rs"]
mod queries;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../storm/recorder.rs"]
mod recorder;
mod release;
mod rights;
#[path = "../support/run.rs"]
mod run;
mod stand_in;
mod state;
mod storm;
#[path = "../support/suite.rs"]
mod suite;
mod trouble;
mod whole_way;

use std::process::ExitCode;

fn main() -> ExitCode {
    let always = [whole_way::cases(), rights::cases(), lifecycle::cases(), manifest::cases()];
    let at_the_node = [pods::cases(), trouble::cases(), storm::cases(), gpus::cases()];
    let unwatched = environment::missing_for_host().or_else(prometheus::missing);
    suite::run_in_order([
        // On a cluster that has nothing yet.
        (environment::missing_for_aios(), aios_pod::cases()),
        (environment::missing(), examples::cases()),
        (environment::missing_for_aios(), page::cases()),
        (environment::missing(), always.into_iter().flatten().collect()),
        (unwatched, monitoring::cases()),
        (environment::missing_for_host(), at_the_node.into_iter().flatten().collect()),
    ])
}
