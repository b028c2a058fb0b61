//! What a person states against or beyond what the host says.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Rule, Verdict};

/// Everything a person stated for one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// Link speeds in Mbit/s by port name; they overrule whatever was read, link or not.
    pub link_speeds_mbps: BTreeMap<String, u64>,
    /// The speed in Mbit/s of ports that have a link and no readable speed.
    pub default_link_speed_mbps: Option<u64>,
    /// GPU memory in MiB by model, for GPUs whose memory nothing tells.
    pub gpu_memory_mib: BTreeMap<String, u64>,
    /// Devices to count whatever the rules say.
    pub count: BTreeSet<String>,
    /// Devices not to count whatever the rules say.
    pub not_counted: BTreeSet<String>,
    /// Whether disks of other machines count.
    pub count_remote_disks: bool,
    /// Whether GPUs are left alone, so that none is listed and none counts.
    pub without_gpus: bool,
}

impl Stated {
    /// What a person says of counting this device; absent where nothing was said.
    #[must_use]
    pub fn verdict(&self, device: &str) -> Option<Verdict> {
        if self.not_counted.contains(device) {
            Some(Verdict::NotCounted(Rule::Stated))
        } else {
            self.count.contains(device).then_some(Verdict::Counted)
        }
    }

    /// The statements as the inventory lists them, in the order of their options and names.
    #[must_use]
    pub fn overrides(&self) -> Vec<Override> {
        let named = |option: &str, name: &str, value| Override {
            option: option.to_owned(),
            name: Some(name.to_owned()),
            value,
        };
        let plain = |option: &str, value| Override { option: option.to_owned(), name: None, value };
        let mut all = Vec::new();
        all.extend(self.count.iter().map(|name| named("count", name, None)));
        all.extend(self.count_remote_disks.then(|| plain("count-remote-disks", None)));
        all.extend(self.without_gpus.then(|| named("gpu", "none", None)));
        all.extend(self.gpu_memory_mib.iter().map(|(m, mib)| named("gpu-memory", m, Some(*mib))));
        all.extend(self.default_link_speed_mbps.map(|mbps| plain("link-speed", Some(mbps))));
        all.extend(
            self.link_speeds_mbps.iter().map(|(p, mbps)| named("link-speed", p, Some(*mbps))),
        );
        all.extend(self.not_counted.iter().map(|name| named("not-counted", name, None)));
        all
    }
}

/// One statement of a person, as the inventory lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// The option, without its dashes.
    #[schemars(length(max = 64))]
    pub option: String,
    /// The device, model or word that it names; absent where it holds for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub name: Option<String>,
    /// The figure stated: Mbit/s for a link speed, MiB for GPU memory; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_counted_wins_over_count() {
        let both = BTreeSet::from(["sda".to_owned()]);
        let stated = Stated { count: both.clone(), not_counted: both, ..Stated::default() };
        assert_eq!(stated.verdict("sda"), Some(Verdict::NotCounted(Rule::Stated)));
        assert_eq!(stated.verdict("sdb"), None);
    }

    #[test]
    fn every_statement_is_listed_by_option_and_name() {
        let names = |names: [&str; 2]| names.map(str::to_owned).into();
        let stated = Stated {
            link_speeds_mbps: [("eth0".to_owned(), 25_000)].into(),
            default_link_speed_mbps: Some(10_000),
            gpu_memory_mib: [("NVIDIA GB10".to_owned(), 131_072)].into(),
            count: names(["sr0", "sdb"]),
            not_counted: names(["sdd", "sdc"]),
            count_remote_disks: true,
            without_gpus: true,
        };
        let shown = |stated: &Override| {
            let (name, value) = (stated.name.as_deref().unwrap_or("-"), stated.value.unwrap_or(0));
            format!("{} {name} {value}", stated.option)
        };
        assert_eq!(
            stated.overrides().iter().map(shown).collect::<Vec<_>>(),
            [
                "count sdb 0",
                "count sr0 0",
                "count-remote-disks - 0",
                "gpu none 0",
                "gpu-memory NVIDIA GB10 131072",
                "link-speed - 10000",
                "link-speed eth0 25000",
                "not-counted sdc 0",
                "not-counted sdd 0",
            ]
        );
        assert_eq!(Stated::default().overrides(), []);
    }
}
