//! The Ambassador gateway: its Service on `NodePort` 32000, and its pods.

use inventory_common::telling::one_line;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams};
use kube::{Client, ResourceExt};

use super::nodes::some_of;
use crate::check::{Check, State};
use crate::endpoints::GATEWAY_PORT;
use crate::kubernetes::pods::{is_over, is_ready};
use crate::kubernetes::read::each;
use crate::kubernetes::services::NodePort;
use crate::kubernetes::trouble::Trouble;

/// What these checks stand under.
pub const SECTION: &str = "gateway";

/// How the page's installation is done so that an API server takes it.
fn install(namespace: &str) -> String {
    format!(
        "helm install ambassador datawire/ambassador --namespace {namespace} --create-namespace --set service.type=NodePort --set service.nodePorts.http={GATEWAY_PORT} (HTTP alone: the page sets https to {GATEWAY_PORT} too, and an API server refuses one port twice)"
    )
}

/// The namespace and name of the Service that AIOS's own code puts on the gateway's port.
const GRPC_PROXY: (&str, &str) = ("controllers", "grpc-proxy");

/// Whether this Service is AIOS's proxy for gRPC.
pub fn is_grpc_proxy(port: &NodePort) -> bool {
    port.namespace == GRPC_PROXY.0 && port.service.starts_with(GRPC_PROXY.1)
}

/// The same where AIOS is told to go past the gateway (`useGateway` false), and nobody has its port: AIOS
/// then brings a proxy of its own to it, and its creation would fail with a gateway there.
pub fn unless_passed_by(check: Check) -> Check {
    if check.state != State::Failure {
        return check;
    }
    let advice = "the page wants one; with useGateway false AIOS's own grpc-proxy takes its port, and the second of the two is refused";
    Check { state: State::Warning, ..check }.advised(advice)
}

/// What holds the gateway's port.
pub fn service(ports: &Result<Vec<NodePort>, String>, namespace: &str) -> Check {
    let name = format!("NodePort {GATEWAY_PORT}");
    let ports = match ports {
        Ok(ports) => ports,
        Err(why) => return Check::not_tried(SECTION, name, why),
    };
    let Some(holder) = ports.iter().find(|port| port.port == GATEWAY_PORT) else {
        let seen = format!("no Service has it, in namespace '{namespace}' or another");
        return Check::failure(SECTION, name, seen).advised(install(namespace));
    };
    if is_grpc_proxy(holder) {
        let seen = format!("{holder} has it, AIOS's own proxy for gRPC, and not Ambassador");
        return Check::warning(SECTION, name, seen).advised(
            "AIOS's code and its page give the port to both; the one that comes second is refused",
        );
    }
    if holder.namespace != namespace {
        let seen = format!("{holder} has it, which is not in namespace '{namespace}'");
        return Check::failure(SECTION, name, seen).advised(
            "give the other Service another port, or say where the gateway is with --gateway-namespace",
        );
    }
    let seen = format!("{holder} has it{}", with_https(holder, ports));
    if holder.kind == "NodePort" {
        Check::pass(SECTION, name, seen)
    } else {
        let seen = format!("{seen}, and is of type {}", holder.kind);
        Check::warning(SECTION, name, seen).advised("the page wants type NodePort")
    }
}

/// What else the Service opens: the page asks for HTTPS on the same port, which cannot be.
fn with_https(holder: &NodePort, ports: &[NodePort]) -> String {
    let is_other = |port: &&NodePort| {
        (&port.namespace, &port.service) == (&holder.namespace, &holder.service)
            && port.port != holder.port
    };
    let others: Vec<String> = ports
        .iter()
        .filter(is_other)
        .map(|port| format!("{} on {}", port.port_name, port.port))
        .collect();
    let http = if holder.port_name.is_empty() { "one port" } else { &holder.port_name };
    let others = if others.is_empty() { String::new() } else { format!(", {}", others.join(", ")) };
    format!(" for {http} alone{others}, which is right: HTTP and HTTPS cannot share it")
}

/// A pod, and whether it is ready.
type Fare = (String, bool);

