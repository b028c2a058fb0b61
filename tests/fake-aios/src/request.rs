//! What a service gets and what it gives back, before HTTP is made of it.

use axum::body::Bytes;
use serde_json::Value;

/// A request, read whole.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// In upper case.
    pub method: String,
    /// As it was sent, escapes and all, without the query.
    pub path: String,
    /// What stood behind the question mark.
    pub query: String,
    /// The `Content-Type`, empty where there was none.
    pub content_type: String,
    /// The body as it was sent.
    pub body: Bytes,
}

impl Request {
    /// Whether a JSON body was announced; the services read no other.
    pub(crate) fn announces_json(&self) -> bool {
        let kind = self.content_type.split(';').next().unwrap_or_default().trim();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    }

    /// The value of a query parameter, percent-decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| {
                percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned()
            })
    }
}

/// What a service answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub status: u16,
    pub content: Content,
    /// The `Allow` header of an OPTIONS or of a 405.
    pub allow: Option<String>,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    Json(Value),
    Html(String),
    Nothing,
}

impl Answer {
    pub(crate) fn json(status: u16, value: Value) -> Self {
        Self { status, content: Content::Json(value), allow: None }
    }

    pub(crate) fn html(status: u16, page: impl Into<String>) -> Self {
        Self { status, content: Content::Html(page.into()), allow: None }
    }
}
