//! Creating and removing AIOS's infrastructure, against an AIOS that refuses, fails, loses and lies, and
//! a cluster that shows what is really there.

mod body;
mod consent;
mod create;
mod remove;
mod secrets;
pub(crate) mod stage;
mod status;
mod usage;
