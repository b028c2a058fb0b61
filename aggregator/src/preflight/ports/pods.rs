//! Short-lived pods that connect from their nodes. Whatever becomes of the command, it deletes them.

use std::sync::Mutex;
use std::time::Duration;

use inventory_common::telling::one_line;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, DeleteParams, LogParams, PostParams};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::image::Image;
use super::outcome::Outcome;
use crate::exit::say;
use crate::kubernetes::trouble::answered;
use crate::reach::Target;

/// The label selector of these pods.
pub const SELECTOR: &str =
    "app.kubernetes.io/name=aios-inventory,app.kubernetes.io/component=preflight";

/// How long a pod may take to start, image and all.
const START: Duration = Duration::from_mins(2);

/// From one look at a pod to the next.
const PAUSE: Duration = Duration::from_millis(500);

/// The most bytes of a log that are read.
const LOG_BYTES: i64 = 4 << 20;

/// The pods that were made in this namespace, and that must be deleted.
pub struct Pods {
    namespace: String,
    made: Mutex<Vec<String>>,
}

impl Pods {
    /// None so far.
    #[must_use]
    pub fn new(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), made: Mutex::new(Vec::new()) }
    }

    /// Deletes those that are left: of what cannot be deleted it is said how to.
    pub async fn clear(&self, client: &Client) {
        let left = self.made.lock().map(|mut made| std::mem::take(&mut *made)).unwrap_or_default();
        for name in left {
            if let Err(why) = self.delete(client, &name).await {
                let namespace = &self.namespace;
                say(
                    "warning",
                    &format!(
                        "pod '{name}' is left behind, {why}: kubectl delete pod -n {namespace} -l {SELECTOR}"
                    ),
                );
            }
        }
    }

    /// Has these connections tried from this node.
    pub(super) async fn ask(
        &self,
        client: &Client,
        question: &Question<'_>,
    ) -> Result<Outcome, String> {
        // It is to be deleted from the moment on in which it may be there.
        if let Ok(mut made) = self.made.lock() {
            made.push(question.name.clone());
        }
        let answer = self.run(client, question).await;
        if self.delete(client, &question.name).await.is_ok()
            && let Ok(mut made) = self.made.lock()
        {
            made.retain(|name| *name != question.name);
        }
        answer
    }

    async fn run(&self, client: &Client, question: &Question<'_>) -> Result<Outcome, String> {
        let pod = question.pod().map_err(|error| one_line(&error))?;
        let (api, params) = (self.api(client), PostParams::default());
        let made = answered("create pods", api.create(&params, &pod)).await;
        made.map_err(|trouble| one_line(&trouble))?;
        self.end(client, question).await?;
        let params = LogParams { limit_bytes: Some(LOG_BYTES), ..LogParams::default() };
        let log = answered("get pods/log", api.logs(&question.name, &params)).await;
        let log = log.map_err(|trouble| one_line(&trouble))?;
        Outcome::of_log(&log).ok_or_else(|| {
            format!("image '{}' has no inventory-aggregator that knows this", question.image.name)
        })
    }

    /// Waits until the pod has done its work.
    async fn end(&self, client: &Client, question: &Question<'_>) -> Result<(), String> {
        let (begin, patience) = (Instant::now(), START + question.most());
        while begin.elapsed() < patience {
            let pod = answered("get pods", self.api(client).get(&question.name)).await;
            match fate(&pod.map_err(|trouble| one_line(&trouble))?) {
                Fate::Waits => sleep(PAUSE).await,
                Fate::Done => return Ok(()),
                Fate::Failed(why) => return Err(why),
            }
        }
        Err(format!("its pod is not done after {} s", patience.as_secs()))
    }

    async fn delete(&self, client: &Client, name: &str) -> Result<(), String> {
        let params = DeleteParams::default().grace_period(0);
        match self.api(client).delete(name, &params).await {
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            Err(error) => Err(crate::kubernetes::trouble::told(&error)),
            Ok(_) => Ok(()),
        }
    }

    fn api(&self, client: &Client) -> Api<Pod> {
        Api::namespaced(client.clone(), &self.namespace)
    }
}

/// What a pod is to find out.
pub(super) struct Question<'a> {
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
    /// The longest that all connections take together: they are tried many at a time.
    fn most(&self) -> Duration {
        let rounds = u32::try_from(self.targets.len() / 128 + 1).unwrap_or(u32::MAX);
        self.limit.saturating_mul(rounds)
    }

    /// A pod that a namespace of the level `restricted` takes, that no scheduler places, and that
    /// ends by itself.
    fn pod(&self) -> serde_json::Result<Pod> {
        let Self { name, node, image, targets, limit } = self;
        let limit = format!("--connect-timeout={}", limit.as_secs_f64());
        let targets = targets.iter().map(Target::to_string);
        let args: Vec<String> = ["reach".to_owned(), limit].into_iter().chain(targets).collect();
        let deadline = (START + self.most()).as_secs();
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
                    "command": ["/usr/bin/inventory-aggregator"],
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

/// How a pod fares.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Waits,
    Done,
    Failed(String),
}

/// Reasons for which a container waits in vain.
const IN_VAIN: [&str; 6] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
];

fn fate(pod: &Pod) -> Fate {
    let Some(status) = &pod.status else { return Fate::Waits };
    let reason = || status.reason.clone().or(status.message.clone());
    match status.phase.as_deref() {
        Some("Succeeded") => return Fate::Done,
        Some("Failed") => {
            let reason = reason().unwrap_or_else(|| "its container failed".to_owned());
            return Fate::Failed(format!("its pod failed: {reason}"));
        }
        _ => {}
    }
    let containers = status.container_statuses.iter().flatten();
    let mut waiting = containers.filter_map(|it| it.state.as_ref()?.waiting.as_ref());
    let in_vain = waiting.find_map(|waiting| {
        let reason = waiting.reason.as_deref()?;
        let message = waiting.message.as_deref().unwrap_or_default();
        IN_VAIN.contains(&reason).then(|| format!("its pod does not start, {reason}: {message}"))
    });
    in_vain.map_or(Fate::Waits, Fate::Failed)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn fate_of(status: &Value) -> Fate {
        fate(&serde_json::from_value(json!({ "metadata": {}, "status": status })).unwrap())
    }

    #[test]
    fn a_pod_is_waited_for_only_while_there_is_hope() {
        let waiting = |reason: &str| {
            json!({ "phase": "Pending", "containerStatuses": [{
                "name": "reach", "image": "x", "imageID": "", "ready": false, "restartCount": 0,
                "state": { "waiting": { "reason": reason, "message": "why" } },
            }]})
        };
        assert_eq!(fate_of(&json!({})), Fate::Waits);
        assert_eq!(fate_of(&json!({ "phase": "Running" })), Fate::Waits);
        assert_eq!(fate_of(&waiting("ContainerCreating")), Fate::Waits);
        assert_eq!(fate_of(&json!({ "phase": "Succeeded" })), Fate::Done);
        let failed = json!({ "phase": "Failed", "reason": "DeadlineExceeded" });
        assert_eq!(fate_of(&failed), Fate::Failed("its pod failed: DeadlineExceeded".into()));
        let in_vain = "its pod does not start, ImagePullBackOff: why";
        assert_eq!(fate_of(&waiting("ImagePullBackOff")), Fate::Failed(in_vain.into()));
    }

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
