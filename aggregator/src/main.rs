//! Sums a cluster's nodes into AIOS's onboarding document.

use std::process::ExitCode;

fn main() -> ExitCode {
    inventory_aggregator::run()
}
