//! A storm: agents, two aggregators, their cluster and AIOS, all of which fail at random for a while. What
//! must hold is judged at every moment, and soon after the storm all is right.
//!
//! `tests/run storm` sees to the API server. `STORM_SEED` has the same happen again, `STORM_SECONDS` more of it.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

#[allow(dead_code, unused_imports, reason = "each test target uses its part")]
#[path = "../aggregator-api/environment.rs"]
mod cluster;
mod dice;
mod disk;
mod environment;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../api/host.rs"]
mod host;
mod play;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../aggregator-api/controller/process.rs"]
mod process;
mod program;
mod recorder;
mod right;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../support/run.rs"]
mod run;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../aggregator-api/controller/scene.rs"]
mod scene;
mod script;
mod sleeper;
mod storm;
#[path = "../support/suite.rs"]
mod suite;
#[path = "../aggregator-api/support.rs"]
mod support;
mod sweep;
mod world;

use std::process::ExitCode;

use test_kubernetes::assets;

fn main() -> ExitCode {
    let all = [storm::cases(), sleeper::cases(), sweep::cases(), disk::cases()];
    suite::run_in_order([
        (None, script::cases()),
        (program::missing_for_clocks(), program::cases()),
        (assets::missing(), all.into_iter().flatten().collect()),
    ])
}
