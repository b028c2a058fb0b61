//! Hyper-V's synthetic interfaces: each may have a twin, the virtual function that carries its
//! traffic (kernel: `device_drivers/ethernet/microsoft/netvsc.rst` of Documentation/networking).

use std::collections::BTreeSet;

use super::interface::Interface;

/// The driver of synthetic interfaces.
const DRIVER: &str = "hv_netvsc";

/// The synthetic interfaces of a host.
#[derive(Debug, Default)]
pub(super) struct Synthetic {
    names: BTreeSet<String>,
    macs: BTreeSet<String>,
}

impl Synthetic {
    /// Those among `interfaces`. One alone has no twin, and is not asked.
    pub(super) fn among(interfaces: &[&Interface]) -> Self {
        let mut synthetic = Self::default();
        if interfaces.len() < 2 {
            return synthetic;
        }
        let is_synthetic = |interface: &&&Interface| interface.driver().as_deref() == Some(DRIVER);
        for interface in interfaces.iter().filter(is_synthetic) {
            synthetic.names.insert(interface.device.name().to_owned());
            synthetic.macs.extend(interface.mac());
        }
        synthetic
    }

    /// Whether the interface is the twin of one of these. The two share their MAC before they are
    /// joined, too.
    pub(super) fn has_twin(&self, interface: &Interface) -> bool {
        if self.names.is_empty() || self.names.contains(interface.device.name()) {
            return false;
        }
        let is_joined = interface.master().is_some_and(|master| self.names.contains(&master));
        is_joined || interface.mac().is_some_and(|mac| self.macs.contains(&mac))
    }
}
