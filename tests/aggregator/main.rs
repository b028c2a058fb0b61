//! What the aggregator must do, seen from outside.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../support/queries.rs"]
mod queries;
#[path = "../support/run.rs"]
mod run;

#[path = "../support/elf.rs"]
mod elf;
#[path = "../support/hostile.rs"]
#[allow(dead_code, reason = "each test target uses its part")]
mod hostile;

mod addon;
mod aios;
mod document;
mod endpoints;
mod explain;
mod hardened;
mod house;
mod infra;
mod input;
mod kubernetes;
mod monitoring;
mod names;
mod nodes;
mod onboard;
mod page;
mod properties;
mod report;
mod scene;
mod shell;
mod submit;
mod terminal;
mod upgrade;
mod usage;
