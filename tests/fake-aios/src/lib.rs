//! A stand-in for AIOS's services, for tests.
//!
//! [`FakeAios::start`] brings up a Parser, a cluster controller gateway, a clusters registry, a tasks
//! service and a membership service, each on a port of its own, which answer as the real ones were seen
//! to answer: with their refusals, silent drops, coercions and limits. What goes wrong on the way is set
//! with [`FakeAios::inject`], what happens to a stored cluster without its client with
//! [`FakeAios::change`] and [`FakeAios::before_next_update`], and [`FakeAios::received`] tells what was asked.
//!
//! All state is in one `World`; each service is one function from it and a request to an answer, and
//! only `server`, `line` and `wire` know of sockets.

mod addons;
mod answer;
mod clusters;
mod control;
mod fault;
mod gateway;
mod gateway_nodes;
mod infra;
mod line;
mod membership;
mod parser;
mod policy;
mod python;
mod query;
mod registry;
mod request;
mod route;
mod schema;
mod server;
mod size;
mod start;
mod store;
mod tasks;
mod wire;
mod world;

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

pub use crate::clusters::{LIMIT_BYTES, Refused};
pub use crate::fault::{Fault, FaultRule};
pub use crate::membership::{Change, ChangeError, Node, entry as placeholder_entry};
pub use crate::policy::{Policy, PolicyAction};
pub use crate::route::{Route, Service};
pub use crate::size::python_json_bytes;
pub use crate::start::{Options, StartError, Tls};
pub use crate::world::{Changed, Received};

use crate::server::Shared;
use crate::start::Running;
use crate::world::World;

/// The services, running in a thread of their own until this is dropped.
pub struct FakeAios {
    shared: Shared,
    parser_scheme: &'static str,
    _running: Running,
}

impl FakeAios {
    /// Starts all services. Answers once their ports are open.
    pub fn start(options: &Options) -> Result<Self, StartError> {
        let bound = start::bind(options)?;
        let tls = options.parser_tls.as_ref().map(start::acceptor).transpose()?;
        let mut world = World::default();
        world.tasks.delay = options.task_delay;
        for (&service, listener) in &bound {
            world.addresses.insert(service, listener.local_addr().map_err(StartError::Thread)?);
        }
        for (index, document) in options.clusters.iter().enumerate() {
            world
                .clusters
                .create(document)
                .map_err(|source| StartError::Cluster { index, source })?;
        }
        let shared = Shared::new(world);
        let running = Running::start(bound, tls.as_ref(), &shared).map_err(StartError::Thread)?;
        let parser_scheme = if tls.is_some() { "https" } else { "http" };
        Ok(Self { shared, parser_scheme, _running: running })
    }

    /// Where a service listens; absent where it has no port, which no service lacks.
    #[must_use]
    pub fn address(&self, service: Service) -> Option<SocketAddr> {
        self.shared.lock().addresses.get(&service).copied()
    }

    /// A service's base URL, without a slash at its end.
    #[must_use]
    pub fn url(&self, service: Service) -> String {
        let scheme = if service == Service::Parser { self.parser_scheme } else { "http" };
        format!("{scheme}://{}", self.shared.lock().address(service))
    }

    /// What a cluster's `config.urlMap.membershipServer` must be for the gateway to find this program's
    /// membership service.
    #[must_use]
    pub fn membership_url(&self, id: &str) -> String {
        infra::membership_url(&self.shared.lock(), id)
    }

    // What is stored.

    /// A cluster as the database holds it, with `_id` and `__v`, nulls and empty objects.
    #[must_use]
    pub fn stored(&self, id: &str) -> Option<Value> {
        self.shared.lock().clusters.raw_one(id).cloned()
    }

    /// All clusters as the database holds them, in the order in which they came.
    #[must_use]
    pub fn clusters(&self) -> Vec<Value> {
        self.shared.lock().clusters.raw().to_vec()
    }

    /// Puts a document into the database as it is, in place of one with its id. Nothing is checked.
    pub fn put(&self, document: Value) {
        self.shared.lock().noting(None, |world| world.clusters.put(document));
    }

    /// Takes a cluster out of the database.
    pub fn remove(&self, id: &str) -> Result<(), Refused> {
        self.shared.lock().noting(None, |world| world.clusters.delete(id)).map(drop)
    }

    // What happens without the client.

    /// Sets the Kubernetes nodes that a cluster's membership service sees when it syncs.
    pub fn set_nodes(&self, id: &str, nodes: Vec<Node>) {
        self.shared.lock().nodes.insert(id.to_owned(), nodes);
    }

