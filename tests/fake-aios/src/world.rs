//! All that the services share, and the texts with which one tells of another.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::{Instant, SystemTime};

use axum::body::Bytes;
use serde_json::Value;
use tokio::sync::watch;

use crate::addons::Addons;
use crate::clusters::{Clusters, Refused};
use crate::fault::{Faults, Outage, Weather};
use crate::membership::{Change, Nodes};
use crate::policy::Policies;
use crate::route::{Route, Service};
use crate::tasks::Tasks;

/// A request that was received.
#[derive(Clone, Debug)]
pub struct Received {
    /// By which service.
    pub service: Service,
    /// Which route it took; absent where there was none.
    pub route: Option<Route>,
    /// In upper case.
    pub method: String,
    /// As it was sent, without the query.
    pub path: String,
    /// As it was sent.
    pub body: Bytes,
    /// When it had been read whole.
    pub at: SystemTime,
}

impl Received {
    /// The body as JSON, where it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A change of a stored cluster.
#[derive(Clone, Debug)]
pub struct Changed {
    /// By which route a client made it; absent where it happened without one.
    pub route: Option<Route>,
    /// The cluster's id.
    pub id: String,
    /// As it was stored before; absent where it was not.
    pub before: Option<Value>,
    /// As it is stored now; absent where it is not.
    pub after: Option<Value>,
}

/// Which services are stopped.
#[derive(Debug, Default)]
pub(crate) struct Switches(BTreeMap<Service, watch::Sender<bool>>);

impl Switches {
    pub(crate) fn set(&mut self, service: Service, stopped: bool) {
        self.0.entry(service).or_default().send_replace(stopped);
    }

    pub(crate) fn is_stopped(&self, service: Service) -> bool {
        self.0.get(&service).is_some_and(|stopped| *stopped.borrow())
    }

    /// Follows whether a service is stopped.
    pub(crate) fn watch(&mut self, service: Service) -> watch::Receiver<bool> {
        self.0.entry(service).or_default().subscribe()
    }
}

/// Where each service listens.
pub(crate) type Addresses = BTreeMap<Service, SocketAddr>;

/// All that is stored and set.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub addresses: Addresses,
    pub clusters: Clusters,
    pub policies: Policies,
    pub tasks: Tasks,
    pub addons: Addons,
    pub faults: Faults,
    pub switches: Switches,
    /// Each cluster's Kubernetes nodes, as its membership service would list them.
    pub nodes: BTreeMap<String, Nodes>,
    /// What happens right before each of the next updates of a cluster.
    pub before_update: BTreeMap<String, VecDeque<Vec<Change>>>,
    /// Whether clusters let nodes join.
    pub nodes_denied: bool,
    /// Whether the clusters' API servers answer the gateway.
    pub kubernetes_down: bool,
    pub received: Vec<Received>,
    /// The changes that nobody has taken yet; absent where nobody wants them.
    pub changes: Option<Vec<Changed>>,
}

impl World {
    /// Does something, and notes which clusters it changes, where somebody wants to know.
    pub(crate) fn noting<T>(
        &mut self,
        route: Option<Route>,
        does: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if self.changes.is_none() {
            return does(self);
        }
        let before = self.clusters.raw().to_vec();
        let done = does(self);
        let changed = changed(route, &before, self.clusters.raw());
        self.changes.get_or_insert_default().extend(changed);
        done
    }

    /// `127.0.0.1:3000`, as it stands in texts.
    pub(crate) fn address(&self, service: Service) -> String {
        self.addresses.get(&service).map(ToString::to_string).unwrap_or_default()
    }

    /// Does something at the registry as the gateway does it; what went wrong is a text.
    pub(crate) fn at_registry<T>(
        &mut self,
        weather: &Weather,
        path: &str,
        call: impl FnOnce(&mut Clusters) -> Result<T, Refused>,
    ) -> Result<T, String> {
        if weather.is_down(Service::Registry) {
            return Err(format!("Error occurred: {}", self.unreachable(Service::Registry, path)));
        }
        let called = if weather.has(Outage::Database) {
            Err(database_down())
        } else {
            call(&mut self.clusters)
        };
        called.map_err(|refused| self.http_error(refused.status(), path))
    }

    /// What Python's requests say of an answer of the registry.
    fn http_error(&self, status: u16, path: &str) -> String {
        let what = match status {
            404 => "404 Client Error: Not Found",
            413 => "413 Client Error: Payload Too Large",
            _ => "500 Server Error: Internal Server Error",
        };
        format!(
            "HTTP error occurred: {what} for url: http://{}{path}",
            self.address(Service::Registry)
        )
    }

    /// What Python's requests say where a service is down.
    pub(crate) fn unreachable(&self, service: Service, path: &str) -> String {
        let Some(address) = self.addresses.get(&service) else { return String::new() };
        connection_refused(&address.ip().to_string(), address.port(), path)
    }

    /// Lets the tasks that are due be done.
    pub(crate) fn settle(&mut self, now: Instant) {
        for change in self.tasks.settle(now) {
            // A cluster that is gone by now has no addresses to keep.
            let _ = self.clusters.update(&change.cluster_id, &change.update);
        }
    }
}

/// The clusters that differ.
fn changed(route: Option<Route>, before: &[Value], after: &[Value]) -> Vec<Changed> {
    let id = |cluster: &Value| cluster.get("id").and_then(Value::as_str).map(str::to_owned);
    let ids: BTreeSet<String> = before.iter().chain(after).filter_map(id).collect();
    let of = |clusters: &[Value], wanted: &str| {
        clusters.iter().find(|cluster| id(cluster).as_deref() == Some(wanted)).cloned()
    };
    let all = ids.into_iter().map(|id| Changed {
        route,
        before: of(before, &id),
        after: of(after, &id),
        id,
    });
    all.filter(|change| change.before != change.after).collect()
}

/// What the database's absence is to the registry.
pub(crate) fn database_down() -> Refused {
    Refused::Failed("Operation `clusters.insertOne()` buffering timed out after 10000ms".to_owned())
}

/// urllib3's long way to say that nobody listens.
pub(crate) fn connection_refused(host: &str, port: u16, path: &str) -> String {
    format!(
        "HTTPConnectionPool(host='{host}', port={port}): Max retries exceeded with url: {path} (Caused by \
         NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f0000000000>: Failed to \
         establish a new connection: [Errno 111] Connection refused'))"
    )
}

/// `{"success": …, "data": …}`.
pub(crate) fn outcome(success: bool, data: impl Into<Value>) -> Value {
    let data = data.into();
    serde_json::json!({"success": success, "data": data})
}
