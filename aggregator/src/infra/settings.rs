//! What AIOS's infrastructure needs of the stored cluster.

use serde_json::Value;

use crate::aios::ClusterId;

/// How a cluster is to be reached, as AIOS stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `config.publicHostname`; absent where it says nothing.
    pub public_hostname: Option<String>,
    /// `config.useGateway`, which is true unless told.
    pub uses_gateway: bool,
}

impl Settings {
    /// Those of a stored cluster.
    #[must_use]
    pub fn of(stored: &Value) -> Self {
        let said = |key: &str| stored.get("config")?.get(key);
        let host = said("publicHostname").and_then(Value::as_str).map(str::trim);
        Self {
            public_hostname: host.filter(|host| !host.is_empty()).map(str::to_owned),
            uses_gateway: uses_gateway(said("useGateway")),
        }
    }
}

/// What `config.useGateway` says to AIOS; absent is true.
#[must_use]
pub fn uses_gateway(said: Option<&Value>) -> bool {
    said.is_none_or(is_truthy)
}

/// As Python judges it, in which AIOS is written.
#[must_use]
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// What of AIOS's own names Kubernetes does not take, since the cluster's id is in it.
#[must_use]
pub fn unfit_name(id: &ClusterId) -> Option<String> {
    let name = format!("{id}-controller-svc");
    let is_fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_fine = name.len() <= 63
        && name.chars().all(is_fit)
        && name.chars().next().is_some_and(|first| first.is_ascii_lowercase());
    (!is_fine).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_gateway_is_used_unless_told() {
        let of = |config: Value| Settings::of(&json!({ "config": config }));
        for (config, uses) in [
            (json!({}), true),
            (json!({ "useGateway": true }), true),
            (json!({ "useGateway": "no" }), true),
            (json!({ "useGateway": false }), false),
            (json!({ "useGateway": null }), false),
            (json!({ "useGateway": 0 }), false),
        ] {
            assert_eq!(of(config.clone()).uses_gateway, uses, "{config}");
        }
        assert!(Settings::of(&json!({})).uses_gateway);
        assert_eq!(of(json!({ "publicHostname": " " })).public_hostname, None);
        assert_eq!(of(json!({ "publicHostname": "h" })).public_hostname.as_deref(), Some("h"));
    }

    #[test]
    fn an_id_of_which_no_service_can_be_named_is_found() {
        let unfit = |id: &str| unfit_name(&id.parse().unwrap()).is_some();
        assert!(!unfit("cluster-west-vision-001"));
        for id in ["Cluster", "a_b", "a.b", "1a", &"a".repeat(50)] {
            assert!(unfit(id), "{id}");
        }
    }
}
