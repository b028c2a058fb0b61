//! What the aggregator must do, seen from outside.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "../support/run.rs"]
mod run;

#[path = "../support/hostile.rs"]
#[allow(dead_code, reason = "each test target uses its part")]
mod hostile;

#[path = "../shell/pages.rs"]
mod pages;

mod addon;
mod aios;
mod docs;
mod document;
mod endpoints;
mod explain;
mod house;
mod infra;
mod input;
mod kubernetes;
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
mod usage;
