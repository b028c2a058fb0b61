//! What is made of AIOS's answers, without a network: for the fuzzer alone.

use std::sync::LazyLock;

use reqwest::StatusCode;
use serde_json::Value;

use super::answer::Raw;
use super::trouble::{Call, Kind, Trouble};
use super::{ClusterId, Options, Transport, addons, gateway, hidden, parser, tasks};

/// An answer as it may come.
pub struct Answered<'a> {
    /// The HTTP status; what is none stands for 200.
    pub status: u16,
    /// Of the header `Location`.
    pub location: &'a str,
    /// Of the header `Content-Type`.
    pub content_type: &'a str,
    /// The body.
    pub body: Vec<u8>,
}

type Judge = fn(&Raw) -> Result<(), Kind>;

/// Those who judge answers, each for one kind of request.
pub const JUDGES: [Judge; 6] = [
    |raw| match "c".parse::<ClusterId>() {
        Ok(id) => gateway::entry(&id, raw).map(drop),
        Err(_) => Ok(()),
    },
    |raw| gateway::verdict(raw).map(drop),
    |raw| parser::stored(raw).map(drop),
    |raw| tasks::task(raw).map(drop),
    |raw| addons::successful(raw).map(drop),
    |raw| addons::entries(raw).map(drop),
];

static TRANSPORT: LazyLock<Option<Transport>> =
    LazyLock::new(|| Transport::new(&Options::default(), &[]).ok());

/// The trouble that is told where this answer comes to a request that sent `sent`; absent where the answer
/// is a good one.
#[must_use]
pub fn trouble(judge: Judge, answered: Answered, changes: bool, sent: &Value) -> Option<Trouble> {
    let Answered { status, location, content_type, body } = answered;
    let raw = Raw {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
        location: location.to_owned(),
        content_type: content_type.to_owned(),
        body,
    };
    let kind = judge(&raw).err()?;
    let call = Call { method: "PUT".to_owned(), url: "http://aios/".to_owned(), changes };
    let secrets = hidden::secrets(Some(sent.to_string().as_bytes()));
    TRANSPORT.as_ref().map(|transport| transport.trouble(call, kind, &secrets))
}
