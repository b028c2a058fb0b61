//! What goes wrong in a cluster, each in a cluster of its own. The agent never ends for it and never
//! takes anything away, says that it is not ready while it cannot report, keeps its memory, and is
//! well again soon after.

use std::sync::Arc;
use std::time::Duration;

use inventory_common::resource::{ConditionType, NodeInventory};
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use test_kubernetes::proxy::{Mode, Proxy};
use test_kubernetes::{SimulatedNode, wait};

use crate::agent::Agent;
use crate::environment::{Cluster, Environment, PATIENCE, cases};
use crate::host::{Host, MORE_DISKS, USUAL, USUAL_GPUS};
use crate::report::wait_for_object;

cases![
    the_api_server_is_away_for_two_minutes,
    etcd_is_away,
    the_definition_is_installed_later,
    the_definition_is_deleted,
    rights_are_withdrawn_and_given_back,
    answers_are_errors,
    who_is_turned_away_comes_back_no_sooner_than_they_were_told,
    who_fails_to_mend_something_takes_nobody_for_a_rival,
    answers_are_slow,
    connections_speak_no_tls,
    watches_are_cut_every_second,
    somebody_else_owns_the_fields,
];

/// How much memory may grow by: a connection, a buffer, a line of the log.
const GROWTH_KIB: u64 = 2048;

/// A node that reports, and is about to learn of something new.
struct Scene {
    cluster: Cluster,
    node: SimulatedNode,
    host: Host,
    agent: Agent,
    inventories: Api<NodeInventory>,
    resident_kib: u64,
}

impl Scene {
    async fn new() -> Self {
        let cluster = Cluster::start().await;
        let node = cluster.node("faulty").await;
        let kubeconfig = node.kubeconfig_file();
        Self::with(cluster, node, &kubeconfig).await
    }

    async fn with(cluster: Cluster, node: SimulatedNode, kubeconfig: &std::path::Path) -> Self {
        let host = Host::usual();
        let mut agent = Agent::start_with(&node, &host.root(), kubeconfig, &[]).await;
        agent.wait_until_ready().await;
        agent.wait_for_readings(5).await;
        let (inventories, resident_kib) = (cluster.inventories().await, agent.resident_kib());
        Self { cluster, node, host, agent, inventories, resident_kib }
    }

    /// Another disk appears.
    fn change(&mut self) {
        self.host.become_(&[USUAL, MORE_DISKS]);
    }

    /// The fault is over: all is well again, and nothing was lost.
    async fn recovers(&mut self, fault: &str) {
        let took = std::time::Instant::now();
        wait_for_object(&self.inventories, "faulty", "the change is reported", |object| {
            object.status.node_data.storage.disks == 2
        })
        .await;
        self.agent.wait_until_ready().await;
        let (took, grown) =
            (took.elapsed(), self.agent.resident_kib().saturating_sub(self.resident_kib));
        eprintln!("{fault}: well after {:.1} s, {grown} KiB more", took.as_secs_f64());
        assert!(grown <= GROWTH_KIB, "{grown} KiB more than before");
        let shown = self.node.node().await.unwrap();
        assert_eq!(SimulatedNode::label(&shown, "nodeID"), Some("faulty"));
        assert_eq!(SimulatedNode::annotation(&shown, "gpu.aios/info"), Some(USUAL_GPUS));
    }
}

async fn the_api_server_is_away_for_two_minutes(_: Arc<Environment>) {
    let mut scene = Scene::new().await;
    scene.cluster.plane.stop_api_server();
    scene.agent.wait_until_not_ready("cannot watch the Node").await;
    scene.change();
    tokio::time::sleep(Duration::from_mins(2)).await;
    scene.agent.wait_until_not_ready("cannot watch the NodeInventory").await;
    scene.cluster.plane.start_api_server().await;
    scene.recovers("the API server was away for two minutes").await;
}

async fn etcd_is_away(_: Arc<Environment>) {
    let mut scene = Scene::new().await;
    scene.cluster.plane.stop_etcd();
    scene.change();
    scene.agent.wait_until_not_ready("cannot write the NodeInventory").await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    scene.cluster.plane.start_etcd();
    scene.recovers("etcd was away").await;
}

