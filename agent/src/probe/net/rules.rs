//! The rules by which a network device is not counted, in their order.

use inventory_common::Rule;

use super::interface::Interface;
use super::synthetic::Synthetic;
use crate::probe::carriers::Carriers;
use crate::probe::text::is_numbered;

/// What a rule looks at that judges an interface by itself.
type Applies = fn(&Interface) -> bool;

/// The rules that judge an interface by itself. Those that need more come after them.
const ALONE: &[(Rule, Applies)] = &[
    (Rule::Virtual, |interface| interface.is_virtual),
    (Rule::Vf, |interface| interface.has_physical_function()),
    (Rule::Representor, is_representor),
    (Rule::SubFunction, |interface| interface.is_sub_function()),
    (Rule::Usb, |interface| interface.is_on_usb()),
];

/// What a rule looks at that needs to know the host's other ports.
type AppliesAmong = fn(&Interface, &Synthetic, &Carriers) -> bool;

/// The rules after [`ALONE`]. The second half of `same-port`, one port split into functions, comes
/// after these, since it looks at what counts.
const AMONG_OTHERS: &[(Rule, AppliesAmong)] = &[
    (Rule::Paired, |interface, synthetic, _| synthetic.has_twin(interface)),
    (Rule::UnknownType, |interface, _, _| interface.hardware_type().is_none()),
    (Rule::NotEthernet, |interface, _, _| !is_wired(interface)),
    (Rule::SamePort, |interface, _, fabric| is_view_of_fabric(interface, fabric)),
];

/// The first rule by which the interface, looked at by itself, is not counted.
pub(super) fn alone(interface: &Interface) -> Option<Rule> {
    ALONE.iter().find(|(_, applies)| applies(interface)).map(|(rule, _)| *rule)
}

/// The first rule by which the interface is not counted beside the host's other ports.
pub(super) fn among_others(
    interface: &Interface,
    synthetic: &Synthetic,
    fabric: &Carriers,
) -> Option<Rule> {
    let applying = |(_, applies): &&(Rule, AppliesAmong)| applies(interface, synthetic, fabric);
    AMONG_OTHERS.iter().find(applying).map(|(rule, _)| *rule)
}

fn is_representor(interface: &Interface) -> bool {
    interface.port_name().is_some_and(|name| is_representor_name(&name))
}

/// `pf0`, `pf0vf1`, `pf0sf88`, with the number of another host's controller before it: `c1pf0vf1`.
/// An uplink is `p0`.
fn is_representor_name(name: &str) -> bool {
    let function = after_numbered(name, "c").unwrap_or(name);
    after_numbered(function, "pf")
        .is_some_and(|rest| rest.is_empty() || is_numbered(rest, "vf") || is_numbered(rest, "sf"))
}

/// What comes after `prefix` and a number.
fn after_numbered<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let digits = text.strip_prefix(prefix)?;
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < digits.len()).then_some(rest)
}

/// `ARPHRD_ETHER` of `linux/if_arp.h`, wireless devices included.
const TYPE_ETHERNET: u16 = 1;
/// `ARPHRD_INFINIBAND` of `linux/if_arp.h`.
const TYPE_INFINIBAND: u16 = 32;

fn is_wired(interface: &Interface) -> bool {
    match interface.hardware_type() {
        Some(TYPE_ETHERNET) => !interface.is_wireless(),
        hardware_type => hardware_type == Some(TYPE_INFINIBAND),
    }
}

/// IP over InfiniBand, where the InfiniBand port itself is to be seen.
fn is_view_of_fabric(interface: &Interface, fabric: &Carriers) -> bool {
    interface.hardware_type() == Some(TYPE_INFINIBAND) && fabric.may_include(interface.carrier())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn representors_are_named_after_functions_and_uplinks_after_ports() {
        for name in ["pf0", "pf12", "pf0vf1", "pf0sf88", "c1pf0", "c1pf0vf12", "c0pf1sf3"] {
            assert!(is_representor_name(name), "{name}");
        }
        for name in [
            "",
            "p0",
            "p0s1",
            "pf",
            "pf0hpf",
            "pf0vf",
            "pfvf1",
            "cpf0",
            "c1p0",
            "xpf0",
            "pf0vf1x",
            "pf0vf1sf2",
            "c1",
            "PF0",
            "pf0 ",
        ] {
            assert!(!is_representor_name(name), "{name}");
        }
    }
}
