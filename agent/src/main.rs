//! Reads this node's inventory.

use std::process::ExitCode;

fn main() -> ExitCode {
    inventory_agent::run()
}
