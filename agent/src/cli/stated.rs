//! What a person may state about a node, and how each statement is written.

use clap::builder::{FalseyValueParser, NonEmptyStringValueParser};
use clap::{ArgAction, Args};
use inventory_common::Stated;

use crate::probe::pci::Address;

/// The highest link speed that can be stated, in Mbit/s: what the kernel's number can hold.
const MAX_SPEED_MBPS: u64 = u32::MAX as u64 - 1;

/// The most memory that one GPU can be stated to have, in MiB: a pebibyte.
const MAX_GPU_MEMORY_MIB: u64 = 1 << 30;

/// The name that stands for every port whose speed is not known.
const DEFAULT: &str = "default";

/// Statements that overrule or complete what the host says.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Stated by a person")]
pub struct StatedArgs {
    /// A port's speed in Mbit/s, whatever the host says; `default` fills in for ports that have a
    /// link and no readable speed
    #[arg(long = "link-speed", value_name = "NAME=MBPS", env = "INVENTORY_LINK_SPEED", value_delimiter = ',', value_parser = link_speed)]
    link_speeds: Vec<(String, u64)>,

    /// The memory in MiB of GPUs of this model, where the host does not tell it
    #[arg(long = "gpu-memory", value_name = "MODEL=MIB", env = "INVENTORY_GPU_MEMORY", value_delimiter = ',', value_parser = gpu_memory)]
    gpu_memory: Vec<(String, u64)>,

    /// Count this device whatever the rules say: a name of /sys, an InfiniBand port
    /// such as `mlx5_0/1`, or a PCI address
    #[arg(long, value_name = "NAME", env = "INVENTORY_COUNT", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    count: Vec<String>,

    /// Do not count this device whatever the rules say
    #[arg(long, value_name = "NAME", env = "INVENTORY_NOT_COUNTED", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    not_counted: Vec<String>,

    /// Count the disks of other machines too: iSCSI, Fibre Channel, NVMe over fabrics
    #[arg(long, env = "INVENTORY_COUNT_REMOTE_DISKS", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    count_remote_disks: bool,
}

impl From<StatedArgs> for Stated {
    fn from(args: StatedArgs) -> Self {
        let StatedArgs { link_speeds, gpu_memory, count, not_counted, count_remote_disks } = args;
        let (defaults, named): (Vec<_>, Vec<_>) =
            link_speeds.into_iter().partition(|(name, _)| name == DEFAULT);
        Self {
            link_speeds_mbps: named
                .into_iter()
                .map(|(name, mbps)| (as_sysfs(name), mbps))
                .collect(),
            default_link_speed_mbps: defaults.last().map(|(_, mbps)| *mbps),
            gpu_memory_mib: gpu_memory.into_iter().collect(),
            count: count.into_iter().map(as_sysfs).collect(),
            not_counted: not_counted.into_iter().map(as_sysfs).collect(),
            count_remote_disks,
            // Said by the word for whom to ask.
            without_gpus: false,
        }
    }
}

/// A device's name as sysfs writes it: a PCI address may come as NVML writes it.
fn as_sysfs(name: String) -> String {
    Address::parse(&name).map_or(name, |address| address.to_string())
}

fn link_speed(text: &str) -> Result<(String, u64), String> {
    figure(text, "NAME=MBPS, such as eth0=10000", MAX_SPEED_MBPS)
}

fn gpu_memory(text: &str) -> Result<(String, u64), String> {
    figure(text, "MODEL=MIB, such as 'NVIDIA H100 80GB HBM3=81559'", MAX_GPU_MEMORY_MIB)
}

/// Zero cannot be stated: of a device that adds nothing one says --not-counted.
fn figure(text: &str, form: &str, max: u64) -> Result<(String, u64), String> {
    let (name, figure) = text.rsplit_once('=').ok_or_else(|| format!("expected {form}"))?;
    let value = figure.parse().ok().filter(|value| (1..=max).contains(value));
    match value {
        Some(value) if !name.is_empty() => Ok((name.to_owned(), value)),
        Some(_) => Err(format!("expected {form}")),
        None => Err(format!("'{figure}' is no whole number from 1 to {max}; expected {form}")),
    }
}

/// A node's id, which is a label's value.
pub(super) fn node_id(text: &str) -> Result<String, String> {
    if inventory_common::node_id::is_valid(text) {
        Ok(text.to_owned())
    } else {
        Err("an id has 1 to 63 letters, digits, '.', '_' and '-', and begins and ends with a letter or digit".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_behind_the_last_equals_sign() {
        assert_eq!(link_speed("eth0=10000"), Ok(("eth0".to_owned(), 10_000)));
        assert_eq!(gpu_memory("A=B=81559"), Ok(("A=B".to_owned(), 81_559)));
    }

    #[test]
    fn figures_that_state_nothing_are_refused() {
        for bad in
            ["eth0", "eth0=", "eth0=fast", "eth0=-1", "eth0=0", "eth0=1.5", "=1", "eth0=4294967295"]
        {
            assert!(link_speed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_taken_in_any_writing() {
        let count = vec!["00000000:C1:00.0".to_owned(), "sda".to_owned()];
        let stated = Stated::from(StatedArgs { count, ..StatedArgs::default() });
        assert!(stated.count.iter().eq(["0000:c1:00.0", "sda"]));
    }

    #[test]
    fn the_default_speed_is_no_port_s() {
        let link_speeds = vec![("eth0".to_owned(), 1), (DEFAULT.to_owned(), 2)];
        let stated = Stated::from(StatedArgs { link_speeds, ..StatedArgs::default() });
        assert_eq!(stated.default_link_speed_mbps, Some(2));
        assert_eq!(stated.link_speeds_mbps.len(), 1);
    }
}
