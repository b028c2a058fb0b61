//! What the tests of the agent describe hosts with.

#[path = "../support/sketch.rs"]
pub mod sketch;
