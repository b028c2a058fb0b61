//! The whole way to AIOS in steps, and which of them are done: what `onboard` keeps, and goes on from.

mod journal;
mod step;

pub use journal::{Entry, Journal, Progress};
pub use step::Step;
