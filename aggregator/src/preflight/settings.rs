//! Settings that AIOS's creation of a cluster's infrastructure needs, or cannot work with.

use inventory_common::resource::ClusterOnboardingSpec;
use serde_json::{Map, Value};

use crate::check::Check;

/// What these checks stand under.
pub const SECTION: &str = "settings";

/// What a person says of the cluster, or why nobody knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Settings {
    /// This.
    Known(Box<ClusterOnboardingSpec>),
    /// Nobody has said anything.
    Nowhere,
    /// It cannot be read, for this reason.
    Unknown(String),
}

/// Whether AIOS will reach its services through the gateway: it does unless told otherwise.
#[must_use]
pub fn uses_gateway(config: &Map<String, Value>) -> bool {
    config.get("useGateway") != Some(&Value::Bool(false))
}

/// Judges the settings by themselves.
pub fn settings(settings: &Settings) -> Vec<Check> {
    let config = match settings {
        Settings::Known(spec) => &spec.profile.config,
        Settings::Nowhere => {
            let why = "there is neither a profile nor a ClusterOnboarding";
            return vec![Check::not_tried(SECTION, "config", why).advised(
                "give a profile with --profile; inventory-aggregator document --init prints one",
            )];
        }
        Settings::Unknown(why) => return vec![Check::not_tried(SECTION, "config", why)],
    };
    vec![public_hostname(config), use_gateway(config)]
}

fn public_hostname(config: &Map<String, Value>) -> Check {
    let name = "config.publicHostname";
    let advice = "AIOS writes it into the addresses of the cluster's services: a name or an address by which it reaches the nodes, without scheme and port";
    match config.get("publicHostname") {
        Some(Value::String(host)) if is_host(host) => Check::pass(SECTION, name, host),
        Some(Value::String(host)) if !host.trim().is_empty() => {
            let seen = format!("'{host}' is no name that others reach the cluster by");
            Check::failure(SECTION, name, seen).advised(advice)
        }
        _ => Check::failure(SECTION, name, "it is not set, and creation stops without it")
            .advised(advice),
    }
}

/// Whether AIOS can put a port behind it.
fn is_host(host: &str) -> bool {
    let address: Option<std::net::IpAddr> = host.parse().ok();
    let is_own = host == "localhost" || address.is_some_and(|address| address.is_loopback());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    !host.is_empty() && !is_own && (address.is_some() || host.chars().all(is_plain))
}

fn use_gateway(config: &Map<String, Value>) -> Check {
    let name = "config.useGateway";
    if !uses_gateway(config) {
        return Check::pass(SECTION, name, "false");
    }
    let seen = match config.get("useGateway") {
        None => "it is not set, and AIOS takes that for true".to_owned(),
        Some(value) => value.to_string(),
    };
    Check::warning(SECTION, name, seen).advised(
        "with true AIOS's creation of the infrastructure stops before its end: set it to false, though the page's example has true",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::State;

    fn states(config: &Value) -> Vec<State> {
        let spec = json!({ "id": "c", "regionId": "r", "config": config });
        let spec = Box::new(serde_json::from_value(spec).unwrap());
        settings(&Settings::Known(spec)).iter().map(|check| check.state).collect()
    }

    use State::{Failure, NotTried, Pass, Warning};

    #[test]
    fn what_creation_needs_must_be_set() {
        let good = json!({ "publicHostname": "west.example.com", "useGateway": false });
        assert_eq!(states(&good), [Pass, Pass]);
        assert_eq!(states(&json!({})), [Failure, Warning]);
        assert_eq!(
            states(&json!({ "publicHostname": "10.0.0.1", "useGateway": true })),
            [Pass, Warning]
        );
        for host in ["", "localhost", "127.0.0.1", "http://a", "a:80", "a b"] {
            assert_eq!(states(&json!({ "publicHostname": host }))[0], Failure, "{host}");
        }
        assert_eq!(states(&json!({ "publicHostname": "2001:db8::1" }))[0], Pass);
    }

    #[test]
    fn settings_that_nobody_knows_are_no_pass() {
        for unknown in [Settings::Nowhere, Settings::Unknown("it may not".into())] {
            assert_eq!(settings(&unknown)[0].state, NotTried);
        }
    }
}
