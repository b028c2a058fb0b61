//! AIOS's creation of infrastructure, which must not be asked for twice.

use anyhow::Context;
use k8s_openapi::jiff::Timestamp;

use super::course::Course;
use crate::aios::TaskId;
use crate::cli::InfraCreateArgs;
use crate::commands::block_on;
use crate::commands::infra::create::{self, Milestone};
use crate::commands::infra::lines;
use crate::exit::{Ended, say};
use crate::infra::judgement::{is_begun, lacking};
use crate::onboard::{Progress, Step};

/// Within how many seconds AIOS has begun with what it was asked for: it answers at once, and makes its
/// first objects next.
const BEGINS: i64 = 60;

/// Asks AIOS, or goes on with what it has begun.
pub fn create(course: &mut Course) -> anyhow::Result<Ended> {
    let gateway = course.aios.gateway.clone();
    let gateway = gateway.context("nobody says where AIOS's gateway is: give --gateway")?;
    let args = course.args.infra(course.id.clone(), gateway);
    match course.journal.progress(Step::Infrastructure).cloned() {
        Some(Progress::Scheduled(task)) => {
            say("note", &format!("AIOS has begun it as task '{task}'"));
            resume(course, args, &task.parse()?)
        }
        Some(Progress::Asking) => in_doubt(course, args),
        _ => match block_on(create::already(&args))? {
            Some(ended) => Ok(ended),
            None => ask(course, args),
        },
    }
}

fn ask(course: &mut Course, args: InfraCreateArgs) -> anyhow::Result<Ended> {
    let ended = block_on(create::create(args, |milestone| match milestone {
        Milestone::Asking => course.note(Step::Infrastructure, Progress::Asking),
        Milestone::NotBegun => course.take_back(Step::Infrastructure),
        Milestone::Scheduled(task) => {
            course.note(Step::Infrastructure, Progress::Scheduled(task.to_string()))
        }
    }))?;
    unless_failed(course, ended)
}

fn resume(course: &mut Course, args: InfraCreateArgs, task: &TaskId) -> anyhow::Result<Ended> {
    if !args.wait.wait {
        say("note", "without --tasks its task cannot be followed");
        return Ok(Ended::Done);
    }
    let ended = block_on(create::resume(args, task))?;
    unless_failed(course, ended)
}

/// A run before this one was ended while it asked. Whether AIOS has heard it only the cluster can tell.
fn in_doubt(course: &mut Course, args: InfraCreateArgs) -> anyhow::Result<Ended> {
    say("warning", "AIOS was asked before, and its answer was not kept: looking at the cluster");
    let found = block_on(create::found(&args))?;
    match (is_begun(&found), too_early(course)) {
        (Some(true), _) => {
            say(
                "note",
                "AIOS has begun it, and its task is not known: its services are waited for",
            );
            Ok(Ended::Done)
        }
        (Some(false), None) => {
            say("note", "nothing of it is in the cluster: AIOS is asked again");
            ask(course, args)
        }
        (Some(false), Some(seconds)) => {
            say(
                "error",
                &format!(
                    "nothing of it is in the cluster, and AIOS may be about to begin: run this again in {seconds} s"
                ),
            );
            Ok(Ended::Unreachable)
        }
        (None, _) => {
            lines("error", &lacking(&found));
            say(
                "error",
                "whether AIOS has begun cannot be told, and it is not asked twice: use a kubeconfig that may read this",
            );
            Ok(Ended::Failed)
        }
    }
}

/// How many seconds are left in which AIOS may yet begin with what it was asked for.
fn too_early(course: &Course) -> Option<i64> {
    let asked = course.journal.noted_at(Step::Infrastructure)?;
    let since = Timestamp::now().duration_since(asked).as_secs();
    // A clock that was put back tells nothing.
    (0..BEGINS).contains(&since).then(|| BEGINS - since)
}

/// A task that failed is over, and another run may ask for another one.
fn unless_failed(course: &mut Course, ended: Ended) -> anyhow::Result<Ended> {
    if ended == Ended::Refused {
        course.take_back(Step::Infrastructure)?;
    }
    Ok(ended)
}
