//! From what was seen of an endpoint to a check.

use super::table::{Endpoint, Need};
use crate::check::{Check, State};
use crate::kubernetes::services::{Endpoints, NodePort};
use crate::reach::{NoHttp, Reach, Target};

/// What is in the cluster for a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Nobody knows, for this reason.
    Unknown(String),
    /// No Service has it.
    ByNobody,
    /// This one has it, with so many endpoints, or nobody knows how many.
    By(NodePort, Result<Endpoints, String>),
}

/// What came back from a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was not tried, for this reason.
    NotTried(String),
    /// No connection came about.
    Unreached(Target, Reach),
    /// It takes connections, and that is enough.
    Connected(Target),
    /// It answers with this status.
    Answered(Target, u16),
    /// It takes connections and gives no answer.
    NoAnswer(Target, NoHttp),
}

/// The section of what is expected.
pub const USUAL: &str = "endpoints by node port";

/// The section of add-ons.
pub const ADD_ONS: &str = "endpoints of add-ons";

/// What an endpoint's port comes to. Whatever is wrong with one that nobody expects is only a
/// warning.
pub fn judge(
    endpoint: &Endpoint,
    port: u16,
    is_expected: bool,
    cluster_id: Option<&str>,
    (held, heard): (&Held, &Heard),
) -> Check {
    let section = if endpoint.need == Need::AddOn { ADD_ONS } else { USUAL };
    let (state, seen, advice) = verdict(endpoint, port, cluster_id, held, heard);
    let state = if is_expected { state } else { state.min(State::Warning) };
    let mut check = Check::new(section, format!("{} ({port})", endpoint.name), state, seen);
    check.advice = advice;
    check
}

type Verdict = (State, String, Option<String>);

fn verdict(
    endpoint: &Endpoint,
    port: u16,
    cluster_id: Option<&str>,
    held: &Held,
    heard: &Heard,
) -> Verdict {
    let usual = endpoint.usual_service(cluster_id);
    match held {
        Held::ByNobody => {
            let seen = format!("no Service has NodePort {port}");
            (State::Failure, seen, Some(missing(endpoint, usual.as_deref())))
        }
        Held::Unknown(why) => {
            let (state, seen, advice) = answer(heard, port, None);
            (
                unproven(state),
                format!("{seen}; which Service is behind it is not known: {why}"),
                advice,
            )
        }
        Held::By(service, Ok(found)) if found.ready == 0 => {
            let seen = format!(
                "{} is there, and none of its {} endpoints is ready",
                called(service, usual.as_deref()),
                found.all
            );
            (State::Failure, seen, Some(look_at_pods(service)))
        }
        Held::By(service, endpoints) => {
            let (state, seen, advice) = answer(heard, port, Some(service));
            let name = called(service, usual.as_deref());
            match endpoints {
                Ok(found) => (state, format!("{name}, {} ready, {seen}", found.ready), advice),
                Err(why) => {
                    let seen = format!("{name}, {seen}; its endpoints are not known: {why}");
                    (unproven(state), seen, advice)
                }
            }
        }
    }
}

/// What a good answer is worth where nobody knows who gave it.
fn unproven(state: State) -> State {
    if state == State::Pass { State::Warning } else { state }
}

/// The Service, and what AIOS calls it where that is something else.
fn called(service: &NodePort, usual: Option<&str>) -> String {
    let name = service.to_string();
    match usual {
        Some(usual) if usual != name => format!("Service {name} (usually {usual})"),
        _ => format!("Service {name}"),
    }
}

fn missing(endpoint: &Endpoint, usual: Option<&str>) -> String {
    let whose = usual.map_or_else(String::new, |usual| format!(" Service {usual}"));
    match endpoint.need {
        Need::AddOn => format!("install the add-on {}", endpoint.name),
        Need::Page if endpoint.suffix == Some("/") => {
            format!("install the gateway, usually{whose}; preflight says how")
        }
        Need::Page | Need::Code => {
            format!("AIOS makes{whose} when it creates the cluster's infrastructure")
        }
    }
}

fn look_at_pods(service: &NodePort) -> String {
    format!("see kubectl get pods,endpointslices -n {}", service.namespace)
}

fn answer(heard: &Heard, port: u16, service: Option<&NodePort>) -> Verdict {
    match heard {
        Heard::NotTried(why) => {
            let advice = "give a node's address with --address".to_owned();
            (State::NotTried, format!("not connected to: {why}"), Some(advice))
        }
        Heard::Connected(target) => (State::Pass, format!("{target} takes connections"), None),
        Heard::Answered(target, status) => {
            (State::Pass, format!("{target} answers HTTP {status}"), None)
        }
        Heard::NoAnswer(target, why) => {
            let advice = service.map(look_at_pods);
            (State::Failure, format!("{target} is open, but {why}"), advice)
        }
        Heard::Unreached(target, reach) => {
            let advice = unreached(reach, port, service.is_some_and(|service| service.is_local));
            (State::Failure, format!("{target} is {reach} from here"), Some(advice))
        }
    }
}

