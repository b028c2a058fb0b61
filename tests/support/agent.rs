//! The real agent.

use std::path::Path;
use std::process::Command;

pub use super::run::Run;

/// Where it is.
pub const PATH: &str = env!("CARGO_BIN_EXE_inventory-agent");

/// A command of the binary under test.
pub fn command() -> Command {
    super::run::command(PATH)
}

impl Run {
    /// `--dump --detail` over `root`.
    pub fn detail(root: &Path, args: &[String]) -> Self {
        Self::of(command().args(["--dump", "--detail", "--root"]).arg(root).args(args))
    }
}
