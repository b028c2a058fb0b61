//! What the cluster keeps: the kinds of the group `inventory.aios` and the keys on a Node.

mod cluster_onboarding;
mod condition;
mod conditions;
pub mod definition;
mod kind;
mod node_inventory;
mod reason;
mod receipt;

pub use cluster_onboarding::{
    ClusterOnboarding, ClusterOnboardingSpec, ClusterOnboardingStatus, CoverageCount,
    OnboardingConditionType, SecretKey, SubmitPolicy,
};
pub use condition::{Condition, ConditionKind, ConditionStatus};
pub use conditions::Conditions;
pub use node_inventory::{
    ConditionType, DeviceGroups, DeviceKind, DiskGroup, GpuGroup, NodeInventory,
    NodeInventoryStatus, NotCounted, PortGroup,
};
pub use reason::{NodeReason, OnboardingReason};
pub use receipt::Receipt;

/// The group of this project's kinds.
pub const GROUP: &str = "inventory.aios";

/// Their version.
pub const VERSION: &str = "v1alpha1";

/// The Node label by which AIOS's schedulers select nodes.
pub const NODE_ID_LABEL: &str = "nodeID";

/// The Node annotation from which AIOS reads GPU models and memory: a JSON list of
/// [`crate::node_data::GpuData`].
pub const GPU_INFO_ANNOTATION: &str = "gpu.aios/info";
