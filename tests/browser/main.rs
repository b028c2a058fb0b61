//! The page in a browser: Chromium opens what `report` writes.
//!
//! `tests/run browser` sees to Chromium and its driver, fetches axe-core and names its file in `AXE`; without
//! these every test here counts as ignored.
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
mod driver;
mod hostile;
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

/// Nothing is shared: each test has a browser of its own.
pub mod environment {
    pub(crate) use crate::suite::cases;

    /// Nothing.
    #[derive(Default)]
    pub struct Environment;
}

fn main() -> ExitCode {
    let cases = [hostile::cases(), looks::cases(), size::cases(), table::cases()];
    let missing = driver::missing().or_else(axe::missing);
    suite::run_in_order([(missing, cases.into_iter().flatten().collect())])
}
