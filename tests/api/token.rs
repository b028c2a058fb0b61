//! The pod's token, which kubelet renews.

use std::sync::Arc;

use test_kubernetes::wait;

use crate::agent::Agent;
use crate::environment::{Environment, PATIENCE, cases};
use crate::host::{Host, MORE_DISKS, USUAL};
use crate::report::wait_for_object;

cases![a_renewed_token_is_taken_up];

async fn a_renewed_token_is_taken_up(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (mut node, mut host) = (cluster.node("renewed").await, Host::usual());
    let inventories = cluster.inventories().await;
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    // The former pod's token is worth nothing at once, which is worse than kubelet ever does.
    node.stop_pod().await;
    let client = node.agent().await;
    // Until the API server has forgotten that it was good.
    wait::until("the token is refused", PATIENCE, async || {
        crate::policy::reads_a_node(&client, "renewed").await.is_err().then_some(())
    })
    .await;
    host.become_(&[USUAL, MORE_DISKS]);
    agent.wait_until_not_ready("cannot write the NodeInventory").await;
    node.start_pod().await;
    wait_for_object(&inventories, "renewed", "the change is written", |object| {
        object.status.node_data.storage.disks == 2
    })
    .await;
    agent.wait_until_ready().await;
    let name = "aios_inventory_agent_api_errors_total";
    assert!(agent.metric::<u64>(name, &["unauthorized"]).await > 0);
}
