//! Checks, shown as a person wants them, and what they come to.

use std::path::Path;

use console::Term;

use crate::check::{Check, State, Tally, as_json, as_table};
use crate::cli::{CheckArgs, CheckFormat};
use crate::exit::Ended;
use crate::input::STANDARD;
use crate::output;

/// Writes the checks to standard output.
pub fn show(args: CheckArgs, checks: &[Check]) -> anyhow::Result<Ended> {
    let text = match args.format {
        CheckFormat::Table => as_table(checks, output::width(&Term::stdout())),
        CheckFormat::Json => as_json(checks)?,
    };
    output::write(Path::new(STANDARD), &text)?;
    Ok(ended(Tally::of(checks)))
}

fn ended(tally: Tally) -> Ended {
    match tally.worst() {
        State::Pass => Ended::Done,
        State::NotTried | State::Warning => Ended::Warned,
        State::Failure => Ended::Failed,
    }
}
