//! One look at all that is expected.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all};
use inventory_common::telling::one_line;
use kube::Client;
use tokio::net::TcpStream;

use super::expected::Expected;
use super::table::{AIOS, Endpoint, GATEWAY_PORT, Need, Speaks};
use super::{gateway, judge};
use crate::check::Check;
use crate::kubernetes::machines::{Machine, machines};
use crate::kubernetes::services::{Endpoints, NodePort, Owner, endpoints_of, node_ports};
use crate::reach::{self, Reach, Target, connect};

/// The most addresses at which one endpoint is tried.
const MOST_HOSTS: usize = 4;

/// What is seen of everything that is expected, and of the add-ons that are there.
pub async fn look(client: &Client, expected: &Expected) -> Vec<Check> {
    let ports = node_ports(client, None).await.map_err(|trouble| one_line(&trouble));
    let hosts = hosts(client, expected).await;
    let held = ports.iter().flatten().filter(|port| is_aios_s(port.port));
    let found = endpoints_of(client, held).await;
    let scene = Scene { expected, ports: &ports, found, hosts };
    let by_port = AIOS.iter().map(|endpoint| scene.by_port(endpoint));
    let by_gateway = AIOS.iter().filter_map(|endpoint| {
        let suffix = expected.suffix_of(endpoint)?;
        Some((format!("{} ({suffix})", endpoint.name), suffix.to_owned()))
    });
    let by_id = expected.by_id.iter().map(|by_id| (by_id.to_string(), by_id.suffix()));
    let by_gateway = by_gateway.chain(by_id).map(|(name, suffix)| scene.by_gateway(name, suffix));
    let (by_port, by_gateway) = join(join_all(by_port), join_all(by_gateway)).await;
    by_port.into_iter().flatten().chain(by_gateway).collect()
}

/// Where endpoints are asked: what a person says, or the addresses of Nodes that are ready.
async fn hosts(client: &Client, expected: &Expected) -> Result<Vec<String>, String> {
    if let Some(address) = &expected.address {
        return Ok(vec![address.clone()]);
    }
    let machines = machines(client).await.map_err(|trouble| one_line(&trouble))?;
    let hosts = addresses(&machines);
    if hosts.is_empty() {
        return Err("no Node is ready and has an address".to_owned());
    }
    Ok(hosts)
}

/// The addresses of some that are ready: of the first those within the cluster, then those for outside.
fn addresses(machines: &[Machine]) -> Vec<String> {
    let is_there = |machine: &&Machine| machine.is_ready && !machine.is_virtual;
    let ready: Vec<&Machine> = machines.iter().filter(is_there).collect();
    let inside = ready.iter().filter_map(|machine| machine.inside());
    let outside = ready.iter().filter_map(|machine| machine.outside());
    let mut hosts: Vec<String> = Vec::new();
    for host in inside.take(MOST_HOSTS / 2).chain(outside) {
        if hosts.len() < MOST_HOSTS && !hosts.iter().any(|known| known == host) {
            hosts.push(host.to_owned());
        }
    }
    hosts
}

/// Whether one of AIOS's services is known by this port.
fn is_aios_s(port: u16) -> bool {
    AIOS.iter().any(|endpoint| endpoint.node_ports.contains(&port))
}

/// What is known before any endpoint is looked at.
struct Scene<'a> {
    expected: &'a Expected,
    ports: &'a Result<Vec<NodePort>, String>,
    /// What is behind those of AIOS's ports that somebody has.
    found: BTreeMap<Owner<'a>, Result<Endpoints, String>>,
    hosts: Result<Vec<String>, String>,
}

