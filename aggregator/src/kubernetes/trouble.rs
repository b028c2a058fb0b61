//! Requests to the API server that came to nothing, each in one line.

use std::time::{Duration, Instant};

use inventory_common::kubeconfig::told_of_program;
use inventory_common::telling::one_line;
use kube::Error;
use kube::core::response::{Status, StatusDetails};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_mins(1);

/// A request that came to nothing.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what}: {why}")]
pub struct Trouble {
    /// What was asked for, as a right: verb and resource.
    what: &'static str,
    why: String,
    is_answered: bool,
}

impl Trouble {
    /// An answer that came, and is of no use.
    pub(super) fn new(what: &'static str, why: &str) -> Self {
        Self { what, why: why.to_owned(), is_answered: true }
    }

    /// Whether the API server has answered, be it with a refusal. Otherwise it will hardly answer the
    /// next request.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.is_answered
    }
}

/// The answer to a request that needs the right `what`, such as `list nodes`.
pub async fn answered<T>(
    what: &'static str,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    let begin = Instant::now();
    let answer = tokio::time::timeout(ANSWER, answer).await;
    let elapsed_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (why, is_answered) = match answer {
        Ok(Ok(answer)) => {
            tracing::debug!(request = what, elapsed_ms, "answered");
            return Ok(answer);
        }
        Ok(Err(error)) => (told(&error), matches!(error, Error::Api(_))),
        Err(_elapsed) => (format!("no answer within {} s", ANSWER.as_secs()), false),
    };
    tracing::debug!(request = what, elapsed_ms, trouble = why, "not answered");
    Err(Trouble { what, why, is_answered })
}

/// The error in one line, with what to do about it where that is known.
#[must_use]
pub fn told(error: &Error) -> String {
    if let Some(line) = told_of_program(error) {
        return line;
    }
    match error {
        Error::Api(status) => told_by_server(status),
        Error::Service(source) => one_line(source.as_ref()),
        error => one_line(error),
    }
}

/// What an API server without the `CustomResourceDefinition` needs.
const NO_KIND: &str = "the cluster does not know this kind: install the CustomResourceDefinitions (kubectl apply --server-side -f deploy/chart/crds)";

fn told_by_server(status: &Status) -> String {
    let Status { code, message, .. } = status;
    match code {
        401 => format!("the API server does not accept these credentials, renew them: {message}"),
        403 => format!("this user lacks the right, bind a role that has it: {message}"),
        404 if is_unknown_kind(status) => NO_KIND.to_owned(),
        _ => format!("{message} ({code})"),
    }
}

/// A 404 about no object in particular is about the path.
fn is_unknown_kind(status: &Status) -> bool {
    let names_none = |details: &StatusDetails| details.name.is_empty();
    status.details.as_ref().is_none_or(names_none)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refused(code: u16, details: &Value) -> String {
        let status = json!({ "code": code, "message": "it says so", "details": details });
        told(&Error::Api(Box::new(serde_json::from_value(status).unwrap())))
    }

    #[test]
    fn a_refusal_is_told_with_what_to_do() {
        let none = json!({});
        assert!(refused(401, &none).contains("renew them: it says so"));
        assert!(refused(403, &none).contains("bind a role that has it: it says so"));
        assert!(refused(404, &none).starts_with("the cluster does not know this kind: "));
        assert_eq!(refused(404, &json!({ "name": "x" })), "it says so (404)");
        assert_eq!(refused(500, &none), "it says so (500)");
    }

    #[test]
    fn a_connection_that_fails_is_told_by_its_cause() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert_eq!(told(&Error::Service(refused.into())), "connection refused");
    }
}
