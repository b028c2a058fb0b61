//! Node names of every length.

use std::sync::Arc;

use test_kubernetes::SimulatedNode;

use crate::agent::Agent;
use crate::environment::{Environment, cases};
use crate::host::Host;

cases![every_name_that_a_node_can_have_gets_an_id_of_its_own];

/// The longest label value.
const MAX_LABEL: usize = 63;

async fn every_name_that_a_node_can_have_gets_an_id_of_its_own(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (inventories, host) = (cluster.inventories().await, Host::usual());
    let part = "n".repeat(MAX_LABEL);
    let long = [part.as_str(); 3].join(".");
    let names = [
        "a".to_owned(),
        "10.1.2.3".to_owned(),
        "ip-10-0-0-7.eu-west-1.compute.internal".to_owned(),
        part.clone(),
        format!("{part}x"),
        format!("{part}y"),
        format!("{}.{}", "d".repeat(53), "e".repeat(20)),
        format!("{long}.{}", "z".repeat(61)),
        format!("{long}.{}y", "z".repeat(60)),
    ];
    let lengths = (names.iter().map(String::len).min(), names.iter().map(String::len).max());
    assert_eq!(lengths, (Some(1), Some(253)));
    let mut ids = Vec::new();
    for name in &names {
        let node = cluster.node(name).await;
        let mut agent = Agent::start(&node, &host.root(), &[]).await;
        agent.wait_until_ready().await;
        let shown = node.node().await.unwrap();
        let id = SimulatedNode::label(&shown, "nodeID").unwrap().to_owned();
        assert!(id.len() <= MAX_LABEL, "{id}");
        assert_eq!(id == *name, name.len() <= MAX_LABEL, "{name}: {id}");
        assert_eq!(inventories.get(name).await.unwrap().status.node_data.id, id);
        assert!(!ids.contains(&id), "{id} is there twice");
        ids.push(id);
    }
}
