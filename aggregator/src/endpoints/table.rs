//! Every service that the onboarding page names, and those that AIOS's code opens beside it.

/// Who expects an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The page: it comes with the cluster's infrastructure.
    Page,
    /// AIOS's code, which opens it beside those of the page.
    Code,
    /// Nobody, unless its add-on is installed.
    AddOn,
}

/// What is spoken at an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// HTTP.
    Http,
    /// Something else, or nobody knows: a connection is enough.
    Anything,
}

/// A service of AIOS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// What it is called here.
    pub name: &'static str,
    /// Who expects it.
    pub need: Need,
    /// Its ports on every node. Where there are several, page and code differ, and one is enough.
    pub node_ports: &'static [u16],
    /// Its path at the gateway; absent where the page gives it none.
    pub suffix: Option<&'static str>,
    /// What is spoken there.
    pub speaks: Speaks,
    /// The namespace of its Service, where AIOS makes it.
    pub namespace: &'static str,
    /// The Service's name, with `<cluster-id>` for the cluster's id.
    pub service: &'static str,
}

/// What stands for the cluster's id in a Service's name.
pub const ID: &str = "<cluster-id>";

/// The port of the gateway on every node.
pub const GATEWAY_PORT: u16 = 32000;

/// The Service that AIOS puts in front of most of a cluster's services.
const CONTROLLER: (&str, &str) = ("controllers", "<cluster-id>-controller-svc");

const fn page(
    name: &'static str,
    node_ports: &'static [u16],
    suffix: &'static str,
    (namespace, service): (&'static str, &'static str),
) -> Endpoint {
    let suffix = Some(suffix);
    Endpoint {
        name,
        need: Need::Page,
        node_ports,
        suffix,
        speaks: Speaks::Http,
        namespace,
        service,
    }
}

const fn code(
    name: &'static str,
    node_ports: &'static [u16],
    (namespace, service): (&'static str, &'static str),
) -> Endpoint {
    let (need, speaks) = (Need::Code, Speaks::Anything);
    Endpoint { name, need, node_ports, suffix: None, speaks, namespace, service }
}

const fn add_on(
    name: &'static str,
    node_ports: &'static [u16],
    speaks: Speaks,
    namespace: &'static str,
) -> Endpoint {
    Endpoint { name, need: Need::AddOn, node_ports, suffix: None, speaks, namespace, service: "" }
}

/// All of them, in the page's order.
pub const AIOS: [Endpoint; 13] = [
    page("cluster", &[32300], "/controller", CONTROLLER),
    page("metrics", &[32301], "/metrics", ("metrics", "metrics-writer-svc")),
    page("blocks", &[32302], "/blocks", CONTROLLER),
    // On the page it is Ambassador, and AIOS's code puts a proxy for gRPC there.
    Endpoint {
        speaks: Speaks::Anything,
        ..page("gateway", &[GATEWAY_PORT], "/", ("ambassador", "ambassador"))
    },
    page("management", &[32303], "/mgmt", CONTROLLER),
    code("monitoring", &[32304], CONTROLLER),
    code("health", &[32305], CONTROLLER),
    code("membership", &[30501], ("controllers", "membership-server-svc")),
    add_on("policy-executor", &[32380, 30900], Speaks::Http, "policies-system"),
    add_on("assets-registry", &[32390, 31700], Speaks::Http, ""),
    add_on("model-split-runner", &[32286, 31701], Speaks::Http, ""),
    add_on("inference-grpc", &[31500], Speaks::Anything, "inference-server"),
    add_on("inference-rest", &[31501], Speaks::Http, "inference-server"),
];

/// The endpoint of this name; absent where there is none.
#[must_use]
pub fn named(name: &str) -> Option<&'static Endpoint> {
    AIOS.iter().find(|endpoint| endpoint.name == name)
}

impl Endpoint {
    /// The Service that AIOS makes for it, as `namespace/name`; absent where nobody knows.
    #[must_use]
    pub fn usual_service(&self, cluster_id: Option<&str>) -> Option<String> {
        if self.service.is_empty() {
            return None;
        }
        let service = self.service.replace(ID, cluster_id.unwrap_or(ID));
        Some(format!("{}/{service}", self.namespace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_s_ports_and_suffixes_are_all_there() {
        let of_page: Vec<(u16, &str)> =
            AIOS.iter().filter_map(|it| Some((*it.node_ports.first()?, it.suffix?))).collect();
        let page = [
            (32300, "/controller"),
            (32301, "/metrics"),
            (32302, "/blocks"),
            (32000, "/"),
            (32303, "/mgmt"),
        ];
        assert_eq!(of_page, page);
        let add_ons: Vec<u16> = AIOS
            .iter()
            .filter(|it| it.need == Need::AddOn)
            .flat_map(|it| it.node_ports.iter().copied())
            .collect();
        assert_eq!(add_ons, [32380, 30900, 32390, 31700, 32286, 31701, 31500, 31501]);
    }

    #[test]
    fn names_and_ports_are_there_once() {
        let mut names: Vec<&str> = AIOS.iter().map(|it| it.name).collect();
        let mut ports: Vec<u16> = AIOS.iter().flat_map(|it| it.node_ports.to_vec()).collect();
        let (all_names, all_ports) = (names.len(), ports.len());
        names.sort_unstable();
        names.dedup();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!((names.len(), ports.len()), (all_names, all_ports));
    }

    #[test]
    fn the_usual_service_has_the_cluster_s_id_in_its_name() {
        let cluster = named("cluster").unwrap();
        let usual = cluster.usual_service(Some("west"));
        assert_eq!(usual.as_deref(), Some("controllers/west-controller-svc"));
        let unknown = cluster.usual_service(None);
        assert_eq!(unknown.as_deref(), Some("controllers/<cluster-id>-controller-svc"));
        assert_eq!(named("assets-registry").unwrap().usual_service(None), None);
    }
}
