//! Each line of the record of the real services that the fake imitates, through HTTP. The modules follow
//! the record's chapters.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail, in its helpers too"
)]

mod addons;
mod bad_requests;
mod create;
mod down;
mod faults;
mod infra;
mod membership;
mod nodes;
mod policy;
mod program;
mod query;
mod size;
mod support;
mod update;
