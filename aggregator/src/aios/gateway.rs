//! The cluster controller gateway: reads and changes what is stored.

use inventory_common::cluster::RawDocument;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::address::{Base, ClusterId};
use super::answer::{Answer, Raw};
use super::transport::{Question, Transport};
use super::trouble::{Happened, Kind, Nonsense, Refusal, Said, Trouble};

/// AIOS's cluster controller gateway at one address.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub(super) transport: Transport,
    pub(super) base: Base,
}

/// Whether a cluster would take a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would.
    Allowed,
    /// It would not, for this reason.
    Denied(Said),
    /// Nobody can say: what would judge exists only after create-cluster-infra.
    NotOffered(Said),
}

impl Gateway {
    /// The gateway at this address.
    #[must_use]
    pub fn new(transport: &Transport, base: &Base) -> Self {
        Self { transport: transport.clone(), base: base.clone() }
    }

    /// Where it is.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The stored cluster; absent where there is none.
    pub async fn read(&self, id: &ClusterId) -> Result<Option<RawDocument>, Trouble> {
        let question = Question {
            method: Method::GET,
            url: self.base.at(&["clusters", "read", id.as_str()]),
            body: None,
            changes: false,
        };
        match self.transport.ask(question, |raw| entry(id, raw)).await {
            Ok(cluster) => Ok(Some(cluster)),
            Err(trouble) if trouble.refusal() == Some(Refusal::Absent) => Ok(None),
            Err(Trouble { call, kind: Kind::Unclear(said) }) => {
                // Nothing was sent that could be wrong: it is the registry, or its database.
                Err(Trouble { call, kind: Kind::Outage { happened: Happened::No, said } })
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Sets values at dotted paths, such as `nodes.count`, all or none of them. Answers with the whole
    /// cluster as it is stored afterwards, in which some may be missing: AIOS drops what it does not
    /// know.
    ///
    /// A whole object replaces what was there: `{"nodes": {"count": 3}}` takes all nodes away.
    pub async fn update(
        &self,
        id: &ClusterId,
        update: &Map<String, Value>,
    ) -> Result<RawDocument, Trouble> {
        let question = Question {
            method: Method::PUT,
            url: self.base.at(&["clusters", "update", id.as_str()]),
            body: Some(Value::Object(update.clone()).to_string().into_bytes()),
            changes: true,
        };
        self.transport.ask(question, |raw| entry(id, raw)).await
    }

    /// Asks whether the cluster would take a node, and changes nothing.
    pub async fn dry_run_add_node(&self, id: &ClusterId, node: &Value) -> Result<Verdict, Trouble> {
        let question = Question {
            method: Method::POST,
            url: self.base.at(&["dry_run", id.as_str()]),
            body: Some(node.to_string().into_bytes()),
            changes: false,
        };
        let mut verdict = self.transport.ask(question, verdict).await?;
        if let Verdict::Denied(said) | Verdict::NotOffered(said) = &mut verdict {
            self.transport.hide_in(said);
        }
        Ok(verdict)
    }
}

/// `{"success": true, "data": {…}}`.
#[derive(Deserialize)]
struct Success {
    success: bool,
    data: RawDocument,
}

/// The cluster of this id. A large one is never a tree as a whole.
pub(super) fn entry(id: &ClusterId, raw: &Raw) -> Result<RawDocument, Kind> {
    match serde_json::from_slice(&raw.body) {
        Ok(Success { success: true, data }) if raw.status == StatusCode::OK => {
            if data.rest().get("id").and_then(Value::as_str) == Some(id.as_str()) {
                return Ok(data);
            }
            Err(Kind::Nonsense(Nonsense::OtherCluster))
        }
        _ => Err(Answer::read(raw).map_or_else(|kind| kind, |answer| answer.failed())),
    }
}

/// What the gateway says where no membership service is known, or none that it can ask.
const NOT_OFFERED: [&str; 3] =
    ["config did not provide URL MAP", "'config'", "No connection adapters were found"];

pub(super) fn verdict(raw: &Raw) -> Result<Verdict, Kind> {
    let answer = Answer::read(raw)?;
    if let (200, Some(allowed)) = (answer.status, answer.json.get("allowed")) {
        return match allowed {
            Value::Bool(true) => Ok(Verdict::Allowed),
            Value::Bool(false) => Ok(Verdict::Denied(reason(&answer.json))),
            _ => Err(answer.failed()),
        };
    }
    match answer.text() {
        Some(text) if NOT_OFFERED.iter().any(|sign| text.contains(sign)) => {
            Ok(Verdict::NotOffered(Said::new(text)))
        }
        _ => Err(answer.failed()),
    }
}

/// Why the cluster does not want the node, where it says.
fn reason(answer: &Value) -> Said {
    let response = answer.get("cluster_response").unwrap_or(answer);
    let said = ["reason", "message", "error"].iter().find_map(|key| response.get(*key)?.as_str());
    Said::new(said.unwrap_or("the cluster does not say why"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cluster_is_taken_for_one_only_where_the_status_says_so_too() {
        let entry = |status: u16| {
            let raw = Raw {
                status: StatusCode::from_u16(status).unwrap(),
                location: String::new(),
                content_type: "application/json".to_owned(),
                body: json!({ "success": true, "data": { "id": "c" } }).to_string().into_bytes(),
            };
            super::entry(&"c".parse().unwrap(), &raw)
        };
        assert!(entry(200).is_ok());
        for status in [201, 500] {
            assert_eq!(entry(status), Err(Kind::Nonsense(Nonsense::OtherForm { status })));
        }
    }
}
