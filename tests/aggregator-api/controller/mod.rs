//! The controller, from the first node to AIOS's copy, each on a cluster of its own.

mod life;
mod others;
mod process;
mod scene;
mod trouble;

use crate::environment::Environment;
use crate::suite::Case;

/// The tests of the controller.
pub fn cases() -> Vec<Case<Environment>> {
    [life::cases(), others::cases(), trouble::cases()].into_iter().flatten().collect()
}
