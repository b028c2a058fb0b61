//! `onboard`: the whole way to AIOS, step by step.

mod course;
mod files;
mod infrastructure;
mod review;
mod steps;

use course::Course;

use crate::cli::OnboardArgs;
use crate::exit::{Ended, say};
use crate::onboard::Step;

/// Takes every step that is not done, until one stops it.
pub fn onboard(args: OnboardArgs) -> anyhow::Result<Ended> {
    let until = args.until;
    let mut course = Course::open(args)?;
    for step in Step::ALL.into_iter().filter(|step| *step <= until) {
        if let Some(how) = course.is_done(step)? {
            say("note", &format!("{step}: {how}"));
            continue;
        }
        say("note", &step.to_string());
        let ended = steps::take(&mut course, step)?;
        if ended != Ended::Done {
            say("note", &format!("stopped at {step}: the same command goes on from there"));
            return Ok(ended);
        }
    }
    Ok(Ended::Done)
}
