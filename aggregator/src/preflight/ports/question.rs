//! The pod that connects from its node.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use serde_json::json;

use super::image::Image;
use crate::reach::Target;

/// How long a pod may take to start, image and all.
const START: Duration = Duration::from_mins(2);

/// What a pod is to find out.
pub struct Question<'a> {
    /// The pod's name.
    pub name: String,
    /// The Node that it is to run on.
    pub node: &'a str,
    /// What it runs.
    pub image: &'a Image,
    /// What it connects to.
    pub targets: &'a [Target],
    /// How long a connection may take.
    pub limit: Duration,
}

impl Question<'_> {
    /// How long the pod may take in all: to start, and to connect to many at a time.
    pub fn patience(&self) -> Duration {
        let rounds = u32::try_from(self.targets.len() / 128 + 1).unwrap_or(u32::MAX);
        START + self.limit.saturating_mul(rounds)
    }

    /// A pod that a namespace of the level `restricted` takes, that no scheduler places, and that
    /// ends by itself.
    pub fn pod(&self) -> serde_json::Result<Pod> {
        let Self { name, node, image, targets, limit } = self;
        let limit = format!("--connect-timeout={}", limit.as_secs_f64());
        let targets = targets.iter().map(Target::to_string);
        let args: Vec<String> = ["reach".to_owned(), limit].into_iter().chain(targets).collect();
        let deadline = self.patience().as_secs();
        serde_json::from_value(json!({
            "metadata": {
                "name": name,
                "labels": {
                    "app.kubernetes.io/name": "aios-inventory",
                    "app.kubernetes.io/component": "preflight",
                },
            },
            "spec": {
                "nodeName": node,
                "restartPolicy": "Never",
                "activeDeadlineSeconds": deadline,
                "terminationGracePeriodSeconds": 0,
                "automountServiceAccountToken": false,
                "enableServiceLinks": false,
                "tolerations": [{ "operator": "Exists" }],
                "imagePullSecrets": image.pull_secrets,
                "securityContext": {
                    "runAsNonRoot": true,
                    "runAsUser": 65532,
                    "runAsGroup": 65532,
                    "seccompProfile": { "type": "RuntimeDefault" },
                },
                "containers": [{
                    "name": "reach",
                    "image": image.name,
                    "imagePullPolicy": image.pull_policy,
                    "command": ["inventory-aggregator"],
                    "args": args,
                    "resources": {
                        "requests": { "cpu": "10m", "memory": "16Mi" },
                        "limits": { "memory": "64Mi" },
                    },
                    "securityContext": {
                        "allowPrivilegeEscalation": false,
                        "readOnlyRootFilesystem": true,
                        "capabilities": { "drop": ["ALL"] },
                    },
                }],
            },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_has_no_more_than_it_needs() {
        let (image, targets) = (Image::named("i"), [Target::new("::1", 6443)]);
        let question = Question {
            name: "p".into(),
            node: "n",
            image: &image,
            targets: &targets,
            limit: Duration::from_secs(2),
        };
        let pod = serde_json::to_value(question.pod().unwrap()).unwrap();
        let (spec, container) = (&pod["spec"], &pod["spec"]["containers"][0]);
        assert_eq!(container["args"], json!(["reach", "--connect-timeout=2", "[::1]:6443"]));
        assert_eq!(spec["automountServiceAccountToken"], false);
        assert_eq!(spec["securityContext"]["runAsNonRoot"], true);
        assert_eq!(container["securityContext"]["capabilities"], json!({ "drop": ["ALL"] }));
        assert_eq!(
            (spec["nodeName"].as_str(), spec["activeDeadlineSeconds"].as_u64()),
            (Some("n"), Some(122))
        );
        assert_eq!(spec.get("hostNetwork"), None);
    }
}