async fn the_definition_is_installed_later(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let admin = cluster.plane.admin().await;
    cluster.chart.delete_definitions(&admin).await;
    let (node, host) = (cluster.node("early").await, Host::usual());
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_not_ready("does not know NodeInventory").await;
    // The Node is told of all the same.
    node.wait_for_node("the Node has its label", PATIENCE, |node| {
        SimulatedNode::label(node, "nodeID") == Some("early")
    })
    .await;
    cluster.chart.install_definitions(&admin).await;
    let inventories = cluster.inventories().await;
    wait_for_object(&inventories, "early", "the object is made", |_| true).await;
    agent.wait_until_ready().await;
}

async fn the_definition_is_deleted(_: Arc<Environment>) {
    let mut scene = Scene::new().await;
    let admin = scene.cluster.plane.admin().await;
    scene.cluster.chart.delete_definitions(&admin).await;
    scene.agent.wait_until_not_ready("does not know NodeInventory").await;
    scene.change();
    scene.cluster.chart.install_definitions(&admin).await;
    scene.recovers("the definition was deleted").await;
}

async fn rights_are_withdrawn_and_given_back(_: Arc<Environment>) {
    let mut scene = Scene::new().await;
    let admin = scene.cluster.plane.admin().await;
    let is_binding = |kind: &str| kind == "ClusterRoleBinding";
    scene.cluster.chart.delete_objects(&admin, is_binding).await;
    // Until the server has heard of it, a write may still pass.
    let agent = scene.node.agent().await;
    wait::until("the rights are gone", PATIENCE, async || {
        crate::policy::reads_a_node(&agent, "faulty").await.is_err().then_some(())
    })
    .await;
    scene.change();
    scene.agent.wait_until_not_ready("cannot write the NodeInventory").await;
    scene.cluster.chart.install_objects(&admin, is_binding).await;
    scene.recovers("rights were withdrawn").await;
}

/// A scene with a proxy before its API server.
async fn behind_a_proxy() -> (Proxy, Scene) {
    let cluster = Cluster::start().await;
    let proxy = Proxy::start(&cluster.plane).await;
    let node = cluster.node("faulty").await;
    let kubeconfig = node.kubeconfig_file_for(proxy.url());
    (proxy, Scene::with(cluster, node, &kubeconfig).await)
}

async fn answers_are_errors(_: Arc<Environment>) {
    let (proxy, mut scene) = behind_a_proxy().await;
    for mode in [Mode::Status(500), Mode::Status(503), Mode::Throttle(1), Mode::Status(429)] {
        proxy.set(mode);
        scene.agent.wait_until_not_ready("cannot watch").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        proxy.set(Mode::Pass);
        scene.agent.wait_until_ready().await;
    }
    proxy.set(Mode::Status(500));
    scene.change();
    scene.agent.wait_until_not_ready("the test wants it so").await;
    proxy.set(Mode::Pass);
    scene.recovers("answers were errors").await;
    for kind in ["\"server\"", "\"throttled\""] {
        let errors: u64 =
            scene.agent.metric("aios_inventory_agent_api_errors_total", &[kind]).await;
        assert!(errors > 0, "{kind}");
    }
}

