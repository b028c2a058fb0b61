//! How each step is taken: by the command that it is named after.

use anyhow::Context;

use super::course::Course;
use super::{infrastructure, review};
use crate::commands::consent::{ask, must_be_possible};
use crate::commands::{document, endpoints, preflight, submit};
use crate::exit::{Ended, say};
use crate::onboard::{Progress, Step};

/// Takes a step, and notes that it is done.
pub fn take(course: &mut Course, step: Step) -> anyhow::Result<Ended> {
    let args = &course.args;
    let ended = match step {
        Step::Preflight => look_before(course)?,
        Step::Document => document(args.document(course.files.document()))?,
        Step::Review => return agree(course),
        Step::Submit => {
            let (document, receipt) = (course.files.document(), course.files.receipt());
            submit(args.submit(course.aios.clone(), document, receipt))?
        }
        Step::Infrastructure => infrastructure::create(course)?,
        Step::Endpoints => look_after(course)?,
    };
    if ended == Ended::Done {
        course.note(step, Progress::Done)?;
    }
    Ok(ended)
}

fn look_before(course: &Course) -> anyhow::Result<Ended> {
    let ended = preflight(course.args.preflight())?;
    if ended != Ended::Warned {
        return Ok(ended);
    }
    let yes = course.args.terms.yes;
    if let Err(ended) = must_be_possible(yes, "not all of it is as it should be, or known") {
        return Ok(ended);
    }
    let goes_on = yes || ask("Go on all the same?");
    Ok(if goes_on { Ended::Done } else { Ended::Failed })
}

fn agree(course: &mut Course) -> anyhow::Result<Ended> {
    let file = course.files.document();
    let agreed = course.files.document_sha256()?.context("there is no document to review")?;
    let ended = review::review(&file, &course.aios, course.args.terms.yes)?;
    if ended == Ended::Done {
        course.note(Step::Review, Progress::Agreed(agreed))?;
    }
    Ok(ended)
}

fn look_after(course: &Course) -> anyhow::Result<Ended> {
    let ended = endpoints(course.args.endpoints())?;
    if ended == Ended::Warned {
        say("note", "all are up, and some want a look");
        return Ok(Ended::Done);
    }
    Ok(ended)
}
