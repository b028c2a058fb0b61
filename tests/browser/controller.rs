//! The controller on a real API server, as its own tests have it.
#![allow(dead_code, reason = "each test target uses its part")]

#[path = "../aggregator-api/controller/process.rs"]
pub mod process;
#[path = "../aggregator-api/controller/scene.rs"]
pub mod scene;
