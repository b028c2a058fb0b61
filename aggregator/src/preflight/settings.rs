//! Settings that AIOS's creation of a cluster's infrastructure needs, or cannot work with.

use inventory_common::resource::ClusterOnboardingSpec;
use serde_json::{Map, Value};

use crate::aios::ClusterId;
use crate::check::Check;
use crate::infra::settings::{is_truthy, unfit_name, uses_gateway};
use crate::kubernetes::kubeconfig::Reach;

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

impl Settings {
    /// Whether they say that AIOS goes past the gateway; where nothing is known they do not.
    #[must_use]
    pub fn pass_the_gateway_by(&self) -> bool {
        let Self::Known(spec) = self else { return false };
        !uses_gateway(spec.profile.config.get("useGateway"))
    }
}

/// Judges the settings by themselves; `external_nodes` is whether the ports are tried from where nodes from
/// outside are.
pub fn settings(settings: &Settings, external_nodes: bool) -> Vec<Check> {
    let profile = match settings {
        Settings::Known(spec) => &spec.profile,
        Settings::Nowhere => {
            let why = "there is neither a profile nor a ClusterOnboarding";
            return vec![Check::not_tried(SECTION, "config", why).advised(
                "give a profile with --profile; inventory-aggregator document --init prints one",
            )];
        }
        Settings::Unknown(why) => return vec![Check::not_tried(SECTION, "config", why)],
    };
    let config = &profile.config;
    let always = [id(&profile.id), public_hostname(config), use_gateway(config)];
    always.into_iter().chain(outside(config, external_nodes)).collect()
}

/// Absent where nodes from outside may not join.
fn outside(config: &Map<String, Value>, are_tried: bool) -> Option<Check> {
    let name = "config.allowExternalNodes";
    config.get("allowExternalNodes").filter(|said| is_truthy(said))?;
    Some(if are_tried {
        Check::pass(SECTION, name, "true: the ports say what nodes from outside reach")
    } else {
        let seen = "true, and what nodes from outside reach was not tried";
        Check::not_tried(SECTION, name, seen)
            .advised("run this with --external-nodes where such nodes are")
    })
}

/// AIOS makes names of it, and Kubernetes does not take all of them.
fn id(id: &str) -> Check {
    let name = "id";
    let fits = match id.parse::<ClusterId>() {
        Err(error) => return Check::failure(SECTION, name, error.to_string()),
        Ok(id) => unfit_name(&id),
    };
    match fits {
        None => Check::pass(SECTION, name, id),
        Some(service) => {
            let seen = format!("Kubernetes takes no Service '{service}', which AIOS makes of it");
            Check::warning(SECTION, name, seen).advised(
                "take at most 48 lower-case letters, digits and '-', the first a letter, before it is submitted: creation stops in the middle otherwise",
            )
        }
    }
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
    let is_own =
        host == "localhost" || address.is_some_and(|address| Reach::of(address) == Reach::Machine);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    !host.is_empty() && !is_own && (address.is_some() || host.chars().all(is_plain))
}

fn use_gateway(config: &Map<String, Value>) -> Check {
    let name = "config.useGateway";
    let said = config.get("useGateway");
    let seen = match said {
        None => "it is not set, and AIOS takes that for true".to_owned(),
        Some(value) => value.to_string(),
    };
    if !uses_gateway(said) {
        return Check::pass(SECTION, name, seen);
    }
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
        states_of("c", config)
    }

    fn states_of(id: &str, config: &Value) -> Vec<State> {
        let spec = json!({ "id": id, "regionId": "r", "config": config });
        let spec = Box::new(serde_json::from_value(spec).unwrap());
        settings(&Settings::Known(spec), false).iter().map(|check| check.state).collect()
    }

    use State::{Failure, NotTried, Pass, Warning};

    #[test]
    fn what_creation_needs_must_be_set() {
        let good = json!({ "publicHostname": "west.example.com", "useGateway": false });
        assert_eq!(states(&good), [Pass, Pass, Pass]);
        assert_eq!(states(&json!({})), [Pass, Failure, Warning]);
        assert_eq!(
            states(&json!({ "publicHostname": "10.0.0.1", "useGateway": true })),
            [Pass, Pass, Warning]
        );
        let told =
            |host: &str| public_hostname(json!({ "publicHostname": host }).as_object().unwrap());
        assert_eq!(told(" ").seen, "it is not set, and creation stops without it");
        assert_eq!(told("a b").seen, "'a b' is no name that others reach the cluster by");
        for host in ["", "localhost", "127.0.0.1", "0.0.0.0", "http://a", "a:80", "a b"] {
            assert_eq!(states(&json!({ "publicHostname": host }))[1], Failure, "{host}");
        }
        assert_eq!(states(&json!({ "publicHostname": "2001:db8::1" }))[1], Pass);
    }

    #[test]
    fn an_id_of_which_aios_cannot_make_names_is_told_before_it_is_stored() {
        for (id, state) in [("west-1", Pass), ("West", Warning), ("a.b", Warning), ("a b", Failure)]
        {
            assert_eq!(states_of(id, &json!({}))[0], state, "{id}");
        }
    }

    #[test]
    fn nodes_from_outside_are_to_be_tried_from_where_they_are() {
        let states = |said: Value, tried| {
            let config = json!({ "allowExternalNodes": said });
            outside(config.as_object().unwrap(), tried).map(|check| check.state)
        };
        assert_eq!(states(json!(true), false), Some(NotTried));
        assert_eq!(states(json!(true), true), Some(Pass));
        assert_eq!(states(json!(false), false), None);
    }

    #[test]
    fn what_python_takes_for_false_is_false() {
        for said in [json!(false), json!(null), json!(0), json!("")] {
            assert_eq!(states(&json!({ "useGateway": said }))[2], Pass, "{said}");
        }
        assert_eq!(states(&json!({ "useGateway": "false" }))[2], Warning);
    }

    #[test]
    fn the_gateway_is_passed_by_only_where_that_is_said() {
        let passed_by = |config: &Value| {
            let spec = json!({ "id": "c", "regionId": "r", "config": config });
            Settings::Known(serde_json::from_value(spec).unwrap()).pass_the_gateway_by()
        };
        assert!(passed_by(&json!({ "useGateway": false })));
        assert!(!passed_by(&json!({ "useGateway": true })) && !passed_by(&json!({})));
        assert!(!Settings::Nowhere.pass_the_gateway_by());
    }

    #[test]
    fn settings_that_nobody_knows_are_no_pass() {
        for unknown in [Settings::Nowhere, Settings::Unknown("it may not".into())] {
            assert_eq!(settings(&unknown, false)[0].state, NotTried);
        }
    }
}
