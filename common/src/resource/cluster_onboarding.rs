//! ClusterOnboarding: what a person says of the cluster, and how far AIOS has been told.

use std::collections::BTreeMap;

use kube::core::{ObjectMeta, TypeMeta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::kind::cluster_scoped;
use super::{Condition, ConditionKind, ConditionStatus, Conditions, Receipt};
use crate::cluster::{Profile, Totals};

/// The cluster's onboarding. There is one, and deleting it never deletes AIOS's entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterOnboarding {
    /// API version and kind.
    #[serde(flatten)]
    pub types: TypeMeta,
    /// Name ([`ClusterOnboarding::NAME`]) and the like.
    pub metadata: ObjectMeta,
    /// What a person says.
    pub spec: ClusterOnboardingSpec,
    /// What the controller found and did; a subresource. Absent until it has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ClusterOnboardingStatus>,
}

cluster_scoped!(ClusterOnboarding, "clusteronboardings");

impl ClusterOnboarding {
    /// The name of the one that there is.
    pub const NAME: &'static str = "cluster";

    /// The object of this spec.
    #[must_use]
    pub fn new(spec: ClusterOnboardingSpec) -> Self {
        let metadata = ObjectMeta { name: Some(Self::NAME.to_owned()), ..ObjectMeta::default() };
        Self { types: TypeMeta::resource::<Self>(), metadata, spec, status: None }
    }
}

/// What only a person can say of a cluster, and how the controller goes about it.
// Keys that nobody knows are the API server's to refuse, and the command line's for a file: serde
// cannot where a field is flattened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterOnboardingSpec {
    /// What AIOS is told.
    #[serde(flatten)]
    pub profile: Profile,
    /// When the controller submits the cluster.
    #[serde(default)]
    pub submit: SubmitPolicy,
    /// Labels that a Node must carry to count; absent where every node counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "labels")]
    pub node_selector: BTreeMap<String, String>,
    /// Where the command is that joins a node to the cluster: a Secret in the aggregator's
    /// namespace. Absent where AIOS is given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_command_secret: Option<SecretKey>,
    /// How many nodes may be removed from AIOS's entry at once beyond a tenth of them.
    #[serde(default)]
    pub allow_removals: u64,
}

/// Labels, as many as anybody needs.
fn labels(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "object",
        "maxProperties": 64,
        "additionalProperties": {
            "type": "string",
            "maxLength": 63,
            "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
        },
    })
}

impl From<Profile> for ClusterOnboardingSpec {
    fn from(profile: Profile) -> Self {
        Self {
            profile,
            submit: SubmitPolicy::default(),
            node_selector: BTreeMap::new(),
            join_command_secret: None,
            allow_removals: 0,
        }
    }
}

/// When the controller submits the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum SubmitPolicy {
    /// Never: a person does.
    #[default]
    Manual,
    /// Once every expected node is there and fully known; from then on it keeps AIOS in step.
    WhenComplete,
}

/// A key of a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretKey {
    /// The Secret's name.
    #[schemars(length(max = 253), regex(pattern = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub name: String,
    /// The key in it.
    #[schemars(length(max = 253), regex(pattern = "^[-._a-zA-Z0-9]+$"))]
    pub key: String,
}

/// What the controller found and did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterOnboardingStatus {
    /// The generation of the object that this is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub observed_generation: Option<i64>,
    /// What the nodes that are whole have together; absent until they were summed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
    /// How many nodes are whole; absent until the cluster was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<CoverageCount>,
    /// What a person should see.
    #[serde(default)]
    #[schemars(with = "Vec<Condition<OnboardingConditionType>>", length(max = 16))]
    pub conditions: Conditions<OnboardingConditionType>,
    /// The last submission; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// What a newer version says beside it: whoever writes the status writes it again.
    #[serde(flatten)]
    #[schemars(skip)]
    pub newer: Map<String, Value>,
}