/// What to do about a port that cannot be connected to.
fn unreached(reach: &Reach, port: u16, is_local: bool) -> String {
    if is_local {
        return "its Service has externalTrafficPolicy Local, and only nodes with one of its pods answer: give one's address with --address".to_owned();
    }
    match reach {
        Reach::Closed => {
            "nobody takes it: does kube-proxy run on the node, and do its pods listen?".to_owned()
        }
        Reach::Filtered => {
            format!("let TCP {port} (NodePorts 30000-32767) through the firewall before the nodes")
        }
        _ => "give an address of a node that can be reached from here with --address".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::table::{AIOS, named};
    use super::*;

    fn service(name: &str) -> NodePort {
        NodePort {
            port: 32300,
            namespace: "controllers".into(),
            service: name.into(),
            port_name: String::new(),
            kind: "NodePort".into(),
            is_local: false,
            selector: BTreeMap::new(),
        }
    }

    fn target() -> Target {
        Target::new("10.0.0.1", 32300)
    }

    fn cluster(is_expected: bool, held: &Held, heard: &Heard) -> Check {
        judge(named("cluster").unwrap(), 32300, is_expected, Some("west"), (held, heard))
    }

    fn ready(ready: usize) -> Held {
        Held::By(service("west-controller-svc"), Ok(Endpoints { ready, all: 2 }))
    }

    #[test]
    fn what_answers_passes_and_its_service_is_named() {
        let check = cluster(true, &ready(2), &Heard::Answered(target(), 404));
        let seen =
            "Service controllers/west-controller-svc, 2 ready, 10.0.0.1:32300 answers HTTP 404";
        assert_eq!(check, Check::pass(USUAL, "cluster (32300)", seen));
        let other = Held::By(service("x"), Ok(Endpoints { ready: 1, all: 1 }));
        let check = cluster(true, &other, &Heard::Answered(target(), 200));
        assert!(check.passes());
        let told = "Service controllers/x (usually controllers/west-controller-svc), 1 ready, ";
        assert!(check.seen.starts_with(told), "{check:?}");
    }

    #[test]
    fn what_is_missing_anywhere_on_the_way_fails_with_what_to_do() {
        let heard = Heard::Answered(target(), 200);
        let unreached = |reach| Heard::Unreached(target(), reach);
        for (held, heard, seen, advice) in [
            (Held::ByNobody, heard.clone(), "no Service has", "AIOS makes"),
            (ready(0), heard, "none of its 2 endpoints is ready", "kubectl get pods"),
            (ready(1), unreached(Reach::Closed), "is closed from here", "kube-proxy"),
            (ready(1), unreached(Reach::Filtered), "is filtered from here", "firewall"),
            (ready(1), unreached(Reach::NoRoute), "is without a route from here", "--address"),
            (ready(1), Heard::NoAnswer(target(), NoHttp::Silence), "does not answer", "kubectl"),
        ] {
            let check = cluster(true, &held, &heard);
            assert_eq!(check.state, State::Failure, "{check:?}");
            assert!(check.seen.contains(seen), "{check:?}");
            assert!(check.advice.as_ref().unwrap().contains(advice), "{check:?}");
            assert_eq!(cluster(false, &held, &heard).state, State::Warning);
        }
    }

    #[test]
    fn what_is_not_known_is_no_pass() {
        let unknown = Held::Unknown("it may not".into());
        let not_tried = Heard::NotTried("no address".into());
        let answered = Heard::Answered(target(), 200);
        let unseen = Held::By(service("x"), Err("it may not".into()));
        assert_eq!(cluster(true, &unknown, &not_tried).state, State::NotTried);
        assert_eq!(cluster(true, &unknown, &answered).state, State::Warning);
        assert_eq!(cluster(true, &unseen, &answered).state, State::Warning);
        assert_eq!(cluster(true, &ready(1), &not_tried).state, State::NotTried);
    }

    #[test]
    fn what_to_do_about_a_page_that_lacks_hangs_on_whose_it_is() {
        let advice = |is_gateway: bool| {
            let is_meant =
                |it: &&Endpoint| it.need == Need::Page && (it.suffix == Some("/")) == is_gateway;
            missing(AIOS.iter().find(is_meant).unwrap(), None)
        };
        assert!(advice(true).starts_with("install the gateway, usually"));
        assert!(advice(false).starts_with("AIOS makes when it creates"));
    }

    #[test]
    fn a_service_that_answers_only_beside_its_pods_is_told() {
        let local = NodePort { is_local: true, ..service("x") };
        let held = Held::By(local, Ok(Endpoints { ready: 1, all: 1 }));
        let check = cluster(true, &held, &Heard::Unreached(target(), Reach::Filtered));
        assert!(check.advice.unwrap().contains("externalTrafficPolicy Local"));
    }
}
