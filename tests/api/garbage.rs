//! Kubernetes' garbage collector, which deletes what belonged to a Node that is gone, before and
//! after the agent does.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use kube::ResourceExt;
use kube::api::{DeleteParams, Preconditions};
use test_kubernetes::{ControlPlane, assets, wait};

use crate::agent::Agent;
use crate::environment::{Cluster, Environment, PATIENCE, cases};
use crate::host::Host;
use crate::mending::another_object;

cases![
    what_the_collector_has_deleted_is_made_anew,
    what_was_made_anew_survives_the_collector,
    an_inventory_goes_with_its_node_and_comes_back_with_it,
];

async fn what_the_collector_has_deleted_is_made_anew(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, host) = (cluster.node("collected-first").await, Host::usual());
    let inventories = cluster.inventories().await;
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    let former = inventories.get(&node.name).await.unwrap().uid();
    drop(agent);
    node.unregister().await;
    inventories.delete(&node.name, &DeleteParams::default()).await.unwrap();
    let uid = node.register().await.uid().unwrap();
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    another_object(&inventories, &node.name, former).await;
    assert_eq!(inventories.get(&node.name).await.unwrap().owner_references()[0].uid, uid);
}

async fn what_was_made_anew_survives_the_collector(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, host) = (cluster.node("collected-last").await, Host::usual());
    let inventories = cluster.inventories().await;
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    let former = inventories.get(&node.name).await.unwrap().uid();
    node.unregister().await;
    node.register().await;
    another_object(&inventories, &node.name, former.clone()).await;
    // What the collector saw is what it deletes, and nothing else of that name.
    let seen = Preconditions { uid: former, resource_version: None };
    let late = inventories.delete(&node.name, &DeleteParams::default().preconditions(seen)).await;
    assert!(matches!(&late, Err(kube::Error::Api(status)) if status.code == 409), "{late:?}");
    agent.wait_until_ready().await;
}

/// The real collector, beside a control plane of its own.
struct Collector(Child);

impl Collector {
    fn start(plane: &ControlPlane) -> Self {
        let mut command = Command::new(assets::binary("kube-controller-manager"));
        command.arg("--kubeconfig").arg(plane.admin_kubeconfig());
        command.args(["--controllers=garbage-collector-controller", "--leader-elect=false"]);
        command.arg("--secure-port=0").stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("kube-controller-manager starts"))
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

async fn an_inventory_goes_with_its_node_and_comes_back_with_it(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let (node, host) = (cluster.node("mortal").await, Host::usual());
    let inventories = cluster.inventories().await;
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    let _collector = Collector::start(&cluster.plane);
    for life in 0..3 {
        let former = inventories.get(&node.name).await.unwrap().uid();
        node.unregister().await;
        // Once the collector is left its time; then the Node is back before it looks.
        if life == 0 {
            let look =
                async || inventories.get_opt(&node.name).await.unwrap().is_none().then_some(());
            wait::until("the inventory is collected", PATIENCE, look).await;
            agent.wait_for_readings(3).await;
            assert_eq!(inventories.get_opt(&node.name).await.unwrap(), None);
        }
        let uid = node.register().await.uid().unwrap();
        another_object(&inventories, &node.name, former).await;
        agent.wait_until_ready().await;
        // The collector looks again at what it could not judge before.
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        agent.wait_until_ready().await;
        assert_eq!(inventories.get(&node.name).await.unwrap().owner_references()[0].uid, uid);
    }
}
