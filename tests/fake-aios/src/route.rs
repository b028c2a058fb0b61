//! The services and all their routes, in one table.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// One of AIOS's services, each on a port of its own.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Takes the onboarding document; 8000 in AIOS.
    Parser,
    /// The cluster controller gateway; 5000 in AIOS.
    Gateway,
    /// The clusters registry; 3000 in AIOS.
    Registry,
    /// What became of the infrastructure; 8000 in AIOS.
    Tasks,
    /// The service inside a cluster that adds and removes nodes; here one for all clusters, each
    /// below `/<cluster id>`.
    Membership,
    /// The registries of the add-ons; here one for all five kinds, which are services of their own in
    /// AIOS.
    Addons,
    /// Not one of AIOS's: sets faults from outside.
    Control,
}

impl Service {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::Parser,
        Self::Gateway,
        Self::Registry,
        Self::Tasks,
        Self::Membership,
        Self::Addons,
        Self::Control,
    ];

    /// As it is called in lists and addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Parser => "parser",
            Self::Gateway => "gateway",
            Self::Registry => "registry",
            Self::Tasks => "tasks",
            Self::Membership => "membership",
            Self::Addons => "addons",
            Self::Control => "control",
        }
    }
}

/// What a request asks for. A route may exist at several services.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Route {
    /// The Parser's, the gateway's or the registry's way to store a new cluster.
    Create,
    /// One cluster.
    Read,
    /// A change of one cluster.
    Update,
    /// Its end.
    Delete,
    /// The clusters that fit a filter.
    Query,
    /// The Parser's addNode.
    AddNode,
    /// Any other action of the Parser.
    Action,
    /// The map of pre-check policies is changed.
    SetPolicies,
    /// The map of pre-check policies is read.
    GetPolicies,
    /// create-cluster-infra.
    CreateInfra,
    /// remove-cluster-infra.
    RemoveInfra,
    /// One task.
    Task,
    /// The tasks of a type.
    Tasks,
    /// The nodes are read anew.
    Sync,
    /// A node joins.
    Join,
    /// A node goes.
    Remove,
    /// Whether a node might join.
    PreCheck,
    /// Whether a node might join, asked at the gateway.
    DryRun,
    /// The registry's broken groups.
    Groups,
    /// An add-on is registered.
    Register,
    /// One add-on's entry.
    Entry,
    /// The entries of a kind of add-on.
    Entries,
    /// A policy executor's infrastructure is made or removed.
    ExecutorInfra,
    /// Faults are set.
    SetFault,
    /// Faults are cleared.
    ClearFaults,
    /// A service is stopped or started, or another switch of the control endpoint is turned.
    Switch,
    /// What is stored, or what was received, is listed.
    List,
}

type Entry = (Service, &'static str, &'static str, Route);

/// Every route; `*` stands for one segment. Literal paths stand before those that also fit them.
const TABLE: &[Entry] = &[
    (Service::Parser, "POST", "/api/createCluster", Route::Create),
    (Service::Parser, "POST", "/api/addNode", Route::AddNode),
    (Service::Parser, "POST", "/api/*", Route::Action),
    (Service::Gateway, "POST", "/clusters/create", Route::Create),
    (Service::Gateway, "GET", "/clusters/read/*", Route::Read),
    (Service::Gateway, "PUT", "/clusters/update/*", Route::Update),
    (Service::Gateway, "DELETE", "/clusters/delete/*", Route::Delete),
    (Service::Gateway, "POST", "/clusters/query", Route::Query),
    (Service::Gateway, "POST", "/pre-check-policies/update", Route::SetPolicies),
    (Service::Gateway, "GET", "/pre-check-policies/get", Route::GetPolicies),
    (Service::Gateway, "POST", "/create-cluster-infra", Route::CreateInfra),
    (Service::Gateway, "POST", "/remove-cluster-infra", Route::RemoveInfra),
    (Service::Gateway, "GET", "/sync-cluster/*", Route::Sync),
    (Service::Gateway, "POST", "/join-node/*", Route::Join),
    (Service::Gateway, "POST", "/remove-node/*", Route::Remove),
    (Service::Gateway, "POST", "/pre-checks/*", Route::PreCheck),
    (Service::Gateway, "POST", "/dry_run/*", Route::DryRun),
    (Service::Registry, "POST", "/clusters/query", Route::Query),
    (Service::Registry, "POST", "/clusters", Route::Create),
    (Service::Registry, "GET", "/clusters/*", Route::Read),
    (Service::Registry, "PUT", "/clusters/*", Route::Update),
    (Service::Registry, "DELETE", "/clusters/*", Route::Delete),
    (Service::Registry, "GET", "/groups", Route::Groups),
    (Service::Registry, "POST", "/groups", Route::Groups),
    (Service::Tasks, "GET", "/task/*", Route::Task),
    (Service::Tasks, "GET", "/tasks", Route::Tasks),
    (Service::Membership, "GET", "/*/sync-cluster", Route::Sync),
    (Service::Membership, "POST", "/*/join-node", Route::Join),
    (Service::Membership, "POST", "/*/remove-node", Route::Remove),
    (Service::Membership, "POST", "/*/pre-checks/add-node", Route::PreCheck),
    (Service::Addons, "POST", "/container_registry", Route::Register),
    (Service::Addons, "POST", "/container_registries", Route::Entries),
    (Service::Addons, "GET", "/container_registry/*", Route::Entry),
    (Service::Addons, "PUT", "/container_registry/*", Route::Entry),
    (Service::Addons, "DELETE", "/container_registry/*", Route::Entry),
    (Service::Addons, "POST", "/asset_registry", Route::Register),
    (Service::Addons, "POST", "/asset_registries", Route::Entries),
    (Service::Addons, "GET", "/asset_registry/*", Route::Entry),
    (Service::Addons, "PUT", "/asset_registry/*", Route::Entry),
    (Service::Addons, "DELETE", "/asset_registry/*", Route::Entry),
    (Service::Addons, "POST", "/inference_server", Route::Register),
    (Service::Addons, "POST", "/inference_servers", Route::Entries),
    (Service::Addons, "GET", "/inference_server/*", Route::Entry),
    (Service::Addons, "PUT", "/inference_server/*", Route::Entry),
    (Service::Addons, "DELETE", "/inference_server/*", Route::Entry),
    (Service::Addons, "POST", "/split-runner", Route::Register),
    (Service::Addons, "POST", "/split-runners", Route::Entries),
    (Service::Addons, "GET", "/split-runner/*", Route::Entry),
    (Service::Addons, "PUT", "/split-runner/*", Route::Entry),
    (Service::Addons, "DELETE", "/split-runner/*", Route::Entry),
    (Service::Addons, "POST", "/executor", Route::Register),
    (Service::Addons, "POST", "/executor/query", Route::Entries),
    (Service::Addons, "GET", "/executor/*", Route::Entry),
    (Service::Addons, "DELETE", "/executor/*", Route::Entry),
    (Service::Addons, "POST", "/executor/*/create-infra", Route::ExecutorInfra),
    (Service::Addons, "DELETE", "/executor/*/remove-infra", Route::ExecutorInfra),
    (Service::Control, "POST", "/faults", Route::SetFault),
    (Service::Control, "DELETE", "/faults", Route::ClearFaults),
    (Service::Control, "POST", "/membership/*/*", Route::Switch),
    (Service::Control, "POST", "/services/*/*", Route::Switch),
    (Service::Control, "GET", "/*", Route::List),
];

