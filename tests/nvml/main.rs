//! The process that asks NVML: it leaves nothing behind, whatever becomes of it or of its parent.
//! What it makes of NVML's words is in `tests/hosts/nvml.hosts`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

mod asking;
mod hostile;
mod lives;
mod processes;
#[path = "../support/mod.rs"]
mod support;
mod words;
