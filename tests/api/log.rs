//! What the daemon's log tells: a line for each change of state, and none while all stays as it is.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::agent::Agent;
use crate::environment::{Cluster, Environment, PATIENCE, cases};
use crate::host::{Host, MORE_DISKS, USUAL};
use crate::support::agent::command;
use crate::support::fake;
use crate::support::hostile::{DEVICE, must_be_seen};
use crate::support::scene::Scene;

cases![
    while_nothing_changes_nothing_is_told,
    a_device_that_vanishes_and_returns_is_a_line_each,
    what_cannot_be_read_is_told_once_and_once_when_it_can,
    an_api_server_that_is_away_is_told_once_by_what_it_concerns,
    a_policy_s_refusal_is_told_once_however_often_it_is_tried,
    a_device_may_call_itself_anything_and_a_line_stays_a_line,
];

/// As it is unless told: what other people's code says is not in it.
const INFO: [&str; 2] = ["--log-level", "info"];

/// How many times the host is read while nothing changes.
const QUIET: u32 = 20;

/// A disk whose size makes no sense.
const SPOILT: &str = "\
sys/block/sdb -> ../devices/pci0000:00/0000:00:1f.2/ata2/host1/target1:0:0/1:0:0:0/block/sdb
sys/block/sdb/size = many
";

/// The lines that a person sees from this one on, each as its message with what it is about.
fn told(agent: &Agent, since: usize) -> Vec<String> {
    agent.told().iter().skip(since).map(short).collect()
}

fn short(line: &Value) -> String {
    let about = ["device", "part", "object", "rule", "before", "now"];
    let about = about.iter().filter_map(|key| Some(format!(" {key}={}", line.get(key)?.as_str()?)));
    format!(
        "{} {}{}",
        line["level"].as_str().unwrap(),
        line["message"].as_str().unwrap(),
        about.collect::<String>()
    )
}

/// Those of the lines that are about a device.
fn of_devices(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().filter(|line| line.contains(" device=")).collect()
}

async fn while_nothing_changes_nothing_is_told(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, host) = (cluster.node("log-quiet").await, Host::usual());
    let mut agent = Agent::start(&node, &host.root(), &INFO).await;
    agent.wait_until_ready().await;
    agent.wait_for_readings(3).await;
    let lines = told(&agent, 0);
    let mut sorted = lines.clone();
    sorted.sort();
    let expected = [
        "INFO listening",
        "INFO the host was read",
        "INFO well part=Node",
        "INFO well part=NodeInventory",
        "INFO well part=host",
        "INFO well part=report",
        "INFO written object=Node",
        "INFO written object=NodeInventory",
    ];
    assert_eq!(sorted, expected);
    agent.wait_for_readings(QUIET).await;
    assert_eq!(told(&agent, lines.len()), [""; 0]);
    assert!(agent.told().iter().all(|line| line["node"] == "log-quiet"), "{}", agent.log());
}

async fn a_device_that_vanishes_and_returns_is_a_line_each(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, mut host) = (cluster.node("log-device").await, Host::new(&[USUAL, MORE_DISKS]));
    let mut agent = Agent::start(&node, &host.root(), &INFO).await;
    agent.wait_until_ready().await;
    agent.wait_for_readings(3).await;
    let since = agent.told().len();
    host.become_(&[USUAL]);
    agent.wait_for_readings(5).await;
    host.become_(&[USUAL, MORE_DISKS]);
    agent.wait_for_readings(5).await;
    let devices = of_devices(told(&agent, since));
    let expected =
        ["WARN is gone device=sdb before=2048 MiB", "INFO is new device=sdb now=2048 MiB"];
    assert_eq!(devices, expected, "{}", agent.log());
}

