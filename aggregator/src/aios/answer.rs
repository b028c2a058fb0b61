//! An answer: JSON with a status, or the trouble that it is.

use reqwest::StatusCode;
use serde_json::{Map, Value};

use super::phrases::{Meaning, meaning};
use super::trouble::{Happened, Kind, Loss, Nonsense, Refusal, Said};

/// An answer as it came.
pub struct Raw {
    pub status: StatusCode,
    /// Of the header `Location`; empty where absent.
    pub location: String,
    /// Of the header `Content-Type`; empty where absent.
    pub content_type: String,
    pub body: Vec<u8>,
}

/// An answer in JSON.
pub struct Answer {
    pub status: u16,
    pub json: Value,
}

/// Statuses that say all, whoever answers and in whatever form: AIOS itself has none of them.
const STATUSES: [(StatusCode, Meaning); 7] = [
    (StatusCode::UNAUTHORIZED, Meaning::Refused(Refusal::Access)),
    (StatusCode::FORBIDDEN, Meaning::Refused(Refusal::Access)),
    (StatusCode::PAYLOAD_TOO_LARGE, Meaning::Refused(Refusal::TooLarge)),
    (StatusCode::TOO_MANY_REQUESTS, Meaning::Outage(Happened::No)),
    (StatusCode::BAD_GATEWAY, Meaning::Outage(Happened::Unknown)),
    (StatusCode::SERVICE_UNAVAILABLE, Meaning::Outage(Happened::Unknown)),
    (StatusCode::GATEWAY_TIMEOUT, Meaning::Outage(Happened::Unknown)),
];

impl Answer {
    /// The answer, where it is one of a service that speaks JSON.
    pub fn read(raw: Raw) -> Result<Self, Kind> {
        let status = raw.status.as_u16();
        if raw.status.is_redirection() {
            let to = Said::new(without_query(&raw.location));
            return Err(Kind::Nonsense(Nonsense::Redirect { status, to }));
        }
        if let Some((status, meaning)) = STATUSES.iter().find(|(status, _)| *status == raw.status) {
            return Err(meaning.of(Said::new(&status.to_string())));
        }
        match serde_json::from_slice(&raw.body) {
            Ok(json) => Ok(Self { status, json }),
            Err(error) => Err(no_json(&raw, &error)),
        }
    }

    /// What it means that this is not the answer that was hoped for.
    pub fn failed(&self) -> Kind {
        let Some(text) = self.text() else {
            return Kind::Nonsense(Nonsense::OtherForm { status: self.status });
        };
        let meaning = match meaning(text) {
            Meaning::Unclear if (400..500).contains(&self.status) => {
                Meaning::Refused(Refusal::Request)
            }
            meaning => meaning,
        };
        meaning.of(Said::new(text))
    }

    /// What AIOS says where it fails: `{"error": …}`, `{"success": false, "data" or "message": …}` or
    /// `{"result": [false, …]}`.
    pub fn text(&self) -> Option<&str> {
        let Value::Object(answer) = &self.json else { return None };
        let error = answer.get("error");
        let text = error.or_else(|| unsuccessful(answer)).or_else(|| refused(answer))?;
        text.as_str()
    }
}

fn unsuccessful(answer: &Map<String, Value>) -> Option<&Value> {
    let failed = answer.get("success")? == false;
    let told = ["data", "message"].iter().find_map(|key| answer.get(*key));
    told.filter(|_| failed)
}

fn refused(answer: &Map<String, Value>) -> Option<&Value> {
    match answer.get("result")?.as_array()?.as_slice() {
        [Value::Bool(false), reason] => Some(reason),
        _ => None,
    }
}

/// JSON that ends too early was cut by one who closes the connection to say that it ends.
fn no_json(raw: &Raw, error: &serde_json::Error) -> Kind {
    let status = raw.status.as_u16();
    if raw.content_type.starts_with("text/html") || raw.body.trim_ascii_start().starts_with(b"<") {
        Kind::Nonsense(Nonsense::Html { status })
    } else if error.is_eof() && !raw.body.trim_ascii().is_empty() {
        Kind::Lost(Loss::Broken(Said::new("the answer's JSON is cut off")))
    } else {
        Kind::Nonsense(Nonsense::NoJson { status })
    }
}

/// A `Location` without what may be secret in it.
fn without_query(location: &str) -> &str {
    location.split(['?', '#']).next().unwrap_or_default()
}
