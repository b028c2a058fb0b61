//! What the cluster's `ClusterOnboarding` says of it.

use inventory_common::resource::ClusterOnboarding;
use kube::Client;
use kube::api::Api;

use super::trouble::{Trouble, answered};

/// The cluster's `ClusterOnboarding`; absent where it has none.
pub async fn onboarding(client: &Client) -> Result<Option<ClusterOnboarding>, Trouble> {
    let api: Api<ClusterOnboarding> = Api::all(client.clone());
    let right = "get clusteronboardings.inventory.aios cluster";
    answered(right, api.get_opt(ClusterOnboarding::NAME)).await
}
