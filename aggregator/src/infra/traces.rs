//! The objects that AIOS's infrastructure consists of, by its public code, and what of them a cluster
//! shows.

mod look;

use std::fmt;

use serde::Serialize;

use crate::aios::ClusterId;

pub use look::look;

/// What kind an object is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// A `Namespace`.
    Namespace,
    /// A `Deployment`.
    Deployment,
    /// A `DaemonSet`.
    DaemonSet,
    /// A `Service`.
    Service,
    /// A `ClusterRoleBinding` of a default `ServiceAccount` to cluster-admin.
    ClusterRoleBinding,
    /// A `Role`.
    Role,
    /// A `RoleBinding`.
    RoleBinding,
}

/// What becomes of an object when AIOS removes its infrastructure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// AIOS deletes it.
    Removed,
    /// AIOS leaves it behind.
    Left,
}

/// An object that AIOS makes. In its name `{}` stands for the cluster's id.
#[derive(Clone, Copy, Debug)]
pub struct Trace {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace; empty where it is in none.
    pub namespace: &'static str,
    name: &'static str,
    /// What becomes of it.
    pub fate: Fate,
}

use Fate::{Left, Removed};
use Kind::{ClusterRoleBinding, DaemonSet, Deployment, Namespace, Role, RoleBinding, Service};

const fn trace(kind: Kind, namespace: &'static str, name: &'static str, fate: Fate) -> Trace {
    Trace { kind, namespace, name, fate }
}

/// Where join tokens are made, and by what right.
pub const TOKEN_WRITER: (&str, &str) = ("kube-system", "bootstrap-token-writer");

/// Every object, in the order in which it can be taken away again: what gives rights first.
pub const TRACES: &[Trace] = &[
    trace(ClusterRoleBinding, "", "blocks-ns", Left),
    trace(ClusterRoleBinding, "", "controllers-ns", Left),
    trace(ClusterRoleBinding, "", "metrics-ns", Left),
    trace(ClusterRoleBinding, "", "vdags-ns", Left),
    trace(ClusterRoleBinding, "", "default-ns", Left),
    trace(RoleBinding, "kube-system", "bootstrap-token-writer-binding", Left),
    trace(Role, "kube-system", "bootstrap-token-writer", Left),
    trace(Deployment, "metrics", "cluster-metrics", Removed),
    trace(Service, "metrics", "cluster-metrics-svc", Removed),
    trace(Deployment, "metrics", "metrics-writer", Removed),
    trace(Service, "metrics", "metrics-writer-svc", Removed),
    trace(DaemonSet, "metrics", "metrics-collector", Removed),
    trace(Deployment, "controllers", "{}-controller", Removed),
    trace(Service, "controllers", "{}-controller-svc", Removed),
    trace(Deployment, "controllers", "membership-server", Removed),
    trace(Service, "controllers", "membership-server-svc", Removed),
    trace(Deployment, "controllers", "grpc-proxy", Removed),
    trace(Service, "controllers", "grpc-proxy", Removed),
    trace(Namespace, "", "metrics", Removed),
    trace(Namespace, "", "controllers", Left),
    trace(Namespace, "", "blocks", Left),
    trace(Namespace, "", "vdags", Left),
];

impl Trace {
    /// What it is called in this cluster.
    #[must_use]
    pub fn name(&self, id: &ClusterId) -> String {
        self.name.replace("{}", id.as_str())
    }
}

/// How an object stands in a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is there, and does what it should as far as it tells.
    There,
    /// It is there, and does not do what it should yet, for this reason.
    NotReady(String),
    /// It is there under this name, and is somebody else's.
    Foreign(String),
    /// It is there, and is being deleted.
    Ending,
    /// It is not there.
    Absent,
    /// Whether it is there may not be read.
    Unreadable(String),
    /// The API server does not answer.
    Silent(String),
}

impl Seen {
    /// In one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::There => "there",
            Self::NotReady(_) => "not ready",
            Self::Foreign(_) => "not AIOS's",
            Self::Ending => "ending",
            Self::Absent => "absent",
            Self::Unreadable(_) | Self::Silent(_) => "not readable",
        }
    }

    /// What else is to be said.
    #[must_use]
    pub fn note(&self) -> &str {
        match self {
            Self::NotReady(note)
            | Self::Foreign(note)
            | Self::Unreadable(note)
            | Self::Silent(note) => note,
            Self::There | Self::Ending | Self::Absent => "",
        }
    }
}

/// An object that AIOS makes, as a cluster shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace; empty where it is in none.
    pub namespace: &'static str,
    /// Its name in this cluster.
    pub name: String,
    /// What becomes of it when AIOS removes its infrastructure.
    pub fate: Fate,
    /// How it stands.
    pub seen: Seen,
}

impl Found {
    /// Whether both are of one object, however it stood.
    #[must_use]
    pub fn is_of_same(&self, other: &Self) -> bool {
        (self.kind, self.namespace, &self.name) == (other.kind, other.namespace, &other.name)
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, namespace, name, .. } = self;
        match *namespace {
            "" => write!(f, "{kind} '{name}'"),
            namespace => write!(f, "{kind} '{namespace}/{name}'"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
