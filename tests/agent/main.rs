//! What the agent must do, seen from outside.

#[path = "../support/mod.rs"]
mod support;

mod robustness;
mod usage;
