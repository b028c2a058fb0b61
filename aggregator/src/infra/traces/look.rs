//! Reading the objects, each alone: what cannot be read is not absent.

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{Namespace, Pod, Service};
use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, Role, RoleBinding, RoleRef, Subject};
use kube::api::{Api, ListParams};
use kube::core::NamespaceResourceScope;
use kube::{Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;

use super::{Found, Kind, Seen, TRACES, Trace};
use crate::aios::ClusterId;
use crate::kubernetes::trouble::{Trouble, answered};

/// All objects, as the cluster shows them. Where it does not answer it is asked no more.
pub async fn look(client: &Client, id: &ClusterId) -> Vec<Found> {
    let (mut found, mut silence) = (Vec::new(), None);
    for trace in TRACES {
        let name = trace.name(id);
        let seen = match &silence {
            Some(why) => Seen::Silent(String::clone(why)),
            None => seen(client, trace, &name).await.unwrap_or_else(|trouble| unread(&trouble)),
        };
        if let Seen::Silent(why) = &seen {
            silence = Some(why.clone());
        }
        let Trace { kind, namespace, fate, .. } = *trace;
        found.push(Found { kind, namespace, name, fate, seen });
    }
    found
}

fn unread(trouble: &Trouble) -> Seen {
    let why = trouble.to_string();
    if trouble.is_answered() { Seen::Unreadable(why) } else { Seen::Silent(why) }
}

async fn seen(client: &Client, trace: &Trace, name: &str) -> Result<Seen, Trouble> {
    let place = (client, trace.namespace, name);
    match trace.kind {
        Kind::Namespace => {
            Ok(stand(whole(client, "get namespaces", name).await?.as_ref(), |_: &Namespace| {
                Seen::There
            }))
        }
        Kind::ClusterRoleBinding => {
            let binding =
                whole(client, "get clusterrolebindings.rbac.authorization.k8s.io", name).await?;
            Ok(stand(binding.as_ref(), of_admin_binding))
        }
        Kind::Deployment => {
            of_deployment(
                client,
                trace.namespace,
                within(place, "get deployments.apps").await?.as_ref(),
            )
            .await
        }
        Kind::DaemonSet => {
            Ok(stand(within(place, "get daemonsets.apps").await?.as_ref(), of_daemon_set))
        }
        Kind::Service => {
            Ok(stand(within(place, "get services").await?.as_ref(), |_: &Service| Seen::There))
        }
        Kind::Role => {
            let role = within(place, "get roles.rbac.authorization.k8s.io").await?;
            Ok(stand(role.as_ref(), of_role))
        }
        Kind::RoleBinding => {
            let binding = within(place, "get rolebindings.rbac.authorization.k8s.io").await?;
            Ok(stand(binding.as_ref(), of_token_binding))
        }
    }
}

async fn whole<K>(client: &Client, right: &'static str, name: &str) -> Result<Option<K>, Trouble>
where
    K: Resource<Scope = kube::core::ClusterResourceScope, DynamicType = ()>,
    K: Clone + std::fmt::Debug + DeserializeOwned,
{
    answered(right, Api::<K>::all(client.clone()).get_opt(name)).await
}

async fn within<K>(
    (client, namespace, name): (&Client, &str, &str),
    right: &'static str,
) -> Result<Option<K>, Trouble>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + std::fmt::Debug + DeserializeOwned,
{
    answered(right, Api::<K>::namespaced(client.clone(), namespace).get_opt(name)).await
}

fn stand<K: ResourceExt>(object: Option<&K>, judge: impl Fn(&K) -> Seen) -> Seen {
    match object {
        None => Seen::Absent,
        Some(object) if object.meta().deletion_timestamp.is_some() => Seen::Ending,
        Some(object) => judge(object),
    }
}

/// AIOS's binding makes the default account of the namespace in its name cluster-admin, and nobody else.
fn of_admin_binding(binding: &ClusterRoleBinding) -> Seen {
    let name = binding.name_any();
    let namespace = name.trim_end_matches("-ns");
    let subjects = binding.subjects.as_deref().unwrap_or_default();
    if is_role(&binding.role_ref, "ClusterRole", "cluster-admin")
        && is_default_of(subjects, namespace)
    {
        Seen::There
    } else {
        Seen::Foreign("it binds something else than AIOS's does".to_owned())
    }
}

fn of_token_binding(binding: &RoleBinding) -> Seen {
    let (_, role) = super::TOKEN_WRITER;
    let subjects = binding.subjects.as_deref().unwrap_or_default();
    if is_role(&binding.role_ref, "Role", role) && is_default_of(subjects, "default") {
        Seen::There
    } else {
        Seen::Foreign("it binds something else than AIOS's does".to_owned())
    }
}

/// AIOS's role lets Secrets be created, and nothing else.
fn of_role(role: &Role) -> Seen {
    let is = |list: Option<&Vec<String>>, only: &str| list.is_some_and(|list| *list == [only]);
    match role.rules.as_deref() {
        Some([only]) if is(only.resources.as_ref(), "secrets") && only.verbs == ["create"] => {
            Seen::There
        }
        _ => Seen::Foreign("it allows something else than AIOS's does".to_owned()),
    }
}

fn is_role(role: &RoleRef, kind: &str, name: &str) -> bool {
    role.kind == kind && role.name == name
}

/// Whether nobody else is meant than the default account of this namespace.
fn is_default_of(subjects: &[Subject], namespace: &str) -> bool {
    matches!(subjects, [Subject { kind, name, namespace: Some(its), .. }]
        if kind == "ServiceAccount" && name == "default" && its == namespace)
}

async fn of_deployment(
    client: &Client,
    namespace: &str,
    deployment: Option<&Deployment>,
) -> Result<Seen, Trouble> {
    let seen = stand(deployment, available);
    let (Seen::NotReady(why), Some(deployment)) = (&seen, deployment) else { return Ok(seen) };
    // Its pods tell more, where they may be read.
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let params = ListParams::default().labels(&format!("app={}", deployment.name_any()));
    let pods = answered("list pods", pods.list(&params)).await;
    let waiting = pods.ok().and_then(|pods| pods.iter().find_map(waiting));
    Ok(Seen::NotReady(waiting.map_or_else(|| why.clone(), |waiting| format!("{why}: {waiting}"))))
}

fn available(deployment: &Deployment) -> Seen {
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let status = deployment.status.clone().unwrap_or_default();
    let available = status.available_replicas.unwrap_or(0);
    let is_seen = status.observed_generation >= deployment.metadata.generation;
    if is_seen && available >= wanted {
        Seen::There
    } else {
        Seen::NotReady(format!("{available} of {wanted} pods available"))
    }
}

fn of_daemon_set(set: &DaemonSet) -> Seen {
    let status = set.status.clone().unwrap_or_default();
    let (ready, wanted) = (status.number_ready, status.desired_number_scheduled);
    let is_seen = status.observed_generation >= set.metadata.generation;
    if is_seen && ready >= wanted {
        Seen::There
    } else {
        Seen::NotReady(format!("{ready} of {wanted} pods ready"))
    }
}

/// Why a pod's container does not run, such as `ImagePullBackOff`.
fn waiting(pod: &Pod) -> Option<String> {
    let statuses = pod.status.as_ref()?.container_statuses.as_ref()?;
    statuses.iter().find_map(|status| status.state.as_ref()?.waiting.as_ref()?.reason.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn binding(name: &str, role: &str, subjects: &Value) -> Seen {
        of_admin_binding(
            &serde_json::from_value(json!({
                "metadata": { "name": name }, "subjects": subjects,
                "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role },
            }))
            .unwrap(),
        )
    }

    #[test]
    fn a_binding_of_the_name_that_says_something_else_is_not_aios_s() {
        let account = |namespace: &str, name: &str| json!({ "kind": "ServiceAccount", "namespace": namespace, "name": name });
        let default = account("default", "default");
        assert_eq!(binding("default-ns", "cluster-admin", &json!([default])), Seen::There);
        for (role, subjects) in [
            ("view", json!([default])),
            ("cluster-admin", json!([account("blocks", "default")])),
            ("cluster-admin", json!([account("default", "ci")])),
            ("cluster-admin", json!([default, account("default", "ci")])),
            ("cluster-admin", json!([])),
            ("cluster-admin", json!([{ "kind": "User", "name": "default" }])),
        ] {
            assert!(matches!(binding("default-ns", role, &subjects), Seen::Foreign(_)));
        }
    }

    #[test]
    fn a_deployment_is_there_once_its_pods_are_available() {
        let of = |wanted: u32, status: Value| {
            let object = json!({
                "metadata": { "generation": 2 }, "status": status,
                "spec": { "replicas": wanted, "selector": {}, "template": {} },
            });
            available(&serde_json::from_value(object).unwrap())
        };
        assert_eq!(of(1, json!({ "observedGeneration": 2, "availableReplicas": 1 })), Seen::There);
        for status in [
            json!({}),
            json!({ "observedGeneration": 1, "availableReplicas": 1 }),
            json!({ "observedGeneration": 2 }),
        ] {
            assert!(matches!(of(1, status), Seen::NotReady(_)));
        }
    }

    #[test]
    fn a_pod_tells_why_it_waits() {
        let pod = json!({ "status": { "containerStatuses": [
            { "name": "a", "ready": true, "restartCount": 0, "image": "", "imageID": "", "state": { "running": {} } },
            { "name": "b", "ready": false, "restartCount": 0, "image": "", "imageID": "",
              "state": { "waiting": { "reason": "ImagePullBackOff" } } },
        ] } });
        assert_eq!(
            waiting(&serde_json::from_value(pod).unwrap()).as_deref(),
            Some("ImagePullBackOff")
        );
    }
}