/// Where a method and a path lead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Destination {
    /// With what stood in the places of the stars.
    Route(Route, Vec<String>),
    /// The path is known with these methods.
    OtherMethods(String),
    Nowhere,
}

pub(crate) fn find(service: Service, method: &str, path: &str) -> Destination {
    let segments = segments(service, path);
    let method = if method == "HEAD" { "GET" } else { method };
    let here = TABLE.iter().filter(|entry| entry.0 == service);
    let fitting = here.filter_map(|entry| Some((entry, arguments(entry.2, &segments)?)));
    match fitting.clone().find(|(entry, _)| entry.1 == method) {
        Some((entry, arguments)) => Destination::Route(entry.3, arguments),
        None => other_methods(fitting.map(|(entry, _)| entry.1)),
    }
}

fn other_methods<'a>(methods: impl Iterator<Item = &'a str>) -> Destination {
    let mut methods: Vec<_> = methods.collect();
    if methods.is_empty() {
        return Destination::Nowhere;
    }
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.sort_unstable();
    methods.dedup();
    Destination::OtherMethods(methods.join(", "))
}

/// Flask decodes a path and then cuts it, so that an escaped slash cuts too; Express cuts first, and
/// takes a slash at the end for nothing.
fn segments(service: Service, path: &str) -> Vec<String> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    if service == Service::Registry {
        return path.trim_end_matches('/').split('/').map(decoded).collect();
    }
    decoded(path).split('/').map(str::to_owned).collect()
}

fn arguments(pattern: &str, segments: &[String]) -> Option<Vec<String>> {
    let pattern: Vec<_> = pattern.split('/').collect();
    let fits = |(pattern, segment): (&&str, &String)| match *pattern {
        "*" => !segment.is_empty(),
        literal => literal == segment,
    };
    if pattern.len() != segments.len() || !pattern.iter().zip(segments).all(fits) {
        return None;
    }
    let starred = pattern.iter().zip(segments).filter(|(pattern, _)| **pattern == "*");
    Some(starred.map(|(_, segment)| segment.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(route: Route, arguments: &[&str]) -> Destination {
        Destination::Route(route, arguments.iter().map(|&text| text.to_owned()).collect())
    }

    #[test]
    fn requests_find_their_route() {
        let cases = [
            (Service::Parser, "POST", "/api/createCluster", route(Route::Create, &[])),
            (Service::Parser, "POST", "/api/other", route(Route::Action, &["other"])),
            (Service::Parser, "POST", "/api/createCluster/", Destination::Nowhere),
            (
                Service::Parser,
                "GET",
                "/api/createCluster",
                Destination::OtherMethods("OPTIONS, POST".to_owned()),
            ),
            (Service::Gateway, "HEAD", "/clusters/read/a%20b", route(Route::Read, &["a b"])),
            (Service::Gateway, "GET", "/clusters/read/a%2Fb", Destination::Nowhere),
            (Service::Gateway, "GET", "/clusters/read/a%252Fb", route(Route::Read, &["a%2Fb"])),
            (Service::Registry, "GET", "/clusters/a%2Fb", route(Route::Read, &["a/b"])),
            (Service::Registry, "POST", "/clusters/query", route(Route::Query, &[])),
        ];
        for (service, method, path, destination) in cases {
            assert_eq!(find(service, method, path), destination, "{method} {path}");
        }
    }
}
