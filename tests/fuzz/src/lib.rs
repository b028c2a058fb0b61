//! What must hold whatever is read. The programs in `targets/` are named after what they read.

pub mod host;
pub mod inventory;
pub mod json;
pub mod markup;
#[path = "../../support/others.rs"]
pub mod others;
#[path = "../../support/sketch.rs"]
pub mod sketch;
pub mod telling;
