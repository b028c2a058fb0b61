//! Taking away what AIOS leaves behind: its objects by their names, where they say what AIOS's say, and
//! its namespaces where nothing else is in them. Never the namespace `default`.

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{
    ConfigMap, Namespace, PersistentVolumeClaim, Pod, Secret, Service, ServiceAccount,
};
use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, Role, RoleBinding};
use kube::api::{Api, DeleteParams, ListParams, Preconditions};
use kube::core::NamespaceResourceScope;
use kube::{Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;

use super::traces::{Found, Kind};
use crate::kubernetes::service_account::gone;
use crate::kubernetes::trouble::{Trouble, answered};

/// What became of one object.
#[derive(Debug)]
pub enum Cleaned {
    /// It is deleted.
    Deleted,
    /// It stays, for this reason.
    Kept(String),
    /// It could not be deleted.
    Failed(Trouble),
}

/// Takes one object away.
pub async fn clean(client: &Client, found: &Found) -> Cleaned {
    if found.kind == Kind::Namespace {
        return namespace(client, &found.name).await;
    }
    match delete(client, found).await {
        Ok(()) => Cleaned::Deleted,
        Err(trouble) => Cleaned::Failed(trouble),
    }
}

async fn delete(client: &Client, found: &Found) -> Result<(), Trouble> {
    let (client, namespace, name) = (client.clone(), found.namespace, &found.name);
    let params = DeleteParams::background();
    match found.kind {
        Kind::ClusterRoleBinding => {
            let api: Api<ClusterRoleBinding> = Api::all(client);
            let right = "delete clusterrolebindings.rbac.authorization.k8s.io";
            answered(right, gone(api.delete(name, &params))).await
        }
        Kind::Role => {
            let api: Api<Role> = Api::namespaced(client, namespace);
            answered("delete roles.rbac.authorization.k8s.io", gone(api.delete(name, &params)))
                .await
        }
        Kind::RoleBinding => {
            let api: Api<RoleBinding> = Api::namespaced(client, namespace);
            let right = "delete rolebindings.rbac.authorization.k8s.io";
            answered(right, gone(api.delete(name, &params))).await
        }
        Kind::Deployment => {
            let api: Api<Deployment> = Api::namespaced(client, namespace);
            answered("delete deployments.apps", gone(api.delete(name, &params))).await
        }
        Kind::DaemonSet => {
            let api: Api<DaemonSet> = Api::namespaced(client, namespace);
            answered("delete daemonsets.apps", gone(api.delete(name, &params))).await
        }
        Kind::Service => {
            let api: Api<Service> = Api::namespaced(client, namespace);
            answered("delete services", gone(api.delete(name, &params))).await
        }
        // See `clean`.
        Kind::Namespace => Ok(()),
    }
}

/// Deletes a namespace in which nothing is but what every namespace has.
async fn namespace(client: &Client, name: &str) -> Cleaned {
    if name == "default" {
        return Cleaned::Kept("it is Kubernetes' own".to_owned());
    }
    let api: Api<Namespace> = Api::all(client.clone());
    let uid = match answered("get namespaces", api.get_opt(name)).await {
        Ok(Some(namespace)) => namespace.uid(),
        Ok(None) => return Cleaned::Deleted,
        Err(trouble) => return Cleaned::Failed(trouble),
    };
    match holds(client, name).await {
        Err(trouble) => return Cleaned::Failed(trouble),
        Ok(Some(what)) => {
            return Cleaned::Kept(format!(
                "{what} is in it: delete it yourself if nobody needs that"
            ));
        }
        Ok(None) => {}
    }
    let preconditions = Preconditions { uid, resource_version: None };
    let params = DeleteParams::background().preconditions(preconditions);
    match answered("delete namespaces", gone(api.delete(name, &params))).await {
        Ok(()) => Cleaned::Deleted,
        Err(trouble) => Cleaned::Failed(trouble),
    }
}

/// Something that somebody has put into a namespace; absent where there is none.
async fn holds(client: &Client, namespace: &str) -> Result<Option<String>, Trouble> {
    let place = (client, namespace);
    if let Some(what) = one::<Deployment>(place, "list deployments.apps", |_| true).await? {
        return Ok(Some(format!("Deployment '{what}'")));
    }
    if let Some(what) = one::<StatefulSet>(place, "list statefulsets.apps", |_| true).await? {
        return Ok(Some(format!("StatefulSet '{what}'")));
    }
    if let Some(what) = one::<DaemonSet>(place, "list daemonsets.apps", |_| true).await? {
        return Ok(Some(format!("DaemonSet '{what}'")));
    }
    if let Some(what) = one::<Service>(place, "list services", |_| true).await? {
        return Ok(Some(format!("Service '{what}'")));
    }
    if let Some(what) =
        one::<PersistentVolumeClaim>(place, "list persistentvolumeclaims", |_| true).await?
    {
        return Ok(Some(format!("PersistentVolumeClaim '{what}'")));
    }
    if let Some(what) =
        one::<Secret>(place, "list secrets", |name| !name.starts_with("default-token-")).await?
    {
        return Ok(Some(format!("Secret '{what}'")));
    }
    // Service meshes put one into every namespace too.
    let usual = ["kube-root-ca.crt", "istio-ca-root-cert", "openshift-service-ca.crt"];
    if let Some(what) =
        one::<ConfigMap>(place, "list configmaps", |name| !usual.contains(&name)).await?
    {
        return Ok(Some(format!("ConfigMap '{what}'")));
    }
    if let Some(what) =
        one::<ServiceAccount>(place, "list serviceaccounts", |name| name != "default").await?
    {
        return Ok(Some(format!("ServiceAccount '{what}'")));
    }
    Ok(one::<Pod>(place, "list pods", |_| true).await?.map(|what| format!("Pod '{what}'")))
}

/// The name of an object of this kind that counts, and does not go already.
async fn one<K>(
    (client, namespace): (&Client, &str),
    right: &'static str,
    counts: impl Fn(&str) -> bool,
) -> Result<Option<String>, Trouble>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + std::fmt::Debug + DeserializeOwned,
{
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    let list = answered(right, api.list_metadata(&ListParams::default())).await?;
    let mut left = list.iter().filter(|object| object.metadata.deletion_timestamp.is_none());
    Ok(left.find(|object| counts(&object.name_any())).map(ResourceExt::name_any))
}
