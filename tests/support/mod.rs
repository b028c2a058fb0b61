//! Hosts by description, and the binary that reads them. Each test target uses its part of it.
#![allow(dead_code, reason = "each test target uses its part")]

pub mod accesses;
pub mod agent;
pub mod fake;
pub mod hostile;
pub mod others;
pub mod run;
pub mod scene;
pub mod sketch;
