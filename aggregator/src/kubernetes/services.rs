//! Which Services hold which `NodePorts`, and whether anything is behind them.

use std::collections::BTreeMap;
use std::fmt;

use futures_util::{StreamExt, stream};
use inventory_common::telling::one_line;
use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::api::{Api, ListParams};
use kube::{Client, ResourceExt};

use super::read::each;
use super::trouble::Trouble;

/// The label by which an `EndpointSlice` says whose it is.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// A port that a Service opens on every node, for TCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodePort {
    /// Its number.
    pub port: u16,
    /// The Service's namespace.
    pub namespace: String,
    /// The Service's name.
    pub service: String,
    /// What the Service calls the port; empty where it has no name.
    pub port_name: String,
    /// The Service's type.
    pub kind: String,
    /// Whether a node answers only where one of the pods is on it.
    pub is_local: bool,
    /// The Service's labels to select pods by; empty where somebody else keeps its endpoints.
    pub selector: BTreeMap<String, String>,
}

/// A Service, by its namespace and name.
pub type Owner<'a> = (&'a str, &'a str);

impl NodePort {
    /// Whose it is.
    #[must_use]
    pub fn owner(&self) -> Owner<'_> {
        (&self.namespace, &self.service)
    }
}

impl fmt::Display for NodePort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.service)
    }
}

/// Every TCP port that a Service of this namespace, or of any, opens on the nodes, in the order of
/// their numbers.
pub async fn node_ports(
    client: &Client,
    namespace: Option<&str>,
) -> Result<Vec<NodePort>, Trouble> {
    let api: Api<Service> = match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    let mut ports = Vec::new();
    let take = |service: Service| ports.extend(of_service(&service));
    each(&api, "list services", ListParams::default(), take).await?;
    ports.sort_by_key(|port: &NodePort| port.port);
    Ok(ports)
}

fn of_service(service: &Service) -> Vec<NodePort> {
    let Some(spec) = &service.spec else { return Vec::new() };
    let node_port = |port: &ServicePort| {
        let is_tcp = port.protocol.as_deref().is_none_or(|protocol| protocol == "TCP");
        let number = port.node_port.filter(|_| is_tcp)?;
        Some(NodePort {
            port: u16::try_from(number).ok().filter(|port| *port > 0)?,
            namespace: service.namespace().unwrap_or_default(),
            service: service.name_any(),
            port_name: port.name.clone().unwrap_or_default(),
            kind: spec.type_.clone().unwrap_or_default(),
            is_local: spec.external_traffic_policy.as_deref() == Some("Local"),
            selector: spec.selector.clone().unwrap_or_default(),
        })
    };
    spec.ports.iter().flatten().filter_map(node_port).collect()
}

/// How many endpoints there are behind each of these ports, or why nobody knows: by the Service, which is
/// asked once.
pub async fn endpoints_of<'a>(
    client: &Client,
    ports: impl IntoIterator<Item = &'a NodePort>,
) -> BTreeMap<Owner<'a>, Result<Endpoints, String>> {
    let ports: BTreeMap<Owner, &NodePort> =
        ports.into_iter().map(|port| (port.owner(), port)).collect();
    let ask = async |(owner, port): (Owner<'a>, &NodePort)| {
        let found = endpoints(client, port).await;
        (owner, found.map_err(|trouble| one_line(&trouble)))
    };
    stream::iter(ports).map(ask).buffered(AT_ONCE).collect().await
}

/// How many Services are asked for at a time.
const AT_ONCE: usize = 8;

/// How many endpoints of this Service are ready, and how many there are.
async fn endpoints(client: &Client, port: &NodePort) -> Result<Endpoints, Trouble> {
    let api: Api<EndpointSlice> = Api::namespaced(client.clone(), &port.namespace);
    let its = ListParams::default().labels(&format!("{SERVICE_NAME}={}", port.service));
    let mut found = Endpoints::default();
    let take = |slice: EndpointSlice| found.add(&slice);
    each(&api, "list endpointslices.discovery.k8s.io", its, take).await?;
    Ok(found)
}

/// The endpoints of a Service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Those that take requests.
    pub ready: usize,
    /// All of them.
    pub all: usize,
}

impl Endpoints {
    /// An endpoint that does not say whether it is ready is to be taken for ready.
    fn add(&mut self, slice: &EndpointSlice) {
        for endpoint in &slice.endpoints {
            let ready = endpoint.conditions.as_ref().and_then(|conditions| conditions.ready);
            self.ready += usize::from(ready.unwrap_or(true));
            self.all += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn service(spec: &Value) -> Vec<NodePort> {
        let service = json!({ "metadata": { "name": "s", "namespace": "n" }, "spec": spec });
        of_service(&serde_json::from_value(service).unwrap())
    }

    #[test]
    fn a_node_port_is_a_tcp_port_with_a_number_on_the_nodes() {
        let ports = service(&json!({
            "type": "NodePort", "externalTrafficPolicy": "Local", "selector": { "app": "a" },
            "ports": [
                { "port": 80, "nodePort": 32000, "name": "http" },
                { "port": 53, "nodePort": 32001, "protocol": "UDP" },
                { "port": 81 },
            ],
        }));
        let [port] = &ports[..] else { panic!("{ports:?}") };
        assert_eq!((port.port, port.to_string().as_str(), port.is_local), (32000, "n/s", true));
        assert_eq!((port.port_name.as_str(), port.selector["app"].as_str()), ("http", "a"));
        assert_eq!(service(&json!({ "type": "ExternalName" })), []);
    }

    #[test]
    fn an_endpoint_is_ready_unless_it_says_otherwise() {
        let slice = json!({
            "metadata": {}, "addressType": "IPv4", "endpoints": [
                { "addresses": ["10.0.0.1"] },
                { "addresses": ["10.0.0.2"], "conditions": { "ready": true } },
                { "addresses": ["10.0.0.3"], "conditions": { "ready": false } },
            ],
        });
        let mut found = Endpoints::default();
        found.add(&serde_json::from_value(slice).unwrap());
        assert_eq!(found, Endpoints { ready: 2, all: 3 });
    }
}