async fn who_is_turned_away_comes_back_no_sooner_than_they_were_told(_: Arc<Environment>) {
    const WORD: Duration = Duration::from_secs(3);
    const TIMES: usize = 3;
    let (proxy, mut scene) = behind_a_proxy().await;
    proxy.set(Mode::TurnAway(WORD.as_secs()));
    scene.change();
    let follows = ["GET /api/v1/nodes", "GET /apis/inventory.aios/v1alpha1/nodeinventories"];
    let writes = "PATCH /apis/inventory.aios/v1alpha1/nodeinventories/faulty";
    let all = [follows.as_slice(), &[writes]].concat();
    let times = |what: &str| {
        let turned_away = proxy.turned_away().into_iter();
        turned_away.filter(|(_, asked)| asked == what).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let all_tried = async || all.iter().all(|what| times(what).len() >= TIMES).then_some(());
    wait::until("each is tried again", PATIENCE, all_tried).await;
    for what in &all {
        for pair in times(what).windows(2) {
            let pause = pair[1].duration_since(pair[0]);
            assert!(pause >= WORD, "{what}: {pause:?}");
        }
    }
    proxy.set(Mode::Pass);
    scene.recovers("it was turned away").await;
}

async fn who_fails_to_mend_something_takes_nobody_for_a_rival(_: Arc<Environment>) {
    let (proxy, mut scene) = behind_a_proxy().await;
    proxy.set(Mode::Conflict);
    let patch = Patch::Merge(json!({ "metadata": { "annotations": { "gpu.aios/info": "[]" } } }));
    let once = scene.node.nodes().patch("faulty", &PatchParams::default(), &patch).await;
    once.unwrap();
    let agent = &scene.agent;
    wait::until("it has failed many times", PATIENCE, async || {
        let labels = ["\"conflict\""];
        let errors: u64 = agent.metric("aios_inventory_agent_api_errors_total", &labels).await;
        (errors > 6).then_some(())
    })
    .await;
    proxy.set(Mode::Pass);
    scene
        .node
        .wait_for_node("it is mended", PATIENCE, |node| {
            SimulatedNode::annotation(node, "gpu.aios/info") == Some(USUAL_GPUS)
        })
        .await;
    scene.agent.wait_until_ready().await;
    let object = scene.inventories.get("faulty").await.unwrap();
    assert!(!object.status.is(ConditionType::Contested), "{object:?}");
}

async fn answers_are_slow(_: Arc<Environment>) {
    let (proxy, mut scene) = behind_a_proxy().await;
    proxy.set(Mode::Slow(Duration::from_secs(3)));
    scene.change();
    // Slow is no fault: it is reported all the same.
    wait_for_object(&scene.inventories, "faulty", "the change is reported", |object| {
        object.status.node_data.storage.disks == 2
    })
    .await;
    // So slow that nobody waits for it.
    proxy.set(Mode::Slow(Duration::from_hours(1)));
    scene.host.become_(&[USUAL]);
    scene.agent.wait_until_not_ready("no answer within").await;
    scene.change();
    proxy.set(Mode::Pass);
    scene.recovers("answers were slow").await;
}

async fn connections_speak_no_tls(_: Arc<Environment>) {
    let (proxy, mut scene) = behind_a_proxy().await;
    for mode in [Mode::BrokenTls, Mode::Closed] {
        proxy.set(mode);
        scene.agent.wait_until_not_ready("cannot watch").await;
    }
    scene.change();
    scene.agent.wait_for_readings(10).await;
    proxy.set(Mode::Pass);
    scene.recovers("connections spoke no TLS").await;
}

async fn watches_are_cut_every_second(_: Arc<Environment>) {
    let (proxy, mut scene) = behind_a_proxy().await;
    proxy.set(Mode::Cut(Duration::from_secs(1)));
    tokio::time::sleep(Duration::from_secs(20)).await;
    scene.change();
    wait_for_object(&scene.inventories, "faulty", "the change is reported", |object| {
        object.status.node_data.storage.disks == 2
    })
    .await;
    proxy.set(Mode::Pass);
    scene.recovers("watches were cut every second").await;
}

async fn somebody_else_owns_the_fields(_: Arc<Environment>) {
    let mut scene = Scene::new().await;
    let rival = PatchParams::apply("rival").force();
    let object = scene.inventories.get("faulty").await.unwrap();
    let mut status = serde_json::to_value(&object.status).unwrap();
    status["nodeData"]["memory"] = json!(1);
    let patch = Patch::Apply(json!({
        "apiVersion": "inventory.aios/v1alpha1", "kind": "NodeInventory",
        "metadata": { "name": "faulty" }, "status": status,
    }));
    scene.inventories.patch("faulty", &rival, &patch).await.unwrap();
    scene.change();
    scene.recovers("somebody else owned the fields").await;
    let object = scene.inventories.get("faulty").await.unwrap();
    assert_eq!(object.status.node_data.memory_mib, 16384);
}
