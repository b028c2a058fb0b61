//! Checks in the manner of `linkerd check`: what is as it should be, what is not, and what to do
//! about it. `preflight`, `endpoints` and whatever comes after them tell what they found by these.

mod json;
mod model;
mod table;

pub use json::as_json;
pub use model::{Check, State, Tally};
pub use table::as_table;
