//! What only a person can say of a cluster.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

/// The status of a cluster that serves.
pub const LIVE: &str = "live";

/// What only a person can say of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Profile {
    /// The cluster's id in its network: letters, digits, `.`, `_` and `-`.
    pub id: String,
    /// The region.
    pub region_id: String,
    /// The status that AIOS is told; it never stores it.
    #[serde(default = "live")]
    pub status: String,
    /// What AIOS's Parser is reached by, such as `http://10.0.0.1:30501`; absent where nothing is
    /// to be submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parser: Option<String>,
    /// What AIOS's cluster controller gateway is reached by; absent where nothing is to be
    /// submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// How AIOS runs the cluster. Free-form.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// Words to find the cluster by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What a reader should know of the cluster. Free-form.
    #[serde(default)]
    pub cluster_metadata: Map<String, Value>,
    /// The cluster's reputation when it is registered; AIOS counts on from there.
    #[serde(default = "none_yet")]
    pub reputation: Number,
}

pub(super) fn live() -> String {
    LIVE.to_owned()
}

fn none_yet() -> Number {
    Number::from(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_and_region_are_enough() {
        let profile: Profile = serde_json::from_str(r#"{"id":"c","regionId":"r"}"#).unwrap();
        assert_eq!((profile.status.as_str(), profile.reputation), (LIVE, Number::from(0)));
        assert!(profile.config.is_empty() && profile.tags.is_empty());
    }
}
