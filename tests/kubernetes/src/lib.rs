//! A real Kubernetes for the tests: etcd and an API server, what the chart installs into it, nodes
//! that are only objects, and a proxy that fails on demand.
//!
//! The binaries come from the folder that `KUBEBUILDER_ASSETS` names; `tests/run api` builds them.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "what goes wrong here fails the test that uses it"
)]

pub mod account;
pub mod assets;
pub mod audit;
pub mod certificates;
pub mod chart;
mod child;
pub mod control_plane;
pub mod judge;
pub mod kubelet;
pub mod manifests;
pub mod node;
pub mod proxy;
pub mod wait;

pub use control_plane::ControlPlane;
pub use node::SimulatedNode;
