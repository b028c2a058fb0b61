//! Prometheus, as whoever watches the cluster runs it: it scrapes the pods that the chart's `PodMonitor`
//! selects, and every query of the dashboard finds data.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{ContainerPort, Pod};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::ResourceExt;
use kube::api::{Api, ListParams};
use serde_json::{Value, json};
use test_kubernetes::chart::{Chart, kind};

use crate::environment::{Cluster, Environment, ID, cases};
use crate::prometheus::{Prometheus, monitoring, rules};
use crate::queries::{of_dashboard, of_rules};
use crate::release;

cases![a_prometheus_scrapes_the_pods_and_answers_every_query_of_the_dashboard];

/// What the operator makes of the `PodMonitor`: which pods, which port, and the labels that their metrics get.
/// Debian's Prometheus cannot ask Kubernetes for pods, so that they are looked up here.
async fn scrape_configs(cluster: &Cluster) -> Value {
    let chart = Chart::render(&["image.repository=x", "podMonitor.enabled=true"]);
    let monitor = chart.objects().iter().find(|object| kind(object) == "PodMonitor").unwrap();
    let spec = &monitor.data["spec"];
    let [endpoint] = &spec["podMetricsEndpoints"].as_array().unwrap()[..] else { panic!("{spec}") };
    let labels = spec["selector"]["matchLabels"].as_object().unwrap().iter();
    let labels: Vec<String> =
        labels.map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
    let pods: Api<Pod> = Api::namespaced(cluster.admin.clone(), release::NAME);
    let pods = pods.list(&ListParams::default().labels(&labels.join(","))).await.unwrap();
    let targets: Vec<Value> = pods.iter().map(|pod| target(pod, spec, endpoint)).collect();
    json!([{ "job_name": "pods", "static_configs": targets }])
}

/// A pod as Prometheus is told of it.
fn target(pod: &Pod, spec: &Value, endpoint: &Value) -> Value {
    let containers = &pod.spec.as_ref().unwrap().containers;
    let ports = containers.iter().flat_map(|container| container.ports.iter().flatten());
    let named = |port: &&ContainerPort| port.name.as_deref() == endpoint["port"].as_str();
    let port = ports.filter(named).map(|port| port.container_port).next().unwrap();
    let address = pod.status.as_ref().unwrap().pod_ip.as_ref().unwrap();
    let job = pod.labels().get(spec["jobLabel"].as_str().unwrap()).unwrap();
    let labels = json!({ "job": job, "namespace": pod.namespace(), "pod": pod.name_any() });
    json!({ "targets": [format!("{address}:{port}")], "labels": labels })
}

async fn a_prometheus_scrapes_the_pods_and_answers_every_query_of_the_dashboard(
    environment: Arc<Environment>,
) {
    let cluster = environment.cluster().await;
    // Nothing here enforces it; that its one port is the one that is scraped is what is seen.
    cluster.release.apply(&json!({ "networkPolicy": { "enabled": true } }));
    cluster.is_right().await;
    let policies: Api<NetworkPolicy> = Api::namespaced(cluster.admin.clone(), release::NAME);
    let policy = policies.get(release::NAME).await.unwrap().spec.unwrap();
    let ports = policy.ingress.unwrap_or_default().into_iter().filter_map(|rule| rule.ports);
    assert_eq!(ports.flatten().count(), 1);

    let folder = tempfile::tempdir().unwrap();
    let prometheus = Prometheus::start(folder.path(), &scrape_configs(cluster).await).await;
    prometheus.until_found("count(up{job=\"aios-inventory\"} == 1) == 2").await;
    prometheus.until_found("aios_inventory_cluster_condition_reason{reason=\"Equal\"}").await;
    for query in of_dashboard(&monitoring()) {
        if query.may_be_empty {
            prometheus.query(&query.expr).await;
        } else {
            prometheus.until_found(&query.expr).await;
        }
    }
    says_what_aios_has(cluster, &prometheus).await;
    let alerts = prometheus.alerts().await;
    assert_eq!(alerts.len(), of_rules(&rules()).len());
    let firing: Vec<_> = alerts.iter().filter(|(_, state)| state != "inactive").collect();
    assert!(firing.is_empty(), "{firing:?}");
    cluster.release.apply(&json!({}));
}

/// The sum over the nodes, what the aggregator says of the cluster, and what AIOS has are one.
async fn says_what_aios_has(cluster: &Cluster, prometheus: &Prometheus) {
    let stored = cluster.aios.stored(ID).unwrap();
    for (metric, path, unit) in [
        ("gpus_expected", "/gpus/count", 1),
        ("vcpus", "/vcpus/count", 1),
        ("memory_bytes", "/memory", 1 << 20),
        ("storage_bytes", "/storage/size", 1 << 20),
        ("network_transmit_speed_bytes", "/network/txBandwidth", 125_000),
    ] {
        let amount = stored.pointer(path).and_then(Value::as_u64).unwrap() * unit;
        for of in ["", "cluster_"] {
            let found = prometheus.query(&format!("sum(aios_inventory_{of}{metric})")).await;
            let told: f64 = found[0]["value"][1].as_str().unwrap().parse().unwrap();
            #[expect(clippy::cast_precision_loss, reason = "as Prometheus keeps it")]
            let expected = amount as f64;
            assert!((told - expected).abs() < 1.0, "{of}{metric}: {told} and {expected}");
        }
    }
}
