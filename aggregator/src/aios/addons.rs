//! The registries of add-ons: each kind has one, at an address of its own.

use reqwest::Method;
use serde_json::{Value, json};

use super::addon_kind::AddonKind;
use super::address::Base;
use super::answer::{Answer, Raw};
use super::transport::{Question, Transport};
use super::trouble::{Kind, Nonsense, Refusal, Said, Trouble};

/// The registry of one kind of add-on.
#[derive(Clone, Debug)]
pub struct Addons {
    transport: Transport,
    base: Base,
    kind: &'static AddonKind,
}

/// What a health check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answers with a status of success.
    Well,
    /// It answers with another status.
    Status(u16),
    /// It does not answer.
    Silent(String),
}

impl Addons {
    /// The registry at this address.
    #[must_use]
    pub fn new(transport: &Transport, base: &Base, kind: &'static AddonKind) -> Self {
        Self { transport: transport.clone(), base: base.clone(), kind }
    }

    /// Makes an entry. Answers with its id, where the registry tells one.
    pub async fn register(&self, body: &Value) -> Result<Option<String>, Trouble> {
        let answer = self.change(Method::POST, &[self.kind.one], Some(body)).await?;
        let id = answer.pointer("/data/id").and_then(Value::as_str);
        Ok(id.map(|id| Said::new(id).to_string()))
    }

    /// The entries, all of them.
    pub async fn list(&self) -> Result<Vec<Value>, Trouble> {
        let question = Question {
            method: Method::POST,
            url: self.base.at(self.kind.many),
            body: Some(b"{}".to_vec()),
            changes: false,
        };
        self.transport.ask(question, entries).await
    }

    /// Takes an entry away; what it stands for stays.
    pub async fn remove(&self, id: &str) -> Result<(), Trouble> {
        self.change(Method::DELETE, &[self.kind.one, id], None).await.map(drop)
    }

    /// Lets a policy executor's infrastructure be made in a cluster, or be removed from it.
    pub async fn infra(
        &self,
        id: &str,
        creates: bool,
        kubeconfig: &Value,
        max_processes: u32,
    ) -> Result<(), Trouble> {
        let body = json!({ "cluster_config": kubeconfig, "max_processes": max_processes });
        let (method, path) =
            if creates { (Method::POST, "create-infra") } else { (Method::DELETE, "remove-infra") };
        self.change(method, &[self.kind.one, id, path], Some(&body)).await.map(drop)
    }

    async fn change(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Value, Trouble> {
        let body = body.map(|body| body.to_string().into_bytes());
        let question = Question { method, url: self.base.at(path), body, changes: true };
        self.transport.ask(question, successful).await
    }
}

/// Asks what stands at a public URL whether it is well, as some registries do.
pub async fn health(transport: &Transport, base: &Base, path: &str) -> Health {
    let question =
        Question { method: Method::GET, url: base.at(&[path]), body: None, changes: false };
    match transport.ask(question, |raw| Ok(raw.status.as_u16())).await {
        Ok(200..300) => Health::Well,
        Ok(status) => Health::Status(status),
        Err(trouble) => Health::Silent(trouble.kind.to_string()),
    }
}

/// Whatever the status says: `success` is what counts, and the policy system answers 200 either way.
pub(super) fn successful(raw: &Raw) -> Result<Value, Kind> {
    let answer = Answer::read(raw)?;
    match answer.json.get("success") {
        Some(Value::Bool(true)) if (200..300).contains(&answer.status) => Ok(answer.json),
        Some(Value::Bool(false)) => Err(refused(&answer)),
        _ => Err(Kind::Nonsense(Nonsense::OtherForm { status: answer.status })),
    }
}

/// The entries of a registry; what is no list is not none of them.
pub(super) fn entries(raw: &Raw) -> Result<Vec<Value>, Kind> {
    match successful(raw)?.get_mut("data").map(Value::take) {
        Some(Value::Array(entries)) => Ok(entries),
        _ => Err(Kind::Nonsense(Nonsense::OtherForm { status: raw.status.as_u16() })),
    }
}

/// A registry that fails with 5xx may have done it; one that says no with another status has not.
fn refused(answer: &Answer) -> Kind {
    match answer.failed() {
        Kind::Unclear(said) if answer.status < 500 => {
            Kind::Refused { refusal: Refusal::Request, said }
        }
        Kind::Unclear(said) => Kind::Failed(said),
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;

    fn raw(status: u16, body: &Value) -> Raw {
        Raw {
            status: StatusCode::from_u16(status).unwrap(),
            location: String::new(),
            content_type: "application/json".to_owned(),
            body: body.to_string().into_bytes(),
        }
    }

    fn read(status: u16, body: &Value) -> Result<Value, Kind> {
        successful(&raw(status, body))
    }

    #[test]
    fn what_is_no_list_is_not_taken_for_an_empty_one() {
        let of = |body| entries(&raw(200, &body));
        assert_eq!(of(json!({ "success": true, "data": [] })), Ok(vec![]));
        for body in [json!({ "success": true }), json!({ "success": true, "data": {} })] {
            assert!(matches!(of(body), Err(Kind::Nonsense(_))));
        }
    }

    #[test]
    fn what_is_refused_is_refused_whatever_the_status() {
        let refused = |status, body| matches!(read(status, &body), Err(Kind::Refused { .. }));
        assert!(refused(200, json!({ "success": false, "message": "Failed to create executor." })));
        assert!(refused(200, json!({ "success": false, "message": "'executor_id'" })));
        assert!(refused(400, json!({ "success": false, "error": "no" })));
        assert!(refused(404, json!({ "success": false, "error": "not found" })));
        let unhealthy = "Asset DB http://a is not healthy or not reachable";
        assert!(refused(500, json!({ "success": false, "error": unhealthy })));
        let failed = read(500, &json!({ "success": false, "error": "no idea" }));
        assert!(matches!(failed, Err(Kind::Failed(_))));
    }

    #[test]
    fn what_is_done_says_so() {
        for status in [200, 201] {
            assert!(read(status, &json!({ "success": true })).is_ok());
        }
        for (status, body) in [
            (200, json!({})),
            (200, json!([])),
            (200, json!({ "success": "yes" })),
            (500, json!({ "success": true })),
        ] {
            assert!(matches!(read(status, &body), Err(Kind::Nonsense(_))), "{body}");
        }
    }
}
