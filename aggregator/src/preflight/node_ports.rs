//! Whether the ports that AIOS opens on the nodes are there for it.

use super::gateway::is_grpc_proxy;
use super::settings::SECTION;
use crate::check::{Check, State};
use crate::endpoints::{AIOS, Endpoint, GATEWAY_PORT, Need};
use crate::kubernetes::services::NodePort;

/// What is said of all of them.
const NAME: &str = "NodePorts for AIOS";

/// Judges who holds the ports that AIOS opens: the gateway is in `gateway_namespace`.
pub fn node_ports(ports: &Result<Vec<NodePort>, String>, gateway_namespace: &str) -> Vec<Check> {
    let ports = match ports {
        Ok(ports) => ports,
        Err(why) => return vec![Check::not_tried(SECTION, NAME, why)],
    };
    let wanted = AIOS
        .iter()
        .flat_map(|endpoint| endpoint.node_ports.iter().map(move |port| (endpoint, *port)));
    let mut own = 0;
    let mut checks = Vec::new();
    for (endpoint, number) in wanted {
        let Some(holder) = ports.iter().find(|port| port.port == number) else { continue };
        if is_own(endpoint, holder, gateway_namespace) {
            own += 1;
        } else {
            checks.push(taken(endpoint, holder));
        }
    }
    if checks.is_empty() {
        let seen = format!("none is taken by others; {own} of them AIOS has already");
        return vec![Check::pass(SECTION, NAME, seen)];
    }
    checks
}

fn taken(endpoint: &Endpoint, holder: &NodePort) -> Check {
    let state = if endpoint.need == Need::AddOn { State::Warning } else { State::Failure };
    let name = format!("NodePort {} for {}", holder.port, endpoint.name);
    let check = Check::new(SECTION, name, state, format!("{holder} has it"));
    check.advised(if endpoint.node_ports.contains(&PARSER) {
        "AIOS's Parser has the same number: the two cannot be in one cluster, unless its Service gets another"
    } else {
        "give that Service another port: the second of two is refused"
    })
}

/// The port that AIOS's membership service and its Parser share.
const PARSER: u16 = 30501;

/// The fewest letters of a word that says what a Service is for.
const WORD: usize = 5;

/// Whether the Service is the one that AIOS, or the page, puts there.
fn is_own(endpoint: &Endpoint, holder: &NodePort, gateway_namespace: &str) -> bool {
    if holder.port == GATEWAY_PORT {
        return holder.namespace == gateway_namespace || is_grpc_proxy(holder);
    }
    if !endpoint.namespace.is_empty() && holder.namespace == endpoint.namespace {
        return true;
    }
    // Nobody prescribes where an add-on lives.
    let place = holder.to_string();
    let mut words = endpoint.name.split('-').filter(|word| word.len() >= WORD);
    endpoint.need == Need::AddOn && words.any(|word| place.contains(word))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn port(port: u16, namespace: &str, service: &str) -> NodePort {
        NodePort {
            port,
            namespace: namespace.into(),
            service: service.into(),
            port_name: String::new(),
            kind: "NodePort".into(),
            is_local: false,
            selector: BTreeMap::new(),
        }
    }

    fn judged(ports: &[NodePort]) -> Vec<(State, String)> {
        let checks = node_ports(&Ok(ports.to_vec()), "ambassador");
        checks.into_iter().map(|check| (check.state, check.name)).collect()
    }

    #[test]
    fn ports_that_are_free_or_aios_s_own_pass() {
        let own = [
            port(32300, "controllers", "west-controller-svc"),
            port(32000, "ambassador", "ambassador"),
            port(31700, "storage", "assets-registry-svc"),
            port(30080, "web", "shop"),
        ];
        let checks = node_ports(&Ok(own.to_vec()), "ambassador");
        assert_eq!(checks[0].seen, "none is taken by others; 3 of them AIOS has already");
        assert!(checks[0].passes() && checks.len() == 1);
        assert_eq!(judged(&[port(32000, "controllers", "grpc-proxy")])[0].0, State::Pass);
    }

    #[test]
    fn a_port_that_is_taken_is_named_with_who_has_it() {
        let found = judged(&[
            port(30501, "parser", "parser"),
            port(31500, "web", "shop"),
            port(32000, "web", "shop"),
            port(32305, "web", "shop"),
        ]);
        let expected = [
            (State::Failure, "NodePort 32000 for gateway"),
            (State::Failure, "NodePort 32305 for health"),
            (State::Failure, "NodePort 30501 for membership"),
            (State::Warning, "NodePort 31500 for inference-grpc"),
        ];
        assert_eq!(found, expected.map(|(state, name)| (state, name.to_owned())));
        assert_eq!(node_ports(&Err("it may not".into()), "a")[0].state, State::NotTried);
    }
}