impl Scene<'_> {
    /// A check for each of its ports that somebody has; where nobody has any, one if it is expected.
    /// An add-on is told too that nobody expects.
    async fn by_port(&self, endpoint: &Endpoint) -> Vec<Check> {
        let is_expected = self.expected.wants_port_of(endpoint);
        let mut checks = Vec::new();
        if !is_expected && (endpoint.need != Need::AddOn || self.ports.is_err()) {
            return checks;
        }
        for port in endpoint.node_ports {
            let held = self.held(*port);
            if held != judge::Held::ByNobody {
                checks.push(self.check(endpoint, *port, &held).await);
            }
        }
        let none = checks.is_empty() && is_expected;
        if let Some(port) = endpoint.node_ports.first().filter(|_| none) {
            checks.push(self.check(endpoint, *port, &judge::Held::ByNobody).await);
        }
        checks
    }

    async fn check(&self, endpoint: &Endpoint, port: u16, held: &judge::Held) -> Check {
        let heard = match held {
            judge::Held::ByNobody => judge::Heard::NotTried("no Service has it".to_owned()),
            _ => self.heard(endpoint, port).await,
        };
        let is_expected = self.expected.wants_port_of(endpoint);
        let id = self.expected.cluster_id.as_deref();
        judge::judge(endpoint, port, is_expected, id, (held, &heard))
    }

    fn held(&self, port: u16) -> judge::Held {
        let ports = match self.ports {
            Ok(ports) => ports,
            Err(why) => return judge::Held::Unknown(why.clone()),
        };
        let Some(holder) = ports.iter().find(|held| held.port == port) else {
            return judge::Held::ByNobody;
        };
        let unknown = || Err("nobody has asked".to_owned());
        let found = self.found.get(&holder.owner()).cloned().unwrap_or_else(unknown);
        judge::Held::By(holder.clone(), found)
    }

    async fn heard(&self, endpoint: &Endpoint, port: u16) -> judge::Heard {
        let (target, stream) = match self.connected(port).await {
            Ok(connected) => connected,
            Err(Unconnected::NoHost(why)) => return judge::Heard::NotTried(why),
            Err(Unconnected::Reach(target, reach)) => {
                return judge::Heard::Unreached(target, reach);
            }
        };
        if endpoint.speaks == Speaks::Anything {
            return judge::Heard::Connected(target);
        }
        match reach::get(stream, &target, "/", self.expected.limit).await {
            Ok(answer) => judge::Heard::Answered(target, answer.status.as_u16()),
            Err(why) => judge::Heard::NoAnswer(target, why),
        }
    }

    async fn by_gateway(&self, name: String, suffix: String) -> Check {
        let heard = match self.connected(GATEWAY_PORT).await {
            Err(Unconnected::NoHost(why)) => gateway::Heard::NotTried(why),
            Err(Unconnected::Reach(target, reach)) => gateway::Heard::Unreached(target, reach),
            Ok((target, stream)) => {
                match reach::get(stream, &target, &suffix, self.expected.limit).await {
                    Ok(answer) => gateway::Heard::Answered(target, answer),
                    Err(why) => gateway::Heard::NoAnswer(target, why),
                }
            }
        };
        gateway::judge(name, &suffix, &heard)
    }

    /// A connection to this port of the first host that takes one; of those that do not, what says
    /// most is told.
    async fn connected(&self, port: u16) -> Result<(Target, TcpStream), Unconnected> {
        let hosts = self.hosts.as_ref().map_err(|why| Unconnected::NoHost(why.clone()))?;
        let mut worst: Option<(Reach, Target)> = None;
        for host in hosts {
            let target = Target::new(host, port);
            match connect(&target, self.expected.limit).await {
                Ok(stream) => return Ok((target, stream)),
                Err(reach) => {
                    if worst.as_ref().is_none_or(|(known, _)| reach < *known) {
                        worst = Some((reach, target));
                    }
                }
            }
        }
        let nowhere = || Unconnected::NoHost("there is no address".to_owned());
        let (reach, target) = worst.ok_or_else(nowhere)?;
        Err(Unconnected::Reach(target, reach))
    }
}

/// Why there is no connection.
enum Unconnected {
    NoHost(String),
    Reach(Target, Reach),
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    use super::super::expected::Way;
    use super::*;
    use crate::check::State;
    use crate::kubernetes::stand_in::ApiServer;

    /// An address of this machine's own at which nobody listens.
    const QUIET: &str = "127.9.8.7";

