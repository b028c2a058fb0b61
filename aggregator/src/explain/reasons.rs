//! Why there is each rule.

use inventory_common::Rule;

/// Why what a rule excludes does not count.
pub const fn reason(rule: Rule) -> &'static str {
    match rule {
        Rule::Virtual => {
            "what stands on it, or what it stands on, has hardware that is counted; both would be the same bytes, or the same wire, twice"
        }
        Rule::Path => "the paths lead to one namespace, whose bytes are counted once",
        Rule::Remote => {
            "the disk stands in another machine, and every node that reaches it would sell the same bytes"
        }
        Rule::Optical => {
            "nobody's work is placed on a disc, and an empty drive claims about a gigabyte"
        }
        Rule::Removable => {
            "what can be pulled out is not there for a workload tomorrow; servers' installers and BMCs show such disks too"
        }
        Rule::FirmwareArea => {
            "it holds the chip's own firmware and keys, and nobody's data fits there"
        }
        Rule::Empty => "a reader or a floppy drive without a medium has no bytes to offer",
        Rule::ReadOnly => "a workload cannot write to it",
        Rule::SameDisk => {
            "with several cables the kernel shows one disk several times, under other names"
        }
        Rule::Vf => {
            "it shares the physical function's link, memory or cores; in a virtual machine, where that is not to be seen, it counts"
        }
        Rule::Representor => {
            "it is the switch's end of a virtual function, and has no wire of its own"
        }
        Rule::SubFunction => "it is a slice of its parent, and has no wire of its own",
        Rule::Usb => "on most servers it is the way to the BMC, and carries no workload's traffic",
        Rule::Paired => {
            "a Hyper-V guest sees one port twice, as the synthetic interface and as the virtual function behind it"
        }
        Rule::NotEthernet => {
            "bandwidth is that of a data center's fabric; wireless, CAN and tunnels are none of it"
        }
        Rule::SamePort => {
            "one cable is seen as an InfiniBand device and as a network interface, or as several functions of a card"
        }
        Rule::Management => {
            "it manages the switch inside the node, and no cable leaves the node from it"
        }
        Rule::OtherFabric => "it is neither of the two kinds of link whose speed the kernel tells",
        Rule::UnknownType => "what may be a virtual one must not be counted for a real one",
        Rule::Elsewhere => {
            "the port was moved into a container or another namespace, so that nothing of its link is to be seen here"
        }
        Rule::Userspace => {
            "the kernel has handed the card to a program, such as a virtual switch, and no longer knows its link"
        }
        Rule::Passthrough => "a virtual machine has it, and reports it by its own agent",
        Rule::Display => "it drives the screen of a workstation beside the GPUs that compute",
        Rule::Integrated => "its memory is the host's, which is counted as memory",
        Rule::Unsupported => {
            "AIOS does not place work by such devices; counted as GPUs they would draw work that they cannot do"
        }
        Rule::Stated => "a person knows better than the rules",
    }
}