    /// Lets a change of a cluster happen.
    pub fn change(&self, id: &str, change: &Change) -> Result<(), ChangeError> {
        self.shared.lock().noting(None, |world| membership::run(world, id, change))
    }

    /// Lets changes happen between a client's reading and its writing: right before the gateway carries
    /// out the next update of this cluster. What a second call gives happens before the update after
    /// that, and so on.
    pub fn before_next_update(&self, id: &str, changes: impl IntoIterator<Item = Change>) {
        let mut world = self.shared.lock();
        world
            .before_update
            .entry(id.to_owned())
            .or_default()
            .push_back(changes.into_iter().collect());
    }

    // What goes wrong.

    /// Adds a fault; see [`Fault::once`] and [`Fault::always`].
    pub fn inject(&self, rule: impl Into<FaultRule>) {
        self.shared.lock().faults.add(rule.into());
    }

    /// Forgets all faults. Stopped services stay stopped.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Sets the network's policy for an action, or takes it away.
    pub fn set_policy(&self, action: PolicyAction, policy: Option<Policy>) {
        self.shared.lock().policies.set(action, policy);
    }

    /// Puts a policy into the policy database, for a map that is set through the gateway.
    pub fn define_policy(&self, uri: &str, policy: Policy) {
        self.shared.lock().policies.define(uri.to_owned(), policy);
    }

    /// Closes a service's port, so that connections to it are refused; those that need it say so.
    /// Answers once it is closed.
    pub fn stop(&self, service: Service) {
        self.shared.lock().switches.set(service, true);
        self.wait_until(service, |open| !open);
    }

    /// Opens the port of a stopped service again. Answers once it is open.
    pub fn resume(&self, service: Service) {
        self.shared.lock().switches.set(service, false);
        self.wait_until(service, |open| open);
    }

    /// Whether the clusters' API servers answer the gateway, which create-cluster-infra needs.
    pub fn set_kubernetes_reachable(&self, reachable: bool) {
        self.shared.lock().kubernetes_down = !reachable;
    }

    /// Whether clusters let nodes join, as their dry run tells.
    pub fn set_nodes_allowed(&self, allowed: bool) {
        self.shared.lock().nodes_denied = !allowed;
    }

    /// Whether what writes the results of tasks runs; without it they stay pending.
    pub fn set_task_writer_running(&self, running: bool) {
        self.shared.lock().tasks.writer_stopped = !running;
    }

    /// Whether what is registered as an add-on answers as healthy, as some of their registries ask.
    pub fn set_addons_healthy(&self, healthy: bool) {
        self.shared.lock().addons.unhealthy = !healthy;
    }

    /// What is registered of a kind of add-on, named by its path, such as `asset_registry`.
    #[must_use]
    pub fn addons(&self, kind: &str) -> Vec<Value> {
        self.shared.lock().addons.entries(kind)
    }

    // What was changed.

    /// From now on each change of a stored cluster is noted, with what was there before and after.
    pub fn note_changes(&self) {
        self.shared.lock().changes.get_or_insert_default();
    }

    /// The changes since they were taken last, in their order; none where nobody asked for them.
    #[must_use]
    pub fn take_changes(&self) -> Vec<Changed> {
        self.shared.lock().changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    // What was asked.

    /// All requests to AIOS's services, in the order in which they had been read.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().received.clone()
    }

    /// How many requests took a route of a service.
    #[must_use]
    pub fn count(&self, service: Service, route: Route) -> usize {
        let wanted =
            |received: &&Received| (received.service, received.route) == (service, Some(route));
        self.shared.lock().received.iter().filter(wanted).count()
    }

    /// Forgets the requests.
    pub fn forget_received(&self) {
        self.shared.lock().received.clear();
    }

    /// A port follows its switch within milliseconds; should it not, the caller's own test will tell.
    fn wait_until(&self, service: Service, reached: impl Fn(bool) -> bool) {
        const LONGEST: Duration = Duration::from_secs(2);
        let Some(address) = self.address(service) else { return };
        let begin = Instant::now();
        while !reached(TcpStream::connect(address).is_ok()) && begin.elapsed() < LONGEST {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// The envelope in which the Parser takes a cluster.
#[must_use]
pub fn envelope(cluster: &Value) -> Value {
    let header = Value::Object(Map::from_iter([
        ("templateUri".to_owned(), "Parser/V1".into()),
        ("parameters".to_owned(), Value::Object(Map::new())),
    ]));
    serde_json::json!({"header": header, "body": {"spec": {"values": cluster}}})
}
