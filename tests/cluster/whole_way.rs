//! From `helm install` to what AIOS stores.

use std::sync::Arc;
use std::time::Instant;

use fake_aios::Change;
use inventory_common::resource::OnboardingConditionType::Submitted;
use serde_json::json;
use test_kubernetes::wait;

use crate::environment::{Environment, ID, PATIENCE, cases};

cases![
    one_command_brings_the_cluster_to_aios,
    what_somebody_changes_at_aios_is_put_right,
    the_inventory_agrees_with_kubelet,
];

async fn one_command_brings_the_cluster_to_aios(environment: Arc<Environment>) {
    let cluster = environment.bare_cluster().await;
    cluster.release.namespace(&cluster.admin).await;
    let started = Instant::now();
    cluster.release.apply(&json!({}));
    let installed = started.elapsed();
    wait::until("the cluster is submitted", PATIENCE, async || {
        let onboarding = cluster.onboardings().get_opt("cluster").await.ok()??;
        onboarding.status?.is(Submitted).then_some(())
    })
    .await;
    let submitted = started.elapsed();
    cluster.is_right().await;
    eprintln!("helm install took {installed:?}, until Submitted it took {submitted:?}");
}

async fn what_somebody_changes_at_aios_is_put_right(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    cluster.aios.change(ID, &Change::Edit(json!({ "swap": 777 }))).unwrap();
    let is_put_right = async || (cluster.aios.stored(ID)?["swap"] != 777).then_some(());
    wait::until("AIOS's copy is put right", PATIENCE, is_put_right).await;
    cluster.is_right().await;
}

async fn the_inventory_agrees_with_kubelet(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let data = cluster.inventory().await.unwrap().status.node_data;
    let status = cluster.nodes().get(&cluster.node).await.unwrap().status.unwrap();
    let capacity = status.capacity.unwrap();
    assert_eq!(data.vcpus.count.to_string(), capacity["cpu"].0);
    let kib: u64 = capacity["memory"].0.strip_suffix("Ki").unwrap().parse().unwrap();
    assert_eq!(data.memory_mib, kib / 1024);
    let swap = status.node_info.unwrap().swap.and_then(|swap| swap.capacity).unwrap_or_default();
    assert_eq!(data.swap_mib, u64::try_from(swap).unwrap() / (1024 * 1024));
}
