//! Service accounts: their tokens, and what they may do.

use k8s_openapi::api::authentication::v1::{BoundObjectReference, TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Client;
use kube::api::{Api, PostParams};
use serde_json::json;

use crate::control_plane::{ControlPlane, client};

/// How long a token is good for; the API server refuses less.
const TOKEN_SECONDS: i64 = 600;

/// How long one is good for that nobody renews.
const LONG_TOKEN_SECONDS: i64 = 6 * 3600;

/// A token of this account, bound to an object or to nothing.
pub async fn token(
    admin: Client,
    namespace: &str,
    account: &str,
    bound: Option<BoundObjectReference>,
) -> String {
    try_token(admin, namespace, account, bound).await.expect("a token")
}

/// The same where the API server may be away.
pub async fn try_token(
    admin: Client,
    namespace: &str,
    account: &str,
    bound: Option<BoundObjectReference>,
) -> kube::Result<String> {
    request(admin, namespace, account, bound, TOKEN_SECONDS).await
}

/// The same for who measures for hours.
pub async fn long_token(
    admin: Client,
    namespace: &str,
    account: &str,
    bound: Option<BoundObjectReference>,
) -> String {
    request(admin, namespace, account, bound, LONG_TOKEN_SECONDS).await.expect("a token")
}

async fn request(
    admin: Client,
    namespace: &str,
    account: &str,
    bound: Option<BoundObjectReference>,
    seconds: i64,
) -> kube::Result<String> {
    let request = TokenRequest {
        spec: TokenRequestSpec {
            bound_object_ref: bound,
            expiration_seconds: Some(seconds),
            ..TokenRequestSpec::default()
        },
        ..TokenRequest::default()
    };
    let accounts: Api<ServiceAccount> = Api::namespaced(admin, namespace);
    let answer = accounts.create_token_request(account, &PostParams::default(), &request).await?;
    Ok(answer.status.expect("a token").token)
}

/// A client with the rights of this account.
pub async fn client_of(plane: &ControlPlane, namespace: &str, account: &str) -> Client {
    let token = token(plane.admin().await, namespace, account, None).await;
    client(plane.kubeconfig(&plane.url(), &json!({ "token": token }))).await
}
