//! The page in a browser: Chromium opens what `report` writes and what `run` serves.
//!
//! `tests/run browser` sees to Chromium and its driver, fetches axe-core and names its file in `AXE`, and builds an
//! API server for what `run` serves; without these the tests here count as ignored.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

mod axe;
mod chromium;
mod cluster;
mod controller;
mod driver;
#[allow(dead_code, unused_imports, reason = "each test target uses its part")]
#[path = "../aggregator-api/environment.rs"]
mod environment;
mod hostile;
mod live;
mod looks;
mod memory;
mod page;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../support/run.rs"]
mod run;
mod size;
#[path = "../support/suite.rs"]
mod suite;
mod table;

use std::process::ExitCode;

use test_kubernetes::assets;

fn main() -> ExitCode {
    let of_files = [hostile::cases(), looks::cases(), size::cases(), table::cases()];
    let missing = driver::missing().or_else(axe::missing);
    let live = (missing.clone().or_else(assets::missing), live::cases());
    suite::run_in_order([(missing, of_files.into_iter().flatten().collect()), live])
}
