//! One look at all that is wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use inventory_common::telling::one_line;
use k8s_openapi::apimachinery::pkg::version::Info;
use kube::Client;

use super::ports::{NodePorts, Pods, Within, here, in_use, within};
use super::settings::Settings;
use super::{Section, access, agents, gateway, helm, node_ports, nodes, settings, version};
use crate::check::Check;
use crate::cluster::expected::{Exclusion, Roll};
use crate::endpoints::GATEWAY_PORT;
use crate::kubernetes::machines::{Machine, machines};
use crate::kubernetes::read::{ReadError, Reading, read};
use crate::kubernetes::services::{NodePort, node_ports as all_node_ports};
use crate::kubernetes::trouble::answered;
use crate::kubernetes::versions;
use crate::kubernetes::wishes::Labels;

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The namespace of the agents.
    pub namespace: String,
    /// The namespace of the gateway.
    pub gateway_namespace: String,
    /// What a person says of the cluster.
    pub settings: Settings,
    /// Whether nodes from outside the cluster's network may join it, and this is where they are.
    pub external_nodes: bool,
    /// How ports are tried from the nodes; absent where they are not, and nothing is written.
    pub within: Option<Within>,
    /// How long a connection may take.
    pub limit: Duration,
    /// What is not looked at.
    pub skipped: BTreeSet<Section>,
}

impl Wanted {
    /// Everything that can be looked at without writing anything.
    #[must_use]
    pub fn new(namespace: &str, settings: Settings) -> Self {
        Self {
            namespace: namespace.to_owned(),
            gateway_namespace: "ambassador".to_owned(),
            settings,
            external_nodes: false,
            within: None,
            limit: Duration::from_secs(3),
            skipped: BTreeSet::new(),
        }
    }

    fn wants(&self, section: Section) -> bool {
        !self.skipped.contains(&section)
    }

    fn wants_any(&self, sections: &[Section]) -> bool {
        sections.iter().any(|section| self.wants(*section))
    }
}

/// Looks at everything that is wanted, in the page's order. `pods` keeps those that it makes, for
/// the caller to [`Pods::clear`] in any case.
pub async fn look(client: &Client, wanted: &Wanted, pods: &Pods) -> Vec<Check> {
    let mut checks = Vec::new();
    let info = answered("get the version", client.apiserver_version()).await;
    let server = access::server(info.as_ref().err());
    if info.is_err() {
        let why = "without the API server nothing of the cluster is known";
        checks.extend([server, Check::not_tried(access::SECTION, "all else", why)]);
    } else if wanted.wants(Section::Access) {
        checks.push(server);
        checks.extend(access::rights(client, &wanted.namespace).await);
    }
    if let Ok(info) = &info
        && wanted.wants(Section::Version)
    {
        checks.extend(of_version(client, info).await);
    }
    if wanted.wants(Section::Helm) {
        checks.push(helm::helm().await);
    }
    if info.is_ok() {
        checks.extend(of_cluster(client, wanted, pods).await);
    }
    checks
}

async fn of_version(client: &Client, info: &Info) -> [Check; 3] {
    let groups = answered("get the API groups", client.list_api_groups()).await;
    let kubeadm = versions::kubeadm(client).await;
    [version::version(info), version::groups(&groups), version::kubeadm(&kubeadm)]
}

async fn of_cluster(client: &Client, wanted: &Wanted, pods: &Pods) -> Vec<Check> {
    let (machines, ports) = (told_machines(client, wanted).await, told_ports(client, wanted).await);
    let mut checks = Vec::new();
    if wanted.wants(Section::Gateway) {
        checks.extend(of_gateway(client, wanted, &ports).await);
    }
    if wanted.wants_any(&[Section::Nodes, Section::Agents]) {
        let reading = read(client, &wanted.namespace, &selector(&wanted.settings)).await;
        if wanted.wants(Section::Nodes) {
            checks.extend(of_nodes(&machines, &reading));
        }
        if wanted.wants(Section::Agents) {
            checks.extend(agents::agents(&reading));
        }
    }
    if wanted.wants(Section::Settings) {
        checks.extend(settings::settings(&wanted.settings, wanted.external_nodes));
        checks.extend(node_ports::node_ports(&ports, &wanted.gateway_namespace));
    }
    if wanted.wants(Section::Ports) {
        let node_ports = in_use(client, &ports).await;
        checks.extend(of_ports(client, wanted, &machines, &node_ports, pods).await);
    }
    checks
}

async fn of_gateway(
    client: &Client,
    wanted: &Wanted,
    ports: &Result<Vec<NodePort>, String>,
) -> [Check; 2] {
    let namespace = &wanted.gateway_namespace;
    let service = gateway::service(ports, namespace);
    let checks = [service, gateway::pods(client, ports, namespace).await];
    let is_free = ports.as_ref().is_ok_and(|all| all.iter().all(|it| it.port != GATEWAY_PORT));
    if is_free && wanted.settings.pass_the_gateway_by() {
        return checks.map(gateway::unless_passed_by);
    }
    checks
}

async fn told_machines(client: &Client, wanted: &Wanted) -> Result<Vec<Machine>, String> {
    if !wanted.wants_any(&[Section::Nodes, Section::Ports]) {
        return Ok(Vec::new());
    }
    machines(client).await.map_err(|trouble| one_line(&trouble))
}

async fn told_ports(client: &Client, wanted: &Wanted) -> Result<Vec<NodePort>, String> {
    if !wanted.wants_any(&[Section::Gateway, Section::Settings, Section::Ports]) {
        return Ok(Vec::new());
    }
    all_node_ports(client, None).await.map_err(|trouble| one_line(&trouble))
}

/// The labels of the nodes that count.
fn selector(settings: &Settings) -> Labels {
    match settings {
        Settings::Known(spec) => spec.node_selector.clone(),
        Settings::Nowhere | Settings::Unknown(_) => Labels::new(),
    }
}

fn of_nodes(
    machines: &Result<Vec<Machine>, String>,
    reading: &Result<Reading, ReadError>,
) -> Vec<Check> {
    let machines = match machines {
        Ok(machines) => machines,
        Err(why) => return vec![Check::not_tried(nodes::SECTION, "nodes", why)],
    };
    let roll = reading.as_ref().ok().map(|reading| &reading.roll);
    let counting: Vec<&Machine> = machines.iter().filter(|machine| counts(machine, roll)).collect();
    let inventories = match reading {
        Ok(Reading { state, .. }) => {
            let snapshot = state.snapshot();
            let members = snapshot.members().iter();
            let ids: BTreeMap<String, String> =
                members.map(|member| (member.name.to_owned(), member.id().to_owned())).collect();
            Ok(ids)
        }
        Err(error) => Err(one_line(error)),
    };
    nodes::nodes(&counting, &inventories)
}

/// Whether the node is one that AIOS is to be told of.
fn counts(machine: &Machine, roll: Option<&Roll>) -> bool {
    let exclusion = roll.and_then(|roll| roll.not_counted.get(machine.name.as_str()));
    machine.is_linux && exclusion != Some(&Exclusion::NotSelected)
}

async fn of_ports(
    client: &Client,
    wanted: &Wanted,
    machines: &Result<Vec<Machine>, String>,
    node_ports: &NodePorts,
    pods: &Pods,
) -> Vec<Check> {
    let mut checks = here(machines, node_ports, wanted.external_nodes, wanted.limit).await;
    if let Some(how) = &wanted.within {
        checks.extend(within(client, machines, node_ports, how, pods).await);
    }
    checks
}
