//! What AIOS stores against what should be there, and the updates that bring it about.
//!
//! There is no compare-and-set: AIOS takes a map of dotted paths, and others write too. So nothing
//! is planned beyond the next update. Its answer is the whole entry, and is what the one after it is
//! made from:
//!
//! ```text
//! stored + wanted ──▶ target ──▶ next update ──▶ AIOS ──▶ stored
//!                       └──────▶ differences, for people
//! ```

mod alike;
mod differences;
mod entries;
mod next;
mod struck;
mod target;
mod wanted;

pub use differences::{Difference, Kind, differences, is_placeholder, rewritten, without_secrets};
pub use next::{TooLarge, Update, next};
pub use struck::struck;
pub use target::{Cut, Target};
pub use wanted::{Added, Gone, Wanted, shares_no_node};

#[cfg(test)]
mod tests;
