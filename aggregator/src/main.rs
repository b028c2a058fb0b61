//! Sums a cluster's nodes into AIOS's onboarding document.

use clap::Parser;

/// Sums a cluster's nodes into AIOS's onboarding document and keeps it true.
///
/// This version knows only --help and --version.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {}

fn main() {
    let Cli {} = Cli::parse();
}
