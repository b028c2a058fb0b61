//! The tasks service: what was scheduled, and what became of it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::request::{Answer, Request};
use crate::route::Route;
use crate::world::outcome;

/// How a task ends, decided when it is scheduled.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// Absent where it completes.
    pub error: Option<String>,
    /// What is written to its cluster then.
    pub update: Option<Value>,
}

/// What a task that is done writes to its cluster.
pub(crate) struct Effect {
    pub cluster_id: String,
    pub update: Value,
}

#[derive(Debug)]
struct Task {
    id: String,
    cluster_id: Value,
    created: SystemTime,
    updated: SystemTime,
    due: Instant,
    ending: Ending,
    done: bool,
}

/// All tasks that were ever scheduled.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    scheduled: Vec<Task>,
    /// How long a task takes.
    pub delay: Duration,
    /// Whether what writes the results has stopped: then every task stays pending.
    pub writer_stopped: bool,
}

impl Tasks {
    /// Schedules a task, and answers with its id.
    pub(crate) fn schedule(&mut self, cluster_id: Value, ending: Ending, now: Instant) -> String {
        let id = format!("5f3c0de0-0000-4000-8000-{:012x}", self.scheduled.len() + 1);
        let created = SystemTime::now();
        let due = now + self.delay;
        self.scheduled.push(Task {
            id: id.clone(),
            cluster_id,
            created,
            updated: created,
            due,
            ending,
            done: false,
        });
        id
    }

    /// Ends the tasks that are due.
    pub(crate) fn settle(&mut self, now: Instant) -> Vec<Effect> {
        if self.writer_stopped {
            return Vec::new();
        }
        let due = self.scheduled.iter_mut().filter(|task| !task.done && task.due <= now);
        due.filter_map(Task::end).collect()
    }

    pub(crate) fn answer(&self, route: Route, arguments: &[String], request: &Request) -> Answer {
        if route == Route::Tasks {
            return Answer::json(200, outcome(true, self.list(request)));
        }
        match self.scheduled.iter().find(|task| arguments.first() == Some(&task.id)) {
            Some(task) => Answer::json(200, outcome(true, task.shown())),
            None => Answer::json(404, json!({"message": "No document found", "success": false})),
        }
    }

    /// Without a type there is nothing in the list.
    fn list(&self, request: &Request) -> Value {
        let status = request.parameter("task_status");
        if request.parameter("task_type").as_deref() != Some(TYPE) {
            return json!([]);
        }
        let fits = |task: &&Task| status.as_deref().is_none_or(|status| task.status() == status);
        self.scheduled.iter().filter(fits).map(Task::shown).collect()
    }
}

/// Removals have it too.
const TYPE: &str = "cluster_infra_creation";

impl Task {
    fn end(&mut self) -> Option<Effect> {
        self.done = true;
        self.updated = SystemTime::now();
        let cluster_id = self.cluster_id.as_str()?.to_owned();
        Some(Effect { cluster_id, update: self.ending.update.clone()? })
    }

    fn status(&self) -> &'static str {
        match (self.done, &self.ending.error) {
            (false, _) => "pending",
            (true, None) => "completed",
            (true, Some(_)) => "failed",
        }
    }

    fn shown(&self) -> Value {
        let error = self.ending.error.as_ref().filter(|_| self.done);
        json!({
            "task_id": self.id,
            "task_type": TYPE,
            "task_data": {"cluster_id": self.cluster_id},
            "task_status": self.status(),
            "task_status_data": error.map_or(json!({}), |error| json!({"error": error})),
            "task_create_timestamp": seconds(self.created),
            "task_update_timestamp": seconds(self.updated),
        })
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
