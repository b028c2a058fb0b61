//! What the agent must do, seen from outside.

#[path = "../support/mod.rs"]
mod support;

mod capture;
mod house;
mod live;
mod properties;
mod robustness;
mod usage;
