//! The controller, from the first node to AIOS's copy, each on a cluster of its own.

mod doubt;
mod life;
mod log;
mod others;
mod page;
mod process;
mod scene;
mod served;
mod trouble;
mod upgrade;

use crate::environment::Environment;
use crate::suite::Case;

/// The tests of the controller.
pub fn cases() -> Vec<Case<Environment>> {
    [
        doubt::cases(),
        life::cases(),
        log::cases(),
        others::cases(),
        page::cases(),
        served::cases(),
        trouble::cases(),
        upgrade::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
