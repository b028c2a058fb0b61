//! The metrics as a scraper reads them, in the format that it asks for.

use std::fmt;

use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::registry::Registry;

/// What a scraper is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposition {
    /// The format.
    pub content_type: &'static str,
    /// The metrics.
    pub text: String,
}

/// What Prometheus asks for first.
const OPEN_METRICS: &str = "application/openmetrics-text";

/// The metrics for somebody who accepts these formats: OpenMetrics where that is among them, else the
/// older text that every scraper knows.
pub fn exposition(registry: &Registry, accept: &str) -> Result<Exposition, fmt::Error> {
    let mut told = String::new();
    let content_type = if accept.contains(OPEN_METRICS) {
        text::encode(&mut told, registry)?;
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        prometheus_text::encode(&mut told, registry)?;
        prometheus_text::CONTENT_TYPE
    };
    Ok(Exposition { content_type, text: told })
}
