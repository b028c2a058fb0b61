//! With what the cluster was set up and is worked on: what the onboarding page asks for below
//! `clusterMetadata.additionalInfo`.

use std::process::Stdio;
use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::Api;
use serde::Deserialize;
use tokio::process::Command;

use super::trouble::{Trouble, answered};

/// How long kubectl may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// What kubeadm keeps of how it set the cluster up.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClusterConfiguration {
    kubernetes_version: String,
}

/// The version that kubeadm set the cluster up with or upgraded it to, from the `ConfigMap`
/// `kubeadm-config`; absent where kubeadm did not.
pub async fn kubeadm(client: &Client) -> Result<Option<String>, Trouble> {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), "kube-system");
    let right = "get configmaps kubeadm-config in kube-system";
    let map = answered(right, api.get_opt("kubeadm-config")).await?;
    Ok(map.and_then(|map| kubernetes_version(map.data?.get("ClusterConfiguration")?)))
}

fn kubernetes_version(configuration: &str) -> Option<String> {
    let configuration: ClusterConfiguration = serde_saphyr::from_str(configuration).ok()?;
    Some(configuration.kubernetes_version).filter(|version| !version.is_empty())
}

/// What `kubectl version --client` says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KubectlVersion {
    client_version: ClientVersion,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientVersion {
    git_version: String,
}

/// The version of the kubectl with which whoever runs this works on the cluster; absent where there
/// is none.
pub async fn kubectl() -> Option<String> {
    let mut command = Command::new("kubectl");
    command.args(["version", "--client", "--output", "json"]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    client_version(&output.stdout)
}

fn client_version(json: &[u8]) -> Option<String> {
    let version: KubectlVersion = serde_json::from_slice(json).ok()?;
    Some(version.client_version.git_version).filter(|version| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubeadm_s_version_is_in_its_configuration() {
        let configuration =
            "apiVersion: kubeadm.k8s.io/v1beta4\ndns: {}\nkubernetesVersion: v1.35.4\n";
        assert_eq!(kubernetes_version(configuration).as_deref(), Some("v1.35.4"));
        for other in ["", "kubernetesVersion: ''", "kubernetesVersion: [1]", "kind: Other", "a: ["]
        {
            assert_eq!(kubernetes_version(other), None, "{other}");
        }
    }

    #[test]
    fn kubectl_s_version_is_its_own_and_not_the_server_s() {
        let json = br#"{"clientVersion":{"major":"1","gitVersion":"v1.35.4"},
            "serverVersion":{"gitVersion":"v1.30.0"}}"#;
        assert_eq!(client_version(json).as_deref(), Some("v1.35.4"));
        for other in [&b""[..], b"{}", b"no JSON", br#"{"clientVersion":{"gitVersion":""}}"#] {
            assert_eq!(client_version(other), None);
        }
    }
}
