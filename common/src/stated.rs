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

    /// As [`Self::verdict`], for a device whose name can be written in more than one way.
    #[must_use]
    pub fn verdict_where(&self, is_it: impl Fn(&str) -> bool) -> Option<Verdict> {
        let names_it = |names: &BTreeSet<String>| names.iter().any(|name| is_it(name));
        if names_it(&self.not_counted) {
            Some(Verdict::NotCounted(Rule::Stated))
        } else {
            names_it(&self.count).then_some(Verdict::Counted)
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
    pub option: String,
    /// The device, model or word that it names; absent where it holds for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
        let by_any_case = |name: &str| name.eq_ignore_ascii_case("SDA");
        assert_eq!(stated.verdict_where(by_any_case), Some(Verdict::NotCounted(Rule::Stated)));
        assert_eq!(stated.verdict_where(|name| name == "sdb"), None);
    }
}
