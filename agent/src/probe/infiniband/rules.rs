//! The rules by which a port of an InfiniBand device is not counted, in their order.

use inventory_common::Rule;

use super::adapter::{Adapter, AdapterPort, LinkLayer};
use crate::probe::class::Place;

/// What a rule looks at that holds for all ports of an adapter.
type Applies = fn(&Adapter) -> bool;

const ADAPTER: &[(Rule, Applies)] = &[
    (Rule::Virtual, |adapter| adapter.place.as_ref().is_some_and(Place::is_virtual)),
    (Rule::Vf, |adapter| adapter.has_physical_function()),
    (Rule::SubFunction, |adapter| adapter.is_sub_function()),
    (Rule::Usb, |adapter| adapter.place.as_ref().is_some_and(|place| place.has_numbered("usb"))),
];

/// What a rule looks at that holds for one port.
type AppliesToPort = fn(&AdapterPort) -> bool;

/// The rules after [`ADAPTER`].
const PORT: &[(Rule, AppliesToPort)] = &[
    (Rule::SamePort, is_view_of_netdev),
    (Rule::Management, |port| {
        port.link_layer() == LinkLayer::InfiniBand && port.adapter.is_switch_management()
    }),
    (Rule::OtherFabric, |port| port.link_layer() == LinkLayer::Other),
];

/// The first rule by which no port of the adapter is counted.
pub(super) fn of_adapter(adapter: &Adapter) -> Option<Rule> {
    ADAPTER.iter().find(|(_, applies)| applies(adapter)).map(|(rule, _)| *rule)
}

/// The first rule by which the port is not counted.
pub(super) fn first(port: &AdapterPort) -> Option<Rule> {
    let of_port = || PORT.iter().find(|(_, applies)| applies(port)).map(|(rule, _)| *rule);
    of_adapter(port.adapter).or_else(of_port)
}

/// A RoCE port is the Ethernet port on the same function. Where that one is in another network
/// namespace, the RoCE port stands for it.
fn is_view_of_netdev(port: &AdapterPort) -> bool {
    port.link_layer() == LinkLayer::Ethernet && !port.adapter.has_netdev_elsewhere()
}
