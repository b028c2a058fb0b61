//! After AIOS was asked: the task's id, and waiting for its end where that is wanted.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use kube::Client;
use tokio::time::Instant;

use super::course::{Followed, follow, settle};
use super::far::{Far, doubt};
use crate::aios::{State, TaskId, Trouble, Work};
use crate::cli::WaitArgs;
use crate::commands::hand_over::Handed;
use crate::commands::interrupt::unless_interrupted;
use crate::commands::outcome::troubled;
use crate::commands::progress::Progress;
use crate::exit::{Ended, say};
use crate::infra::traces::{Found, look};
use crate::input::STANDARD;
use crate::output;

/// How AIOS's task ended, and what the cluster shows since.
pub struct Aftermath {
    /// Whether AIOS says that it went well.
    pub is_completed: bool,
    /// What AIOS puts into a cluster, as it is there.
    pub found: Vec<Found>,
}

/// AIOS was asked, and there is no task.
pub struct NotBegun {
    /// How it ended.
    pub ended: Ended,
    /// Whether it is sure that AIOS has begun nothing.
    pub is_certain: bool,
}

/// Hands the kubeconfig over.
pub async fn begin(far: &Far, work: Work, handed: &Handed) -> Result<TaskId, NotBegun> {
    far.schedule(work, handed).await.map_err(|trouble| not_begun(&trouble))
}

/// Prints the task's id.
pub fn print(task: &TaskId) -> anyhow::Result<()> {
    output::write(Path::new(STANDARD), &format!("{task}\n"))
}

fn not_begun(trouble: &Trouble) -> NotBegun {
    let ended = troubled(trouble);
    if let Some(doubt) = doubt(trouble) {
        say("warning", doubt);
    }
    NotBegun { ended, is_certain: !trouble.may_have_happened() }
}

/// Waits for the task's end, and for the cluster to be at rest; otherwise says what came between.
pub async fn wait(
    far: &Far,
    task: &TaskId,
    client: &Client,
    args: &WaitArgs,
    handed: &Handed,
) -> anyhow::Result<Result<Aftermath, Ended>> {
    let tasks = far.tasks.as_ref().context("--wait needs --tasks")?;
    let end = Instant::now() + Duration::from_secs(args.timeout);
    let progress = Progress::new(args.quiet);
    let course = async {
        let over = match follow(tasks, task, end, &progress).await {
            Followed::Over(over) => over,
            Followed::TooLong(how) => {
                let there = super::show::there(&look(client, &far.id).await);
                let seconds = args.timeout;
                return Err(format!("not over after {seconds} s: {how}; {there}"));
            }
            Followed::Lost(why) => return Err(format!("the task cannot be followed: {why}")),
        };
        let found = match over.state {
            State::Completed => settle(client, &far.id, end, &progress).await,
            _ => look(client, &far.id).await,
        };
        Ok((over, found))
    };
    let ended = unless_interrupted(Box::pin(course)).await;
    progress.end();
    let ended = ended?;
    let again = || again(far, task, tasks.base());
    Ok(match ended {
        None => {
            say("note", &format!("interrupted, and the task goes on at AIOS: {}", again()));
            Err(Ended::Interrupted)
        }
        Some(Err(how)) => {
            say("error", &handed.secrets.hidden_in(&how));
            say(
                "note",
                &format!(
                    "a task stays pending for ever where what carries it out has stopped: ask whoever runs the network, and {}",
                    again()
                ),
            );
            Err(Ended::Unreachable)
        }
        Some(Ok((over, found))) => {
            let is_completed = over.state == State::Completed;
            if !is_completed {
                let why = over.error.map(|said| handed.secrets.hide(&said).to_string());
                let why = why.as_deref().unwrap_or("it does not say why");
                say("error", &format!("AIOS's task '{task}' failed: {why}"));
            }
            Ok(Aftermath { is_completed, found })
        }
    })
}

/// How to look again.
pub fn again(far: &Far, task: &TaskId, tasks: &crate::aios::Base) -> String {
    let id = &far.id;
    format!(
        "look again with 'inventory-aggregator infra status --cluster-id {id} --tasks {tasks} --task {task}'"
    )
}
