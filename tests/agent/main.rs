//! What the agent must do, seen from outside.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/elf.rs"]
mod elf;

mod accesses;
mod capture;
mod disk;
mod hanging;
mod hardened;
mod house;
mod properties;
mod robustness;
mod secrets;
mod upgrade;
mod usage;
