//! Settings that AIOS's creation of a cluster's infrastructure needs, or cannot work with.

use serde_json::{Map, Value};

/// Whether AIOS will reach its services through the gateway: it does unless told otherwise.
#[must_use]
pub fn uses_gateway(config: &Map<String, Value>) -> bool {
    config.get("useGateway") != Some(&Value::Bool(false))
}
