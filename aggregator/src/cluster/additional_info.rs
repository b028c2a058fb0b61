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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled(metadata: &Value) -> Value {
        let mut metadata = metadata.as_object().unwrap().clone();
        fill(&mut metadata, KUBEADM_VERSION, "v1".to_owned());
        metadata.into()
    }

    #[test]
    fn what_nobody_has_said_is_filled_in() {
        let filled_in = json!({ "additionalInfo": { "kubeadmVersion": "v1" } });
        for silent in [
            json!({}),
            json!({ "additionalInfo": {} }),
            json!({ "additionalInfo": { "kubeadmVersion": "" } }),
            json!({ "additionalInfo": { "kubeadmVersion": null } }),
        ] {
            assert_eq!(filled(&silent), filled_in);
        }
    }

    #[test]
    fn what_somebody_has_said_stays() {
        for said in [
            json!({ "additionalInfo": { "kubeadmVersion": "v0" } }),
            json!({ "additionalInfo": "in my words" }),
            json!({ "additionalInfo": null }),
        ] {
            assert_eq!(filled(&said), said);
        }
    }
}