    #[test]
    fn only_machines_that_are_ready_are_asked_and_not_too_many() {
        let machine = |n: usize| Machine {
            name: n.to_string(),
            is_ready: n != 2,
            is_virtual: n < 2,
            internal: vec![format!("10.0.0.{n}")],
            ..Machine::default()
        };
        let machines: Vec<Machine> = (0..9).map(machine).collect();
        assert_eq!(addresses(&machines), ["10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
        let outside = |n: usize| Machine { external: vec![format!("8.8.8.{n}")], ..machine(n) };
        let machines = [outside(3), machine(4), outside(5)];
        assert_eq!(addresses(&machines), ["10.0.0.3", "10.0.0.4", "8.8.8.3", "8.8.8.5"]);
    }

    fn expected(way: Way) -> Expected {
        let address = Some(QUIET.to_owned());
        Expected { address, limit: Duration::from_secs(20), ..Expected::new(way) }
    }

    /// A cluster with Services at these ports.
    fn cluster(ports: &[u16]) -> ApiServer {
        let api = ApiServer::default();
        let service = |port: &u16| {
            json!({
                "metadata": { "name": format!("s-{port}"), "namespace": "aios" },
                "spec": { "type": "NodePort", "ports": [{ "port": 80, "nodePort": port }] },
            })
        };
        let services: Vec<Value> = ports.iter().map(service).collect();
        api.list("/api/v1/services", &services.into());
        let slice = json!({
            "metadata": { "name": "e" }, "addressType": "IPv4",
            "endpoints": [{ "addresses": ["10.0.0.1"], "conditions": { "ready": true } }],
        });
        api.list("/apis/discovery.k8s.io/v1/namespaces/aios/endpointslices", &json!([slice]));
        api
    }

    async fn seen(api: &ApiServer, expected: &Expected) -> Vec<(String, String)> {
        let checks = look(&api.client(), expected).await;
        checks.into_iter().map(|check| (check.name, check.seen)).collect()
    }

    fn names(seen: &[(String, String)]) -> Vec<&str> {
        seen.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[tokio::test]
    async fn each_port_that_somebody_has_is_looked_at_and_one_of_each_that_lacks() {
        // Both ports of an add-on, one of what is expected, and one of somebody else.
        let api = cluster(&[32_300, 32_390, 31_700, 31_999]);
        let all = seen(&api, &expected(Way::NodePorts)).await;
        let expected_names = [
            "cluster (32300)",
            "metrics (32301)",
            "blocks (32302)",
            "gateway (32000)",
            "management (32303)",
            "monitoring (32304)",
            "health (32305)",
            "membership (30501)",
            "assets-registry (32390)",
            "assets-registry (31700)",
        ];
        assert_eq!(names(&all), expected_names);
        assert!(all[0].1.starts_with("Service aios/s-32300 "), "{all:#?}");
        assert!(all[0].1.contains(&format!("{QUIET}:32300")), "{all:#?}");
        assert_eq!(all[1].1, "no Service has NodePort 32301");
        let asked = api.asked("endpointslices");
        assert!(
            asked.len() == 3 && !asked.iter().any(|asked| asked.contains("31999")),
            "{asked:?}"
        );
        // Through the gateway the others need no port of their own.
        let all = seen(&api, &expected(Way::Gateway)).await;
        assert_eq!(
            names(&all)[..3],
            ["gateway (32000)", "assets-registry (32390)", "assets-registry (31700)"]
        );
    }

    #[tokio::test]
    async fn where_nobody_knows_the_services_only_what_is_expected_is_told() {
        let all = seen(&ApiServer::default(), &expected(Way::NodePorts)).await;
        let all = names(&all);
        assert!(all.len() == 8 && !all.iter().any(|name| name.starts_with("assets")), "{all:?}");
    }

    #[tokio::test]
    async fn what_speaks_something_else_is_asked_nothing() {
        let held = TcpListener::bind((QUIET, GATEWAY_PORT)).await.unwrap();
        let checks = look(&cluster(&[GATEWAY_PORT]).client(), &expected(Way::NodePorts)).await;
        let gateway = checks.iter().find(|check| check.name.starts_with("gateway")).unwrap();
        assert_ne!(gateway.state, State::Failure, "{gateway:?}");
        assert!(!gateway.seen.contains("no answer"), "{gateway:?}");
        drop(held);
    }

    #[tokio::test]
    async fn of_hosts_that_take_no_connection_the_first_that_says_most_is_told() {
        let told = async |hosts: &[&str]| {
            let expected = expected(Way::NodePorts);
            let hosts = Ok(hosts.iter().map(|host| (*host).to_owned()).collect());
            let (ports, found) = (Ok(Vec::new()), BTreeMap::new());
            let scene = Scene { expected: &expected, ports: &ports, found, hosts };
            match scene.connected(1).await {
                Err(Unconnected::Reach(target, reach)) => (target.host, reach),
                _ => panic!("somebody takes it"),
            }
        };
        let closed = (QUIET.to_owned(), Reach::Closed);
        assert_eq!(told(&["no such host", QUIET]).await, closed);
        assert_eq!(told(&[QUIET, "127.9.8.6", "no such host"]).await, closed);
    }
}
