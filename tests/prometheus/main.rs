//! What Prometheus makes of it: the alerts by promtool, and what agents and aggregator tell, as a real
//! Prometheus scrapes it.
//!
//! `tests/run prometheus` sees to Prometheus, and builds an API server as for `api`; what cannot run counts
//! as ignored.
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
mod environment;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../api/host.rs"]
mod host;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../aggregator-api/controller/process.rs"]
mod process;
#[path = "../support/prometheus.rs"]
mod prometheus;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../support/queries.rs"]
mod queries;
mod rules;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../support/run.rs"]
mod run;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../aggregator-api/controller/scene.rs"]
mod scene;
mod scraped;
#[path = "../support/suite.rs"]
mod suite;
#[path = "../aggregator-api/support.rs"]
mod support;

use std::process::ExitCode;

use test_kubernetes::assets;

fn main() -> ExitCode {
    suite::run_in_order([
        (prometheus::missing(), rules::cases()),
        (prometheus::missing().or(assets::missing()), scraped::cases()),
    ])
}
