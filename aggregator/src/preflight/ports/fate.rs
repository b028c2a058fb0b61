//! How a pod fares that is to do its work and end.

use k8s_openapi::api::core::v1::Pod;

/// How a pod fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has yet to end.
    Waits,
    /// It has done its work.
    Done,
    /// It never will, for this reason.
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

/// How this pod fares.
pub fn fate(pod: &Pod) -> Fate {
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
    use serde_json::{Value, json};

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
}
