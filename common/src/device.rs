//! The devices behind the figures: each counted, or not with the rule that says so.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{PortState, Rule};

/// Whether a device counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(into = "VerdictFields", try_from = "VerdictFields")]
pub enum Verdict {
    /// It does.
    Counted,
    /// It does not, by this rule: the first in its table that applies.
    NotCounted(Rule),
}

impl Verdict {
    /// Whether the device counts.
    #[must_use]
    pub fn is_counted(self) -> bool {
        self == Self::Counted
    }

    /// The rule that keeps it from counting.
    #[must_use]
    pub fn rule(self) -> Option<Rule> {
        match self {
            Self::Counted => None,
            Self::NotCounted(rule) => Some(rule),
        }
    }
}

impl From<Option<Rule>> for Verdict {
    fn from(rule: Option<Rule>) -> Self {
        rule.map_or(Self::Counted, Self::NotCounted)
    }
}

/// The verdict as two fields of a device.
#[derive(Serialize, Deserialize, JsonSchema)]
struct VerdictFields {
    /// Whether the device counts.
    counted: bool,
    /// The rule that decided; only where the device does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
}

impl From<Verdict> for VerdictFields {
    fn from(verdict: Verdict) -> Self {
        Self { counted: verdict.is_counted(), rule: verdict.rule() }
    }
}

impl TryFrom<VerdictFields> for Verdict {
    type Error = &'static str;

    fn try_from(fields: VerdictFields) -> Result<Self, Self::Error> {
        match (fields.counted, fields.rule) {
            (true, None) => Ok(Self::Counted),
            (false, Some(rule)) => Ok(Self::NotCounted(rule)),
            (true, Some(_)) => Err("a counted device has no 'rule'"),
            (false, None) => Err("a device that is not counted needs its 'rule'"),
        }
    }
}

/// A whole block device of `sys/block`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Disk {
    /// The kernel's name, such as `nvme0n1`.
    pub name: String,
    /// Whether it counts.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Size in bytes; absent where it could not be read, or was not needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// Whether a person's word decided anything about it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stated: bool,
}

/// What a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Medium {
    /// A network device of `sys/class/net`.
    Net,
    /// A port of a device of `sys/class/infiniband`.
    Infiniband,
    /// A PCI function whose port is not to be seen from here.
    Pci,
}

/// A network port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Port {
    /// The kernel's name: `eth0`, `mlx5_0/1`, or a PCI address where the port itself is hidden.
    pub name: String,
    /// Where the port was found.
    pub medium: Medium,
    /// Whether it counts.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Link speed in Mbit/s; 0 without a link, absent where unknown or not needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mbps: Option<u64>,
    /// Why a counted port adds nothing; absent where it does, or where its speed is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<PortState>,
    /// Whether a person's word decided anything about it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stated: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(verdict: Verdict) -> Disk {
        Disk { name: "sda".to_owned(), verdict, size_bytes: None, stated: false }
    }

    #[test]
    fn a_rule_is_printed_only_where_a_device_is_not_counted() {
        let json = |verdict| serde_json::to_string(&disk(verdict)).unwrap();
        assert_eq!(json(Verdict::Counted), r#"{"name":"sda","counted":true}"#);
        assert_eq!(
            json(Verdict::NotCounted(Rule::Virtual)),
            r#"{"name":"sda","counted":false,"rule":"virtual"}"#
        );
    }

    #[test]
    fn a_person_s_word_is_printed_where_it_decided() {
        let stated = Disk { stated: true, ..disk(Verdict::Counted) };
        let json = serde_json::to_string(&stated).unwrap();
        assert_eq!(json, r#"{"name":"sda","counted":true,"stated":true}"#);
    }

    #[test]
    fn a_device_comes_back_as_it_was_written() {
        for verdict in [Verdict::Counted, Verdict::NotCounted(Rule::SameDisk)] {
            let text = serde_json::to_string(&disk(verdict)).unwrap();
            assert_eq!(serde_json::from_str::<Disk>(&text).unwrap(), disk(verdict));
        }
    }

    #[test]
    fn a_contradictory_verdict_is_refused() {
        for text in [
            r#"{"name":"sda","counted":true,"rule":"virtual"}"#,
            r#"{"name":"sda","counted":false}"#,
        ] {
            assert!(serde_json::from_str::<Disk>(text).is_err(), "{text}");
        }
    }
}
