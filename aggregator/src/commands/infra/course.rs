//! Waiting: first for AIOS's task, then for the cluster.

use std::time::Duration;

use inventory_common::telling::one_line;
use kube::Client;
use tokio::time::{Instant, sleep, timeout_at};

use crate::aios::{ClusterId, Task, TaskId, Tasks};
use crate::commands::progress::Progress;
use crate::infra::traces::{Found, Seen, look};

/// The first pause between two looks, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(4));

/// How waiting for a task ended.
pub enum Followed {
    /// The task is over.
    Over(Task),
    /// It took too long; how it stood last.
    TooLong(String),
    /// It cannot be followed, and will not be able to; why.
    Lost(String),
}

/// Follows a task until it is over or it is too late.
pub async fn follow(tasks: &Tasks, id: &TaskId, end: Instant, progress: &Progress) -> Followed {
    let mut pause = PAUSES.0;
    let mut how = "the tasks service does not answer".to_owned();
    loop {
        let Ok(read) = timeout_at(end, tasks.read(id)).await else {
            return Followed::TooLong(how);
        };
        how = match read {
            Ok(Some(task)) if task.state.is_over() => return Followed::Over(task),
            Ok(Some(task)) => format!("task '{id}' is {}", task.state),
            Ok(None) => format!("the tasks service does not know task '{id}'"),
            Err(trouble) if trouble.is_worth_repeating() => one_line(&trouble),
            Err(trouble) => return Followed::Lost(one_line(&trouble)),
        };
        progress.tell(&how);
        if Instant::now() >= end {
            return Followed::TooLong(how);
        }
        sleep(pause.min(end.saturating_duration_since(Instant::now()))).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Looks at the cluster until nothing in it moves any more, or it is too late.
pub async fn settle(
    client: &Client,
    id: &ClusterId,
    end: Instant,
    progress: &Progress,
) -> Vec<Found> {
    let mut pause = PAUSES.0;
    loop {
        let found = look(client, id).await;
        let moving: Vec<&Found> = found.iter().filter(|found| moves(&found.seen)).collect();
        let Some(first) = moving.first() else { return found };
        let (word, note) = (first.seen.word(), first.seen.note());
        let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
        let how = match moving.len() {
            1 => format!("waiting for {first}: {word}{note}"),
            more => format!("waiting for {first}: {word}{note}, and {} more", more - 1),
        };
        progress.tell(&how);
        if Instant::now() >= end {
            return found;
        }
        sleep(pause.min(end.saturating_duration_since(Instant::now()))).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Whether another look may show something else.
fn moves(seen: &Seen) -> bool {
    matches!(seen, Seen::NotReady(_) | Seen::Ending | Seen::Silent(_))
}