async fn what_cannot_be_read_is_told_once_and_once_when_it_can(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, mut host) = (cluster.node("log-spoilt").await, Host::new(&[USUAL, SPOILT]));
    let mut agent = Agent::start(&node, &host.root(), &INFO).await;
    agent.wait_until_ready().await;
    agent.wait_for_readings(QUIET).await;
    host.become_(&[USUAL, MORE_DISKS]);
    agent.wait_for_readings(5).await;
    let devices = of_devices(told(&agent, 0));
    assert_eq!(devices, ["WARN cannot be read device=sdb", "INFO can be read again device=sdb"]);
    let line = agent.told().into_iter().find(|line| line["device"] == "sdb").unwrap();
    assert_eq!(
        (&line["path"], &line["kind"]),
        (&"sys/block/sdb/size".into(), &"block".into()),
        "{line}"
    );
    assert!(line["trouble"].is_string(), "{line}");
}

async fn an_api_server_that_is_away_is_told_once_by_what_it_concerns(_: Arc<Environment>) {
    let mut cluster = Cluster::start().await;
    let (node, host) = (cluster.node("log-away").await, Host::usual());
    let mut agent = Agent::start(&node, &host.root(), &INFO).await;
    agent.wait_until_ready().await;
    agent.wait_for_readings(3).await;
    let since = agent.told().len();
    cluster.plane.stop_api_server();
    agent.wait_until_not_ready("cannot watch the Node").await;
    agent.wait_until_not_ready("cannot watch the NodeInventory").await;
    // So long that it is tried several times.
    tokio::time::sleep(Duration::from_secs(15)).await;
    let away = told(&agent, since);
    cluster.plane.start_api_server().await;
    agent.wait_until_ready().await;
    for part in ["Node", "NodeInventory"] {
        let of = |lines: &[String], what: &str| {
            let line = format!("{what} part={part}");
            lines.iter().filter(|it| **it == line).count()
        };
        assert_eq!(of(&away, "WARN not ready"), 1, "{}", agent.log());
        assert_eq!(of(&told(&agent, since), "INFO well"), 1, "{}", agent.log());
    }
}

async fn a_policy_s_refusal_is_told_once_however_often_it_is_tried(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, other) = (cluster.node("log-own").await, cluster.node("log-other").await);
    let host = Host::usual();
    // It says that it is another's.
    let mut agent = Agent::start_with(&other, &host.root(), &node.kubeconfig_file(), &[]).await;
    agent.wait_until_not_ready("cannot write").await;
    let refused = |agent: &Agent| {
        let lines = agent.log();
        lines.lines().filter(|line| line.contains("\"asked\"") && line.contains("trouble")).count()
    };
    let often = async || (refused(&agent) >= 4).then_some(());
    test_kubernetes::wait::until("it is tried again and again", PATIENCE, often).await;
    let lines = agent.told();
    let lines: Vec<&Value> = lines.iter().filter(|line| line["part"] == "report").collect();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&line["level"], &line["node"]), (&"WARN".into(), &"log-other".into()), "{line}");
}

async fn a_device_may_call_itself_anything_and_a_line_stays_a_line(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, scene) = (cluster.node("log-hostile").await, Scene::hostile());
    let mut command = command();
    command.env(fake::DESCRIPTION, scene.path("nvml.json"));
    command.arg("--nvml-library").arg(fake::library());
    let kubeconfig = node.kubeconfig_file();
    let mut agent = Agent::start_as(command, &node, &scene.root(), &kubeconfig).await;
    agent.wait_until_ready().await;
    std::fs::remove_dir_all(scene.root().join("sys/block")).unwrap();
    agent.wait_for_readings(5).await;
    let lines = agent.told();
    let of = |message: &str| lines.iter().find(|line| line["message"] == message).unwrap();
    let (dark, gone) = (of("is not fully known"), of("is gone"));
    assert_eq!((&dark["device"], &gone["device"]), (&DEVICE.into(), &DEVICE.into()));
    must_be_seen(&agent.log());
    for line in agent.log().lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    // What an API server refuses in an object is text there too.
    let object = cluster.inventories().await.get("log-hostile").await.unwrap();
    let model = &object.status.node_data.gpus.gpus[0].model_name;
    assert!(model.contains("<script>"), "{model}");
    must_be_seen(&serde_json::to_string(&object.status).unwrap());
}
