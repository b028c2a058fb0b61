//! What only a person can say of a cluster.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

/// The status of a cluster that serves.
pub const LIVE: &str = "live";

/// An address of a service. It names no user: headers are for that, and they come from a file.
const ADDRESS: &str = r"^https?://[^\s/?#@]+(/[^\s?#]*)?$";

/// What only a person can say of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Profile {
    /// The cluster's id in its network: letters, digits, `.`, `_` and `-`.
    #[schemars(length(min = 1, max = 253), regex(pattern = "^[A-Za-z0-9._-]+$"))]
    pub id: String,
    /// The region.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"\S"))]
    pub region_id: String,
    /// The status that AIOS is told; it never stores it.
    #[serde(default = "live")]
    #[schemars(length(min = 1, max = 63), regex(pattern = r"\S"))]
    pub status: String,
    /// What AIOS's Parser is reached by, such as `http://10.0.0.1:30501`; absent where nothing is
    /// to be submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048), regex(pattern = ADDRESS))]
    pub parser: Option<String>,
    /// What AIOS's cluster controller gateway is reached by; absent where nothing is to be
    /// submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048), regex(pattern = ADDRESS))]
    pub gateway: Option<String>,
    /// How AIOS runs the cluster. Free-form.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// Words to find the cluster by.
    #[serde(default)]
    #[schemars(length(max = 1024), inner(length(max = 1024)))]
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
