//! At rest there is almost nothing to be asked, and nothing to be written.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::agent::Agent;
use crate::environment::{Environment, cases};

cases![an_hour_s_worth_of_unchanged_probes_of_the_live_host_writes_nothing];

/// Readings in an hour, at one a minute.
const READINGS: u32 = 60;

async fn an_hour_s_worth_of_unchanged_probes_of_the_live_host_writes_nothing(
    environment: Arc<Environment>,
) {
    let cluster = environment.cluster().await;
    let node = cluster.node("quiet").await;
    let mut agent = Agent::start(&node, Path::new("/"), &["--interval", "0.5"]).await;
    agent.wait_until_ready().await;
    agent.wait_for_readings(3).await;
    let requests = || {
        let requests = cluster.plane.requests().into_iter();
        requests.filter(|request| request.node() == Some("quiet")).collect::<Vec<_>>()
    };
    let before = requests().len();
    let kubelet = async {
        loop {
            // As kubelet does, with something new each time.
            let now = k8s_openapi::jiff::Timestamp::now().to_string();
            let ready = json!({ "type": "Ready", "status": "True", "lastHeartbeatTime": now });
            node.set_status(&json!({ "conditions": [ready] })).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = kubelet => {}
        () = agent.wait_for_readings(READINGS) => {}
    }
    let since = &requests()[before..];
    let writes: Vec<_> = since.iter().filter(|request| request.is_write()).collect();
    assert!(writes.is_empty(), "{writes:?}");
    // Watches are renewed after five minutes, and kubelet's figures after ten: this takes less.
    assert!(since.is_empty(), "{since:?}");
}
