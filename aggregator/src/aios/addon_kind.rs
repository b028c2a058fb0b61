//! The five kinds of add-ons, by what their registries take. Paths and fields are those of AIOS's public
//! code, by reading.

/// A kind of add-on.
#[derive(Debug)]
pub struct AddonKind {
    /// What it is called here.
    pub name: &'static str,
    /// The path of its registry for one entry.
    pub one: &'static str,
    /// The path, in segments, to which a query goes.
    pub many: &'static [&'static str],
    /// Its fields.
    pub fields: &'static [Field],
    /// The key of an entry's id.
    pub id: &'static str,
    /// The key of what an entry is called; the id's where it has no name.
    pub called: &'static str,
    /// The key of an entry's address.
    pub address: &'static str,
    /// The key of the kubeconfig that goes along; absent where none does.
    pub kubeconfig: Option<&'static str>,
    /// What is looked at before it is registered.
    pub check: Check,
}

/// What is looked at before an add-on is registered, from where this runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Whether this path below its public URL answers well: its registry asks the same.
    Health(&'static str),
    /// Whether somebody listens at its public URL: its registry does not look.
    Listens,
    /// Nothing: it does not exist before.
    Nothing,
}

/// A field of an entry.
#[derive(Debug)]
pub struct Field {
    /// Its key in the body.
    pub key: &'static str,
    /// What it is.
    pub says: Says,
    /// What it needs to be.
    pub need: Need,
}

/// What a field says, by the flag that gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// `--name`
    Name,
    /// `--public-url`
    PublicUrl,
    /// `--public-host`
    PublicHost,
    /// `--tag`
    Tags,
    /// `--metadata`
    Metadata,
    /// `--image-prefix`
    ImagePrefix,
    /// `--config`
    Config,
    /// `--storage-info`
    StorageInfo,
    /// `--executor-id`
    ExecutorId,
    /// `--hardware-info`
    HardwareInfo,
}

impl Says {
    /// The flag.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Name => "--name",
            Self::PublicUrl => "--public-url",
            Self::PublicHost => "--public-host",
            Self::Tags => "--tag",
            Self::Metadata => "--metadata",
            Self::ImagePrefix => "--image-prefix",
            Self::Config => "--config",
            Self::StorageInfo => "--storage-info",
            Self::ExecutorId => "--executor-id",
            Self::HardwareInfo => "--hardware-info",
        }
    }
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Without it the entry is refused, or is of no use to anybody.
    Required,
    /// Its key must be there, and it may say nothing.
    Sent,
    /// It may be left out.
    Optional,
}

use Need::{Optional, Required, Sent};

const fn field(key: &'static str, says: Says, need: Need) -> Field {
    Field { key, says, need }
}

/// All kinds, in the order of the onboarding page.
pub const ADDON_KINDS: [AddonKind; 5] = [
    AddonKind {
        name: "container-registry",
        one: "container_registry",
        many: &["container_registries"],
        fields: &[
            field("container_registry_name", Says::Name, Required),
            field("container_registry_metadata", Says::Metadata, Optional),
            field("container_registry_tags", Says::Tags, Optional),
            field("container_registry_public_url", Says::PublicUrl, Required),
            field("container_registry_image_prefix", Says::ImagePrefix, Optional),
            field("container_registry_config", Says::Config, Optional),
            field("container_registry_storage_info", Says::StorageInfo, Optional),
        ],
        id: "container_registry_id",
        called: "container_registry_name",
        address: "container_registry_public_url",
        kubeconfig: None,
        check: Check::Health("health"),
    },
    AddonKind {
        name: "assets-registry",
        one: "asset_registry",
        many: &["asset_registries"],
        fields: &[
            field("asset_registry_name", Says::Name, Required),
            field("asset_registry_metadata", Says::Metadata, Optional),
            field("asset_registry_tags", Says::Tags, Optional),
            field("asset_registry_public_url", Says::PublicUrl, Required),
        ],
        id: "asset_registry_id",
        called: "asset_registry_name",
        address: "asset_registry_public_url",
        kubeconfig: None,
        check: Check::Health("health"),
    },
    AddonKind {
        name: "inference-server",
        one: "inference_server",
        many: &["inference_servers"],
        fields: &[
            field("inference_server_name", Says::Name, Required),
            field("inference_server_metadata", Says::Metadata, Optional),
            field("inference_server_tags", Says::Tags, Optional),
            field("inference_server_public_url", Says::PublicUrl, Required),
        ],
        id: "inference_server_id",
        called: "inference_server_name",
        address: "inference_server_public_url",
        kubeconfig: None,
        check: Check::Listens,
    },
    AddonKind {
        name: "policy-executor",
        one: "executor",
        many: &["executor", "query"],
        fields: &[
            field("executor_id", Says::ExecutorId, Required),
            field("executor_metadata", Says::Metadata, Sent),
            field("executor_hardware_info", Says::HardwareInfo, Sent),
            field("cluster_public_ip", Says::PublicHost, Required),
        ],
        id: "executor_id",
        called: "executor_id",
        address: "executor_host_uri",
        kubeconfig: None,
        check: Check::Nothing,
    },
    AddonKind {
        name: "model-splitter",
        one: "split-runner",
        many: &["split-runners"],
        fields: &[
            field("split_runner_public_host", Says::PublicHost, Required),
            field("split_runner_metadata", Says::Metadata, Optional),
            field("split_runner_tags", Says::Tags, Optional),
        ],
        id: "split_runner_id",
        called: "split_runner_id",
        address: "split_runner_public_url",
        kubeconfig: Some("cluster_k8s_config"),
        check: Check::Nothing,
    },
];

/// The kind of this name.
#[must_use]
pub fn addon_kind(name: &str) -> Option<&'static AddonKind> {
    const KINDS: &[AddonKind] = &ADDON_KINDS;
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name_and_has_what_it_is_called_by() {
        for kind in &ADDON_KINDS {
            assert_eq!(addon_kind(kind.name).map(|kind| kind.one), Some(kind.one));
            let has = |key| kind.fields.iter().any(|field| field.key == key) || key == kind.id;
            assert!(has(kind.called), "{}", kind.name);
            let url = kind.fields.iter().any(|field| field.says == Says::PublicUrl);
            assert_eq!(url, kind.check != Check::Nothing, "{}", kind.name);
        }
        assert!(addon_kind("registry").is_none());
    }
}