/// The pods that the gateway's Service sends requests to; of a Service without a selector, or where
/// there is none, all of the namespace.
pub async fn pods(
    client: &Client,
    ports: &Result<Vec<NodePort>, String>,
    namespace: &str,
) -> Check {
    let holder = ports.iter().flatten().find(|port| port.port == GATEWAY_PORT);
    let own = holder.filter(|holder| holder.namespace == namespace);
    let selector = own.map(|holder| &holder.selector).into_iter().flatten();
    let selector: Vec<String> = selector.map(|(key, value)| format!("{key}={value}")).collect();
    judge(fares(client, namespace, &selector.join(",")).await, namespace, holder)
}

async fn fares(client: &Client, namespace: &str, selector: &str) -> Result<Vec<Fare>, Trouble> {
    let api: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let mut fares = Vec::new();
    let take = |pod: Pod| fares.extend(fare(&pod));
    each(&api, "list pods", ListParams::default().labels(selector), take).await?;
    Ok(fares)
}

/// Absent where nobody waits for the pod any more.
fn fare(pod: &Pod) -> Option<Fare> {
    (!is_over(pod)).then(|| (pod.name_any(), is_ready(pod)))
}

/// `holder` is whoever has the gateway's port; absent where nobody has, or nobody knows.
fn judge(fares: Result<Vec<Fare>, Trouble>, namespace: &str, holder: Option<&NodePort>) -> Check {
    let name = "pods";
    let fares = match fares {
        Ok(fares) => fares,
        Err(trouble) => return Check::not_tried(SECTION, name, one_line(&trouble)),
    };
    let unready: Vec<&str> =
        fares.iter().filter(|(_, is_ready)| !is_ready).map(|(name, _)| name.as_str()).collect();
    let advice = format!("see kubectl get pods -n {namespace}");
    if fares.is_empty() {
        let seen = format!("the gateway has none in namespace '{namespace}'");
        return match holder {
            // To install one would be refused.
            Some(holder) if is_grpc_proxy(holder) => {
                Check::warning(SECTION, name, seen).advised(format!("{holder} has its port"))
            }
            Some(holder) if holder.namespace != namespace => Check::failure(SECTION, name, seen)
                .advised(format!("{holder} must give its port up before one can be installed")),
            _ => Check::failure(SECTION, name, seen).advised(install(namespace)),
        };
    }
    if unready.is_empty() {
        return Check::pass(SECTION, name, format!("{} ready", fares.len()));
    }
    let seen = format!("{} of {} not ready: {}", unready.len(), fares.len(), some_of(&unready));
    Check::failure(SECTION, name, seen).advised(advice)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;
    use crate::kubernetes::stand_in::ApiServer;

    fn port(place: (&str, &str), port_name: &str, port: u16) -> NodePort {
        NodePort {
            port,
            namespace: place.0.into(),
            service: place.1.into(),
            port_name: port_name.into(),
            kind: "NodePort".into(),
            is_local: false,
            selector: BTreeMap::new(),
        }
    }

    const AMBASSADOR: (&str, &str) = ("ambassador", "ambassador");

    fn judged(ports: &[NodePort]) -> Check {
        service(&Ok(ports.to_vec()), "ambassador")
    }

    #[test]
    fn http_alone_on_the_port_is_right() {
        let http = port(AMBASSADOR, "http", 32000);
        let check = judged(&[http.clone(), port(AMBASSADOR, "https", 30443)]);
        let seen = "ambassador/ambassador has it for http alone, https on 30443, which is right: HTTP and HTTPS cannot share it";
        assert_eq!(check, Check::pass(SECTION, "NodePort 32000", seen));
        let balanced = NodePort { kind: "LoadBalancer".into(), ..http };
        assert_eq!(judged(&[balanced]).state, State::Warning);
    }

    #[test]
    fn whoever_else_holds_the_port_is_named() {
        let check = judged(&[port(("web", "shop"), "", 32000)]);
        assert_eq!(check.state, State::Failure);
        assert!(check.seen.starts_with("web/shop has it"), "{check:?}");
        let proxy = judged(&[port(("controllers", "grpc-proxy"), "", 32000)]);
        assert_eq!(proxy.state, State::Warning);
        for other in [("controllers", "shop"), ("web", "grpc-proxy")] {
            assert_eq!(judged(&[port(other, "", 32000)]).state, State::Failure, "{other:?}");
        }
        let none = judged(&[port(AMBASSADOR, "http", 32001)]);
        assert_eq!(none.state, State::Failure);
        assert!(none.advice.unwrap().contains("nodePorts.http=32000"));
        assert_eq!(service(&Err("it may not".into()), "a").state, State::NotTried);
    }

    #[test]
    fn every_pod_must_be_ready_and_there_must_be_one() {
        let fares = |fares: &[(&str, bool)]| {
            let fares = fares.iter().map(|(name, ready)| ((*name).to_owned(), *ready)).collect();
            judge(Ok(fares), "a", None)
        };
        assert_eq!(fares(&[]).state, State::Failure);
        assert!(fares(&[("x", true), ("y", true)]).passes());
        assert_eq!(fares(&[("x", true), ("y", false)]).seen, "1 of 2 not ready: y");
    }

    #[test]
    fn nobody_waits_for_a_pod_that_was_evicted_or_is_on_its_way_out() {
        let pod = |pod: serde_json::Value| fare(&serde_json::from_value(pod).unwrap());
        for phase in ["Failed", "Succeeded"] {
            assert_eq!(
                pod(json!({ "metadata": { "name": "x" }, "status": { "phase": phase } })),
                None
            );
        }
        let leaving = json!({ "name": "x", "deletionTimestamp": "2026-01-01T00:00:00Z" });
        assert_eq!(pod(json!({ "metadata": leaving })), None);
        let waits = json!({ "metadata": { "name": "x" }, "status": { "phase": "Pending" } });
        assert_eq!(pod(waits), Some(("x".to_owned(), false)));
    }

    #[test]
    fn where_aios_goes_past_the_gateway_its_lack_is_a_warning_and_nothing_else_changes() {
        let passed_by = unless_passed_by(judged(&[]));
        assert_eq!(passed_by.state, State::Warning);
        assert!(passed_by.advice.unwrap().contains("useGateway false"));
        for check in [Check::pass("s", "n", "x"), Check::not_tried("s", "n", "x")] {
            assert_eq!(unless_passed_by(check.clone()), check);
        }
    }

    #[tokio::test]
    async fn the_pods_are_those_of_the_gateway_s_own_service() {
        let api = ApiServer::default();
        let condition = |kind: &str, status: &str| json!({ "type": kind, "status": status });
        let pod = |name: &str, phase: &str, conditions: &[Value]| {
            let status = json!({ "phase": phase, "conditions": conditions });
            json!({ "metadata": { "name": name }, "status": status })
        };
        let pods = json!([
            pod(
                "ready",
                "Running",
                &[condition("Initialized", "True"), condition("Ready", "True")]
            ),
            pod(
                "slow",
                "Running",
                &[condition("Initialized", "True"), condition("Ready", "False")]
            ),
            pod("job", "Succeeded", &[condition("Ready", "False")]),
        ]);
        api.list("/api/v1/namespaces/ambassador/pods", &pods);
        let selector = BTreeMap::from([("app".to_owned(), "gate".to_owned())]);
        let own = NodePort { selector: selector.clone(), ..port(AMBASSADOR, "http", 32000) };
        let other = NodePort { selector, ..port(("web", "shop"), "", 32000) };
        let beside = NodePort { port: 32001, ..own.clone() };
        for (ports, selects) in
            [(vec![own.clone()], true), (vec![other], false), (vec![beside], false)]
        {
            let check = super::pods(&api.client(), &Ok(ports), "ambassador").await;
            assert_eq!((check.state, &*check.seen), (State::Failure, "1 of 2 not ready: slow"));
            let [asked] = api.asked("/pods").try_into().unwrap();
            assert_eq!(asked.contains("labelSelector=app%3Dgate"), selects, "{asked}");
        }
    }

    #[test]
    fn nobody_is_told_to_install_what_would_be_refused() {
        let none = |holder: Option<&NodePort>| {
            let check = judge(Ok(Vec::new()), "gate", holder);
            (check.state, check.advice.unwrap())
        };
        let (state, advice) = none(None);
        assert_eq!(state, State::Failure);
        assert!(advice.contains("--namespace gate "), "{advice}");
        for (place, expected) in
            [(("controllers", "grpc-proxy"), State::Warning), (("web", "shop"), State::Failure)]
        {
            let (state, advice) = none(Some(&port(place, "", 32000)));
            assert_eq!(state, expected);
            assert!(!advice.contains("helm"), "{advice}");
        }
        let own = none(Some(&port(("gate", "ambassador"), "", 32000)));
        assert!(own.1.contains("--namespace gate "), "{own:?}");
    }
}
