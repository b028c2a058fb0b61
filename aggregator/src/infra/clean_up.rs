//! Taking away what AIOS leaves behind: its objects by their names, where they say what AIOS's say, and
//! its namespaces where nothing else is in them. Never the namespace `default`.

use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Preconditions};
use kube::core::ApiResource;
use kube::{Client, ResourceExt};

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

/// A kind of objects as the API server knows it.
struct Place {
    kind: &'static str,
    group: &'static str,
    plural: &'static str,
    /// The right to do what is done with them here.
    right: &'static str,
    /// What of them is not somebody's: names, or with a `*` at the end what names begin with.
    usual: &'static [&'static str],
}

impl Place {
    fn resource(&self) -> ApiResource {
        let version = "v1".to_owned();
        let slash = if self.group.is_empty() { "" } else { "/" };
        ApiResource {
            group: self.group.to_owned(),
            api_version: format!("{}{slash}{version}", self.group),
            version,
            kind: self.kind.to_owned(),
            plural: self.plural.to_owned(),
        }
    }

    fn is_usual(&self, name: &str) -> bool {
        self.usual.iter().any(|usual| match usual.strip_suffix('*') {
            Some(begin) => name.starts_with(begin),
            None => name == *usual,
        })
    }
}

const fn place(
    kind: &'static str,
    group: &'static str,
    plural: &'static str,
    right: &'static str,
    usual: &'static [&'static str],
) -> Place {
    Place { kind, group, plural, right, usual }
}

const RBAC: &str = "rbac.authorization.k8s.io";

/// What is deleted by its name alone.
fn deletable(kind: Kind) -> Option<Place> {
    let (group, plural, right) = match kind {
        // See `namespace`.
        Kind::Namespace => return None,
        Kind::Deployment => ("apps", "deployments", "delete deployments.apps"),
        Kind::DaemonSet => ("apps", "daemonsets", "delete daemonsets.apps"),
        Kind::Service => ("", "services", "delete services"),
        Kind::ClusterRoleBinding => {
            (RBAC, "clusterrolebindings", "delete clusterrolebindings.rbac.authorization.k8s.io")
        }
        Kind::Role => (RBAC, "roles", "delete roles.rbac.authorization.k8s.io"),
        Kind::RoleBinding => {
            (RBAC, "rolebindings", "delete rolebindings.rbac.authorization.k8s.io")
        }
    };
    Some(place("", group, plural, right, &[]))
}

/// What somebody may have put into a namespace. Kubernetes puts some of it into each, and so do service
/// meshes.
const CONTENTS: [Place; 9] = [
    place("Deployment", "apps", "deployments", "list deployments.apps", &[]),
    place("StatefulSet", "apps", "statefulsets", "list statefulsets.apps", &[]),
    place("DaemonSet", "apps", "daemonsets", "list daemonsets.apps", &[]),
    place("Service", "", "services", "list services", &[]),
    place(
        "PersistentVolumeClaim",
        "",
        "persistentvolumeclaims",
        "list persistentvolumeclaims",
        &[],
    ),
    place("Secret", "", "secrets", "list secrets", &["default-token-*"]),
    place(
        "ConfigMap",
        "",
        "configmaps",
        "list configmaps",
        &["kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"],
    ),
    place("ServiceAccount", "", "serviceaccounts", "list serviceaccounts", &["default"]),
    place("Pod", "", "pods", "list pods", &[]),
];

/// Takes one object away.
pub async fn clean(client: &Client, found: &Found) -> Cleaned {
    let cleaned = match deletable(found.kind) {
        Some(place) => delete(client, &place, found).await.map(|()| Cleaned::Deleted),
        None => namespace(client, &found.name).await,
    };
    cleaned.unwrap_or_else(Cleaned::Failed)
}

async fn delete(client: &Client, place: &Place, found: &Found) -> Result<(), Trouble> {
    let (client, resource) = (client.clone(), place.resource());
    let api: Api<DynamicObject> = match found.namespace {
        "" => Api::all_with(client, &resource),
        namespace => Api::namespaced_with(client, namespace, &resource),
    };
    answered(place.right, gone(api.delete(&found.name, &DeleteParams::background()))).await
}

/// Deletes a namespace in which nothing is but what every namespace has.
async fn namespace(client: &Client, name: &str) -> Result<Cleaned, Trouble> {
    if name == "default" {
        return Ok(Cleaned::Kept("it is Kubernetes' own".to_owned()));
    }
    let api: Api<Namespace> = Api::all(client.clone());
    let Some(namespace) = answered("get namespaces", api.get_opt(name)).await? else {
        return Ok(Cleaned::Deleted);
    };
    if let Some(what) = holds(client, name).await? {
        let why = format!("{what} is in it: delete it yourself if nobody needs that");
        return Ok(Cleaned::Kept(why));
    }
    // Not another one that has its name by now.
    let preconditions = Preconditions { uid: namespace.uid(), resource_version: None };
    let params = DeleteParams::background().preconditions(preconditions);
    answered("delete namespaces", gone(api.delete(name, &params))).await?;
    Ok(Cleaned::Deleted)
}

/// Something that somebody has put into a namespace; absent where there is none.
async fn holds(client: &Client, namespace: &str) -> Result<Option<String>, Trouble> {
    for place in &CONTENTS {
        let (client, resource) = (client.clone(), place.resource());
        let api: Api<DynamicObject> = Api::namespaced_with(client, namespace, &resource);
        let list = answered(place.right, api.list_metadata(&ListParams::default())).await?;
        let mut left = list.iter().filter(|object| object.metadata.deletion_timestamp.is_none());
        if let Some(object) = left.find(|object| !place.is_usual(&object.name_any())) {
            return Ok(Some(format!("{} '{}'", place.kind, object.name_any())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_namespace_has_is_nobody_s() {
        let is_usual = |kind: &str, name: &str| {
            CONTENTS.iter().find(|place| place.kind == kind).unwrap().is_usual(name)
        };
        for (kind, name, usual) in [
            ("ServiceAccount", "default", true),
            ("ServiceAccount", "default-2", false),
            ("Secret", "default-token-x7k2p", true),
            ("Secret", "default", false),
            ("ConfigMap", "kube-root-ca.crt", true),
            ("Deployment", "default", false),
        ] {
            assert_eq!(is_usual(kind, name), usual, "{kind} {name}");
        }
    }

    #[test]
    fn every_kind_but_namespaces_is_deleted_by_its_name() {
        let resource = |kind| deletable(kind).map(|place| place.resource().api_version);
        assert_eq!(resource(Kind::Deployment).as_deref(), Some("apps/v1"));
        assert_eq!(resource(Kind::Service).as_deref(), Some("v1"));
        assert_eq!(resource(Kind::Namespace), None);
    }
}
