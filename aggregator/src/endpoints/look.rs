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
    use super::*;

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
    }
}
