//! create-cluster-infra and remove-cluster-infra: scheduled at once, for nearly anything that is sent.
//! What comes of it is known by the tasks service alone.

use reqwest::Method;
use serde_json::{Value, json};

use super::address::ClusterId;
use super::answer::{Answer, Raw};
use super::gateway::Gateway;
use super::tasks::TaskId;
use super::transport::Question;
use super::trouble::{Kind, Nonsense, Trouble};

/// What AIOS is to do in a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// create-cluster-infra.
    Create,
    /// remove-cluster-infra.
    Remove,
}

impl Work {
    /// Its path, as the onboarding page has it.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Create => "create-cluster-infra",
            Self::Remove => "remove-cluster-infra",
        }
    }
}

impl Gateway {
    /// Hands AIOS a kubeconfig, and lets it begin. Answers with the task by which it can be followed.
    ///
    /// Sent twice it is done twice: what [`Trouble::may_have_happened`] must not be repeated.
    pub async fn schedule(
        &self,
        work: Work,
        id: &ClusterId,
        kubeconfig: &Value,
    ) -> Result<TaskId, Trouble> {
        let body = json!({ "cluster_id": id.as_str(), "kube_config_data": kubeconfig });
        let question = Question {
            method: Method::POST,
            url: self.base.at(&[work.path()]),
            body: Some(body.to_string().into_bytes()),
            changes: true,
        };
        self.transport.ask(question, scheduled).await
    }
}

/// `{"success": true, "data": {"message": …, "task_id": …}}`.
fn scheduled(raw: &Raw) -> Result<TaskId, Kind> {
    let answer = Answer::read(raw)?;
    if answer.status != 200 || answer.json.get("success") != Some(&Value::Bool(true)) {
        return Err(match answer.failed() {
            Kind::Unclear(said) => Kind::Failed(said),
            kind => kind,
        });
    }
    let task = answer.json.pointer("/data/task_id").and_then(Value::as_str);
    let other_form = Kind::Nonsense(Nonsense::OtherForm { status: answer.status });
    task.and_then(|task| task.parse().ok()).ok_or(other_form)
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;
    use crate::aios::{Happened, Refusal};

    fn read(status: u16, body: &Value) -> Result<TaskId, Kind> {
        scheduled(&Raw {
            status: StatusCode::from_u16(status).unwrap(),
            location: String::new(),
            content_type: "application/json".to_owned(),
            body: body.to_string().into_bytes(),
        })
    }

    #[test]
    fn what_is_scheduled_has_a_task() {
        let data = json!({ "message": "scheduled in background", "task_id": "5f3c-1" });
        let task = read(200, &json!({ "success": true, "data": data })).unwrap();
        assert_eq!(task.as_str(), "5f3c-1");
        for body in
            [json!({ "success": true }), json!({ "success": true, "data": { "task_id": "a/b" } })]
        {
            assert!(matches!(read(200, &body), Err(Kind::Nonsense(_))), "{body}");
        }
    }

    #[test]
    fn what_is_not_done_is_not_scheduled_whatever_else_is_said() {
        let said = |success: bool| json!({ "success": success, "data": { "task_id": "t" } });
        assert!(read(200, &said(true)).is_ok());
        assert!(read(200, &said(false)).is_err() && read(500, &said(true)).is_err());
    }

    #[test]
    fn what_is_not_scheduled_says_whether_it_may_have_begun() {
        let missing = json!({ "error": "Missing 'kube_config_data' or 'cluster_id'" });
        let kind = read(400, &missing).unwrap_err();
        assert!(matches!(kind, Kind::Refused { refusal: Refusal::Request, .. }));
        let down = "HTTPConnectionPool(host='a', port=1): (Caused by NewConnectionError('x'))";
        let kind = read(500, &json!({ "success": false, "message": down })).unwrap_err();
        assert!(matches!(kind, Kind::Outage { happened: Happened::No, .. }));
        let kind = read(500, &json!({ "success": false, "message": "no idea" })).unwrap_err();
        assert!(matches!(kind, Kind::Failed(_)));
    }
}
