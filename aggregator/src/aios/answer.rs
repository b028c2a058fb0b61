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
    pub fn read(raw: &Raw) -> Result<Self, Kind> {
        let status = raw.status.as_u16();
        if raw.status.is_redirection() {
            let to = Said::new(&discreet(&raw.location));
            return Err(Kind::Nonsense(Nonsense::Redirect { status, to }));
        }
        if let Some((status, meaning)) = STATUSES.iter().find(|(status, _)| *status == raw.status) {
            return Err(meaning.of(Said::new(&status.to_string())));
        }
        match serde_json::from_slice(&raw.body) {
            Ok(json) => Ok(Self { status, json }),
            Err(error) => Err(no_json(raw, &error)),
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

/// A `Location` without what may be secret in it: the query, and a user name before the host.
fn discreet(location: &str) -> String {
    let place = location.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = place.split_once("//") else { return place.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}//{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(status: u16, content_type: &str, body: &str) -> Raw {
        Raw {
            status: StatusCode::from_u16(status).unwrap(),
            location: "https://user@b.example/login?token=secret#x".to_owned(),
            content_type: content_type.to_owned(),
            body: body.into(),
        }
    }

    fn kind(status: u16, body: &str) -> Kind {
        match Answer::read(&raw(status, "application/json", body)) {
            Ok(answer) => answer.failed(),
            Err(kind) => kind,
        }
    }

    #[test]
    fn what_is_not_json_is_not_aios() {
        let page = Kind::Nonsense(Nonsense::Html { status: 200 });
        assert_eq!(kind(200, "\n<!doctype html>"), page);
        let read = Answer::read(&raw(200, "text/html; charset=utf-8", "gone"));
        assert_eq!(read.err(), Some(page));
        for body in ["", " ", "OK", "{\"result\": {}} x", "\u{0}"] {
            let expected = Kind::Nonsense(Nonsense::NoJson { status: 200 });
            assert_eq!(kind(200, body), expected, "{body:?}");
        }
    }

    #[test]
    fn json_of_another_kind_is_not_aios() {
        let kubernetes =
            r#"{"kind": "Status", "status": "Failure", "message": "not found", "code": 404}"#;
        for body in [
            "null",
            "1",
            "[]",
            "{}",
            kubernetes,
            r#"{"success": true, "data": "x"}"#,
            r#"{"error": 1}"#,
        ] {
            let expected = Kind::Nonsense(Nonsense::OtherForm { status: 404 });
            assert_eq!(kind(404, body), expected, "{body:?}");
        }
    }

    #[test]
    fn json_that_is_cut_off_was_lost() {
        for body in ["{", "{\"result\": {\"id\": \"a", "[1,"] {
            assert!(matches!(kind(200, body), Kind::Lost(Loss::Broken(_))), "{body}");
        }
    }

    #[test]
    fn some_statuses_say_all() {
        for body in ["<html>", "{}", ""] {
            for (status, meaning) in STATUSES {
                let said = Said::new(&status.to_string());
                assert_eq!(kind(status.as_u16(), body), meaning.of(said), "{status} {body}");
            }
        }
    }

    #[test]
    fn a_redirect_is_told_without_what_may_be_secret() {
        let to = Said::new("https://b.example/login");
        assert_eq!(kind(307, "{}"), Kind::Nonsense(Nonsense::Redirect { status: 307, to }));
    }

    #[test]
    fn a_status_of_the_sender_s_fault_is_a_refusal() {
        for (status, refused) in [(400, true), (409, true), (500, false), (200, false)] {
            let is_refused = matches!(kind(status, r#"{"error": "no"}"#), Kind::Refused { .. });
            assert_eq!(is_refused, refused, "{status}");
        }
    }

    #[test]
    fn each_service_has_its_place_for_the_reason() {
        for body in [
            r#"{"error": "why"}"#,
            r#"{"success": false, "data": "why"}"#,
            r#"{"success": false, "message": "why"}"#,
            r#"{"success": true, "result": [false, "why"], "task_id": ""}"#,
        ] {
            assert_eq!(kind(500, body), Kind::Unclear(Said::new("why")), "{body}");
        }
        assert!(matches!(kind(200, r#"{"result": [true, "why"]}"#), Kind::Nonsense(_)));
    }
}
