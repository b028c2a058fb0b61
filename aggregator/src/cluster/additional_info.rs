//! `clusterMetadata.additionalInfo`, where the onboarding page keeps what may be said beside.

use serde_json::{Map, Value};

/// The key of `clusterMetadata`.
pub const ADDITIONAL_INFO: &str = "additionalInfo";

/// The version of kubeadm, as the page names it.
pub const KUBEADM_VERSION: &str = "kubeadmVersion";

/// The version of kubectl, as the page names it.
pub const KUBECTL_VERSION: &str = "kubectlVersion";

/// Whether nobody has said anything under this key, and something can be said.
#[must_use]
pub fn is_silent(metadata: &Map<String, Value>, key: &str) -> bool {
    match metadata.get(ADDITIONAL_INFO) {
        None => true,
        Some(Value::Object(info)) => info.get(key).is_none_or(|said| said.is_null() || said == ""),
        // It is something of the person's own.
        Some(_) => false,
    }
}

/// Says it under this key, where nobody has said anything.
pub fn fill(metadata: &mut Map<String, Value>, key: &str, value: String) {
    if !is_silent(metadata, key) {
        return;
    }
    let info = metadata.entry(ADDITIONAL_INFO).or_insert_with(|| Map::new().into());
    if let Value::Object(info) = info {
        info.insert(key.to_owned(), value.into());
    }
}
