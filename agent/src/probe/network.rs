//! The node's network ports, from three sources that only make sense together: a network device
//! and an InfiniBand device may be two views of one port, and a PCI function without either is a
//! port that cannot be seen from here.

pub mod hidden;

use inventory_common::{Port, ProbeName, Stated};

use super::carriers::Carriers;
use super::{Probed, Report, Seen, class, infiniband, net, pci};
use crate::host::HostRoot;

/// Every port, counted or not, each list in canonical order.
#[derive(Debug)]
pub struct Network {
    /// Network devices. The outcome is that of the hidden ports too.
    pub net: Probed<Vec<Seen<Port>>>,
    /// Ports of InfiniBand and RoCE devices.
    pub infiniband: Probed<Vec<Seen<Port>>>,
    /// PCI functions whose ports are not to be seen.
    pub hidden: Vec<Seen<Port>>,
}

/// Every port of the node. `functions` are those that the PCI probe found, of any class.
///
/// Both class folders may be absent; a port whose kind or link cannot be read makes its probe
/// partial, and so does a port in another network namespace.
#[must_use]
pub fn probe(root: &HostRoot, stated: &Stated, functions: &[pci::Function]) -> Network {
    let interfaces = net::entries(root);
    let adapters = class::entries(root, infiniband::CLASS);
    let netdevs = Carriers::of_class(&interfaces, "net");
    let fabric = Carriers::of_class(&adapters, "infiniband");

    let mut report = Report::new(ProbeName::Infiniband);
    let ports =
        adapters.map(|entries| infiniband::ports(root, entries, stated, functions, &mut report));
    let infiniband = report.listed(ports);

    let mut report = Report::new(ProbeName::Net);
    let ports = interfaces.map(|entries| net::ports(root, entries, stated, &fabric, &mut report));
    let is_seen = |function: &pci::Function| {
        let place = function.place();
        place.is_some_and(|place| netdevs.is_any_below(place) || fabric.is_any_below(place))
    };
    let unseen = functions.iter().filter(|function| !is_seen(function));
    // A tree without the class folder shows nobody's ports, so none of them is elsewhere.
    let hidden = match ports {
        Ok(_) => hidden::ports(root, unseen, stated, &mut report),
        Err(_) => Vec::new(),
    };
    Network { net: report.listed(ports), infiniband, hidden }
}

#[cfg(test)]
mod tests;
