//! The fake library, loaded as the real one is.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail")]

mod faults;
mod gpus;
mod libraries;
mod session;
mod support;
