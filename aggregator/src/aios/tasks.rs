//! The tasks service: what became of what was scheduled.

use std::fmt;
use std::str::FromStr;

use inventory_common::cluster::is_cluster_id;
use reqwest::Method;
use serde_json::Value;

use super::address::Base;
use super::answer::{Answer, Raw};
use super::transport::{Question, Transport};
use super::trouble::{Kind, Nonsense, Said, Trouble};

/// AIOS's tasks service at one address.
#[derive(Clone, Debug)]
pub struct Tasks {
    transport: Transport,
    base: Base,
}

/// An id by which the tasks service finds a task again: a UUID, of which it is only asked that it can
/// stand in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskId(String);

/// A text that is no task's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no task's id: it has letters, digits, '.', '_' and '-', and is not '.' or '..'")]
pub struct NoTaskId(String);

impl TaskId {
    /// The id itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TaskId {
    type Err = NoTaskId;

    fn from_str(text: &str) -> Result<Self, NoTaskId> {
        let text = text.to_owned();
        if is_cluster_id(&text) { Ok(Self(text)) } else { Err(NoTaskId(text)) }
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A task as the service tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// How it stands.
    pub state: State,
    /// What went wrong, in AIOS's words; absent where nothing is told.
    pub error: Option<Said>,
}

/// How a task stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not done; so it stays when whoever does it or writes it down has stopped.
    Pending,
    /// Done, as AIOS says.
    Completed,
    /// Not done, and it will not be.
    Failed,
    /// Another word, which is taken for pending.
    Other(Said),
}

impl State {
    /// Whether nothing more will come of it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("pending"),
            Self::Completed => f.write_str("completed"),
            Self::Failed => f.write_str("failed"),
            Self::Other(said) => fmt::Display::fmt(said, f),
        }
    }
}

impl Tasks {
    /// The tasks service at this address.
    #[must_use]
    pub fn new(transport: &Transport, base: &Base) -> Self {
        Self { transport: transport.clone(), base: base.clone() }
    }

    /// Where it is.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// A task; absent where the service knows none of this id.
    pub async fn read(&self, id: &TaskId) -> Result<Option<Task>, Trouble> {
        let question = Question {
            method: Method::GET,
            url: self.base.at(&["task", id.as_str()]),
            body: None,
            changes: false,
        };
        self.transport.ask(question, task).await
    }
}

/// What the service says of an id that it does not know.
const UNKNOWN: &str = "No document found";

pub(super) fn task(raw: &Raw) -> Result<Option<Task>, Kind> {
    let answer = Answer::read(raw)?;
    if answer.status == 404 && answer.text() == Some(UNKNOWN) {
        return Ok(None);
    }
    let data = answer.json.get("data").filter(|_| answer.status == 200);
    let Some(status) = data.and_then(|data| data.get("task_status")) else {
        return Err(answer.failed());
    };
    let state = match status.as_str() {
        Some("pending") => State::Pending,
        Some("completed") => State::Completed,
        Some("failed") => State::Failed,
        Some(other) => State::Other(Said::new(other)),
        None => return Err(Kind::Nonsense(Nonsense::OtherForm { status: answer.status })),
    };
    let error = answer.json.pointer("/data/task_status_data/error").and_then(Value::as_str);
    Ok(Some(Task { state, error: error.map(Said::new) }))
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use serde_json::json;

    use super::*;

    fn read(status: u16, body: &Value) -> Result<Option<Task>, Kind> {
        task(&Raw {
            status: StatusCode::from_u16(status).unwrap(),
            location: String::new(),
            content_type: "application/json".to_owned(),
            body: body.to_string().into_bytes(),
        })
    }

    fn of(status: &str, error: &Value) -> Value {
        json!({ "success": true, "data": { "task_status": status, "task_status_data": error } })
    }

    #[test]
    fn each_state_is_told_with_its_error() {
        let task = |status: &str| read(200, &of(status, &json!({}))).unwrap().unwrap();
        assert_eq!(task("pending"), Task { state: State::Pending, error: None });
        assert!(task("completed").state.is_over() && !task("running").state.is_over());
        let failed = read(200, &of("failed", &json!({ "error": "why" }))).unwrap().unwrap();
        assert_eq!(
            (failed.state.to_string(), failed.error),
            ("failed".to_owned(), Some(Said::new("why")))
        );
    }

    #[test]
    fn a_task_that_is_not_known_is_told_from_a_service_that_is_none() {
        let unknown = json!({ "message": "No document found", "success": false });
        assert_eq!(read(404, &unknown), Ok(None));
        for (status, body) in
            [(404, json!({ "detail": "x" })), (200, json!({ "data": {} })), (200, json!([]))]
        {
            assert!(read(status, &body).is_err(), "{body}");
        }
        assert!(read(200, &of("x", &Value::Null)).is_ok());
        assert!(read(200, &json!({ "data": { "task_status": 1 } })).is_err());
    }
}
