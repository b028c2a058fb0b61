//! What a real Prometheus finds in what agents and aggregator tell.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use inventory_common::telling::plain;

use crate::environment::{Environment, HOSTILE, cases};
use crate::prometheus::{PROGRAMS, monitoring, rules};
use crate::queries::{of_dashboard, of_rules, selectors};

cases![
    promtool_objects_to_one_name_alone,
    every_query_of_the_dashboard_finds_data,
    every_alert_can_be_judged_and_those_fire_that_should,
    what_alerts_ask_for_is_there,
    what_is_unknown_is_no_series,
    a_hostile_name_is_text_and_spoils_nothing,
];

/// What promtool says of metrics in the text format.
fn promtool(text: &str) -> Vec<String> {
    let mut command = Command::new(PROGRAMS[0]);
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stderr).unwrap().lines().map(str::to_owned).collect()
}

async fn promtool_objects_to_one_name_alone(environment: Arc<Environment>) {
    let watched = environment.watched().await;
    // The name that AIOS's users are promised; its GPUs are no histogram's.
    let objection = "aios_inventory_gpu_count non-histogram and non-summary metrics should not have \"_count\" suffix";
    let (controller, agents) = watched.addresses.split_last().unwrap();
    for agent in agents {
        assert_eq!(promtool(&watched.metrics(agent, "*/*").await), [objection]);
    }
    assert_eq!(promtool(&watched.metrics(controller, "*/*").await), [""; 0]);
    assert!(!promtool("x{y=\"} 1\n").is_empty(), "promtool says what is wrong");
}

async fn every_query_of_the_dashboard_finds_data(environment: Arc<Environment>) {
    let prometheus = &environment.watched().await.prometheus;
    let queries = of_dashboard(&monitoring());
    assert!(queries.len() > 25, "{}", queries.len());
    for query in queries {
        if query.may_be_empty {
            prometheus.query(&query.expr).await;
        } else {
            prometheus.until_found(&query.expr).await;
        }
    }
    // Here not all is well, and what is empty elsewhere is not.
    for panel in ["Nodes in trouble", "Probes that cannot read all", "GPUs by model and node"] {
        let queries = of_dashboard(&monitoring());
        let query = queries.iter().find(|query| query.panel == panel).unwrap();
        assert!(query.may_be_empty, "{panel}");
        prometheus.until_found(&query.expr).await;
    }
}

async fn every_alert_can_be_judged_and_those_fire_that_should(environment: Arc<Environment>) {
    let prometheus = &environment.watched().await.prometheus;
    // Rules are looked at by a clock of their own, so what was scraped a moment ago may not be judged yet.
    for alert in FIRING {
        prometheus.until_found(&format!("ALERTS{{alertname=\"{alert}\"}}")).await;
    }
    let alerts = prometheus.alerts().await;
    assert_eq!(alerts.len(), of_rules(&rules()).len());
    let pending = alerts.iter().filter(|(_, state)| state != "inactive");
    let pending: Vec<&str> = pending.map(|(name, _)| name.as_str()).collect();
    assert_eq!(pending, FIRING);
}

/// One node has troubles, and AIOS has what was true of it before.
const FIRING: [&str; 3] =
    ["AIOSInventoryProbeFailing", "AIOSInventorySpeedUnknown", "AIOSInventoryNotCovered"];

async fn what_alerts_ask_for_is_there(environment: Arc<Environment>) {
    let prometheus = &environment.watched().await.prometheus;
    let asked = of_rules(&rules()).into_iter().flat_map(|alert| selectors(&alert.expr));
    // A reason is there only while it holds.
    for (name, braces) in asked.filter(|(_, braces)| !braces.contains("reason")) {
        prometheus.until_found(&format!("{name}{{{braces}}}")).await;
    }
}

async fn what_is_unknown_is_no_series(environment: Arc<Environment>) {
    let prometheus = &environment.watched().await.prometheus;
    for metric in ["gpu_memory_bytes", "storage_bytes", "network_transmit_speed_bytes"] {
        let of = |node: &str| format!("aios_inventory_{metric}{{node=\"{node}\"}}");
        assert_eq!(prometheus.query(&of("usual")).await.len(), 1, "{metric}");
        assert!(prometheus.query(&of("troubled")).await.is_empty(), "{metric}");
    }
}

async fn a_hostile_name_is_text_and_spoils_nothing(environment: Arc<Environment>) {
    let prometheus = &environment.watched().await.prometheus;
    let found = prometheus.until_found("aios_inventory_gpu_count{node=\"hostile\"}").await;
    let [series] = &found[..] else { panic!("{found:?}") };
    assert_eq!(series["metric"]["model"], plain(HOSTILE).as_ref());
    assert_eq!(series["value"][1], "1");
    assert!(prometheus.query("up == 0").await.is_empty());
}