impl ClusterOnboardingStatus {
    /// The condition of this type; absent until the controller has judged it.
    #[must_use]
    pub fn condition(
        &self,
        kind: OnboardingConditionType,
    ) -> Option<&Condition<OnboardingConditionType>> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// Whether the condition of this type holds: not where it is absent or unknown.
    #[must_use]
    pub fn is(&self, kind: OnboardingConditionType) -> bool {
        self.condition(kind).is_some_and(|condition| condition.status == ConditionStatus::True)
    }
}

/// How many of a cluster's nodes are there and fully known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageCount {
    /// Nodes whose inventory is there, fresh and complete.
    pub whole: u64,
    /// Nodes that should have one.
    pub expected: u64,
}

/// What a condition of a cluster's onboarding is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum OnboardingConditionType {
    /// Every expected node is there and fully known.
    Covered,
    /// AIOS has the cluster.
    Submitted,
    /// What AIOS has is what is true.
    InSync,
    /// Somebody else keeps changing what the controller writes, and it waits longer each time.
    Contested,
    /// More nodes are gone than may be removed at once without a person's word.
    RemovalsHeld,
}

impl ConditionKind for OnboardingConditionType {
    fn should_be(self) -> ConditionStatus {
        ConditionStatus::from(!matches!(self, Self::Contested | Self::RemovalsHeld))
    }

    fn written(self) -> &'static str {
        self.as_str()
    }
}

impl OnboardingConditionType {
    /// Every type, in the order in which conditions are listed.
    pub const ALL: &[Self] =
        &[Self::Covered, Self::Submitted, Self::InSync, Self::Contested, Self::RemovalsHeld];

    /// The type as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Covered => "Covered",
            Self::Submitted => "Submitted",
            Self::InSync => "InSync",
            Self::Contested => "Contested",
            Self::RemovalsHeld => "RemovalsHeld",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_comes_back_as_it_was() {
        let object = json!({
            "apiVersion": "inventory.aios/v1alpha1",
            "kind": "ClusterOnboarding",
            "metadata": { "name": "cluster" },
            "spec": {
                "id": "c", "regionId": "r", "status": "live", "parser": "http://p",
                "config": { "a": [1, 2.5, null] }, "tags": ["t"],
                "clusterMetadata": { "b": { "c": -1 } }, "reputation": 0.5,
                "submit": "WhenComplete", "nodeSelector": { "pool": "gpu" },
                "joinCommandSecret": { "name": "join", "key": "command" }, "allowRemovals": 3,
            },
            "status": { "coverage": { "whole": 1, "expected": 2 }, "conditions": [] },
        });
        let read: ClusterOnboarding = serde_json::from_value(object.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), object);
    }

    #[test]
    fn a_condition_holds_only_where_it_is_true() {
        let condition = |kind: &str, status: &str| {
            json!({ "type": kind, "status": status, "reason": "R", "message": "",
                "lastTransitionTime": "2026-01-02T03:04:05Z" })
        };
        let conditions = json!([
            condition("Covered", "True"),
            condition("Submitted", "Unknown"),
            condition("InSync", "False"),
        ]);
        let status: ClusterOnboardingStatus =
            serde_json::from_value(json!({ "conditions": conditions })).unwrap();
        let holds = |kind: &&OnboardingConditionType| status.is(**kind);
        let held: Vec<_> = OnboardingConditionType::ALL.iter().filter(holds).collect();
        assert_eq!(held, [&OnboardingConditionType::Covered]);
    }

    #[test]
    fn nothing_is_submitted_or_removed_without_a_person_s_word() {
        let object = ClusterOnboarding::new(
            serde_json::from_value(json!({ "id": "c", "regionId": "r" })).unwrap(),
        );
        assert_eq!((object.spec.submit, object.spec.allow_removals), (SubmitPolicy::Manual, 0));
        assert_eq!(object.spec, object.spec.profile.clone().into());
    }
}
