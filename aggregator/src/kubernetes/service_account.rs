//! An account for AIOS's infrastructure: a `ServiceAccount` that is cluster-admin, and a token of it that
//! ends by itself.

use std::fmt;
use std::str::FromStr;

use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use kube::{Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::trouble::{Trouble, answered};

/// Who made it, on what is made here.
pub const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "inventory-aggregator");

/// As whom objects are written.
const MANAGER: &str = "inventory-aggregator-infra";

/// The role that AIOS's infrastructure needs: it makes others cluster-admin, and RBAC lets nobody give
/// what he does not have.
pub const ROLE: &str = "cluster-admin";

/// A `ServiceAccount`, by its namespace and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Account {
    /// The one that is used unless another is named.
    pub const USUAL: &str = "aios-inventory/aios-infrastructure";

    /// What its `ClusterRoleBinding` is called.
    #[must_use]
    pub fn binding(&self) -> String {
        format!("{}:{}", self.namespace, self.name)
    }
}

impl FromStr for Account {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let is_label = |part: &str| {
            let is_fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            (1..=63).contains(&part.len())
                && part.chars().all(is_fit)
                && !part.starts_with('-')
                && !part.ends_with('-')
        };
        match text.split_once('/') {
            Some((namespace, name)) if is_label(namespace) && is_label(name) => {
                Ok(Self { namespace: namespace.to_owned(), name: name.to_owned() })
            }
            _ => Err("expected NAMESPACE/NAME, of lower-case letters, digits and '-'"),
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A token of an account. It has no `Debug`.
pub struct Token {
    /// The token itself.
    pub secret: String,
    /// When it ends, as the API server says; it may give less than was asked for.
    pub expires: Timestamp,
}

/// Makes the account and its binding, where they are not there. What is there and was not made here is left
/// alone: it is somebody's, and would be taken away with the account.
pub async fn make(client: &Client, account: &Account) -> Result<(), Trouble> {
    let Account { namespace, name } = account;
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), namespace);
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    let binding = account.binding();
    must_be_ours("patch serviceaccounts", ("get serviceaccounts", &accounts, name)).await?;
    let right = "get clusterrolebindings.rbac.authorization.k8s.io";
    must_be_ours(BIND, (right, &bindings, &binding)).await?;
    ensure_namespace(client, namespace).await?;
    let (key, value) = MANAGED_BY;
    let labels = json!({ key: value });
    let params = PatchParams::apply(MANAGER);
    let object = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": name, "labels": labels },
    });
    answered("patch serviceaccounts", accounts.patch(name, &params, &Patch::Apply(object))).await?;
    let object = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": { "name": binding, "labels": labels },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": ROLE },
        "subjects": [{ "kind": "ServiceAccount", "namespace": namespace, "name": name }],
    });
    let object = Patch::Apply(object);
    answered(BIND, bindings.patch(&binding, &params, &object)).await?;
    Ok(())
}

/// The right to bind.
const BIND: &str = "patch clusterrolebindings.rbac.authorization.k8s.io";

/// Refuses to `change` an object that is there and was not made here.
async fn must_be_ours<K>(
    change: &'static str,
    (right, api, name): (&'static str, &Api<K>, &str),
) -> Result<(), Trouble>
where
    K: Resource + Clone + fmt::Debug + DeserializeOwned,
{
    let (key, value) = MANAGED_BY;
    match answered(right, api.get_opt(name)).await? {
        Some(object) if object.labels().get(key).is_none_or(|by| by != value) => Err(Trouble::new(
            change,
            &format!("'{name}' is there, and was not made by this: name another account"),
        )),
        _ => Ok(()),
    }
}

async fn ensure_namespace(client: &Client, name: &str) -> Result<(), Trouble> {
    let api: Api<Namespace> = Api::all(client.clone());
    if answered("get namespaces", api.get_opt(name)).await?.is_some() {
        return Ok(());
    }
    let (key, value) = MANAGED_BY;
    let mut namespace = Namespace::default();
    namespace.metadata.name = Some(name.to_owned());
    namespace.metadata.labels = Some([(key.to_owned(), value.to_owned())].into());
    answered("create namespaces", api.create(&PostParams::default(), &namespace)).await?;
    Ok(())
}

/// A token of the account for so many hours.
pub async fn token(client: &Client, account: &Account, hours: u32) -> Result<Token, Trouble> {
    let api: Api<ServiceAccount> = Api::namespaced(client.clone(), &account.namespace);
    let request = TokenRequest {
        spec: TokenRequestSpec {
            expiration_seconds: Some(i64::from(hours) * 3600),
            ..TokenRequestSpec::default()
        },
        ..TokenRequest::default()
    };
    let params = PostParams::default();
    let made = api.create_token_request(&account.name, &params, &request);
    let right = "create serviceaccounts/token";
    let status = answered(right, made).await?.status;
    let status = status.ok_or_else(|| Trouble::new(right, "the answer has no token in it"))?;
    Ok(Token { secret: status.token, expires: status.expiration_timestamp.0 })
}

/// Takes the binding and the account away, where they are there and were made here. A token of it is worth
/// nothing then.
pub async fn unmake(client: &Client, account: &Account) -> Result<(), Trouble> {
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), &account.namespace);
    let right = "get clusterrolebindings.rbac.authorization.k8s.io";
    must_be_ours(UNBIND, (right, &bindings, &account.binding())).await?;
    let right = "get serviceaccounts";
    must_be_ours("delete serviceaccounts", (right, &accounts, &account.name)).await?;
    let params = DeleteParams::default();
    let binding = account.binding();
    answered(UNBIND, gone(bindings.delete(&binding, &params))).await?;
    answered("delete serviceaccounts", gone(accounts.delete(&account.name, &params))).await
}

/// The right to take a binding away.
const UNBIND: &str = "delete clusterrolebindings.rbac.authorization.k8s.io";

/// What is not there any more was deleted.
pub async fn gone<T>(
    delete: impl Future<Output = Result<T, kube::Error>>,
) -> Result<(), kube::Error> {
    match delete.await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_a_namespace_and_a_name() {
        let account: Account = Account::USUAL.parse().unwrap();
        assert_eq!(account.to_string(), Account::USUAL);
        assert_eq!(account.binding(), "aios-inventory:aios-infrastructure");
        for text in ["", "a", "/a", "a/", "a/b/c", "A/b", "a/b_c", "-a/b", "a/b-"] {
            assert!(text.parse::<Account>().is_err(), "{text}");
        }
    }
}
