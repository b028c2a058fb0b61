//! What the onboarding page asks of a cluster before it is onboarded, each thing as a check.
//!
//! [`look`] asks; what is made of the answers is pure, and stands in one file for each section.

mod access;
mod agents;
mod gateway;
mod helm;
mod look;
mod node_ports;
mod nodes;
mod ports;
mod settings;
mod version;

#[cfg(test)]
mod tests;

pub use look::{Wanted, look};
pub use ports::{Image, Outcome, Pods, Within};
pub use settings::Settings;

use clap::ValueEnum;

/// A section of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Section {
    /// The API server, and what this user may do
    Access,
    /// What the API server serves, and whether kubeadm set it up
    Version,
    /// Helm on this machine
    Helm,
    /// The Ambassador gateway
    Gateway,
    /// The nodes and their ids
    Nodes,
    /// The agents and what they report
    Agents,
    /// The profile's settings, and the ports that AIOS takes
    Settings,
    /// Ports that can be reached, and that should not
    Ports,
}
