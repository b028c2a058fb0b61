//! The Parser: takes a cluster's document.

use reqwest::Method;
use serde_json::{Value, json};

use super::address::Base;
use super::answer::{Answer, Raw};
use super::transport::{Question, Transport};
use super::trouble::{Kind, Trouble};

/// In what form a document is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// In the envelope that the Parser takes.
    #[default]
    Envelope,
    /// By itself, as the onboarding page has it; the Parser of the public code does not take it.
    Bare,
}

/// AIOS's Parser at one address.
#[derive(Clone, Debug)]
pub struct Parser {
    transport: Transport,
    base: Base,
}

impl Parser {
    /// The Parser at this address.
    #[must_use]
    pub fn new(transport: &Transport, base: &Base) -> Self {
        Self { transport: transport.clone(), base: base.clone() }
    }

    /// Where it is.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// Creates a cluster. Answers with what AIOS has stored, which a policy may have changed.
    ///
    /// AIOS says of a cluster that is there already what it says of much else: [`Kind::Unclear`].
    pub async fn create_cluster(&self, document: &Value, form: Form) -> Result<Value, Trouble> {
        let body = match form {
            Form::Envelope => enveloped(document).to_string(),
            Form::Bare => document.to_string(),
        };
        let question = Question {
            method: Method::POST,
            url: self.base.at(&["api", "createCluster"]),
            body: Some(body.into_bytes()),
            changes: true,
        };
        self.transport.ask(question, stored).await
    }
}

fn enveloped(document: &Value) -> Value {
    json!({
        "header": { "templateUri": "Parser/V1", "parameters": {} },
        "body": { "spec": { "values": document } },
    })
}

/// The stored cluster. The Parser answers 200 to what it refuses too.
pub(super) fn stored(raw: &Raw) -> Result<Value, Kind> {
    let mut answer = Answer::read(raw)?;
    match answer.json.get_mut("result") {
        Some(result) if answer.status == 200 && result.get("id").is_some() => Ok(result.take()),
        _ => Err(answer.failed()),
    }
}
