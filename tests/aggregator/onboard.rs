//! `onboard`: the whole way as one command, and again after whatever ended it.

mod course;
mod full;
mod killed;
pub mod stage;
