//! What the measurements with a real API server share. Each uses its part of it.
#![allow(dead_code, reason = "each measurement uses its part")]

pub mod cluster;
pub mod controller;
pub mod process;
pub mod slope;
