use std::collections::BTreeSet;

use inventory_common::cluster::FIGURES;
use inventory_common::metrics::{Exposition, exposition};
use inventory_common::sum::Readings;
use inventory_common::{Gpu, GpuState, Rule, Verdict};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use super::*;
use crate::report::conditions::{Grounds, judge};
use crate::report::sample;

/// What is told after this reading of the host.
fn told(change: impl FnOnce(&mut Readings)) -> String {
    let metrics = Metrics::new(Duration::from_mins(1));
    let mut readings = sample::readings();
    change(&mut readings);
    read(&metrics, readings);
    text(&metrics)
}

fn read(metrics: &Metrics, readings: Readings) {
    let inventory = Arc::new(sample::summed(readings));
    let grounds = Grounds { inventory: &inventory, kubelet: None, rival: None };
    metrics.judged(&judge(&grounds, &[], &Time(Timestamp::UNIX_EPOCH)));
    let durations = vec![(ProbeName::Cpu, Duration::from_millis(1500))];
    metrics.read(&Reading { inventory, durations, lost_touch: None });
}

fn text(metrics: &Metrics) -> String {
    let registry = metrics.registry("n", Arc::new(Health::new(false)));
    let Exposition { text, .. } = exposition(&registry, "").unwrap();
    text
}

/// The lines that begin so.
fn lines<'a>(text: &'a str, begin: &str) -> Vec<&'a str> {
    text.lines().filter(|line| line.starts_with(begin)).collect()
}

#[test]
fn a_node_tells_what_it_has_in_base_units() {
    let text = told(|_| {});
    let model = "model=\"NVIDIA H100 80GB HBM3\"";
    for line in [
        &format!("gpu_count{{node=\"n\",{model}}} 1"),
        &format!("gpu_memory_bytes{{node=\"n\",{model}}} 85520809984"),
        "gpus_expected{node=\"n\"} 1",
        "gpus_seen{node=\"n\"} 1",
        "gpus_memory_bytes{node=\"n\"} 85520809984",
        "vcpus{node=\"n\"} 32",
        "memory_bytes{node=\"n\"} 68719476736",
        "swap_bytes{node=\"n\"} 0",
        "storage_disks{node=\"n\"} 1",
        "storage_bytes{node=\"n\"} 549755813888",
        "network_interfaces{node=\"n\"} 1",
        "network_transmit_speed_bytes{node=\"n\"} 1250000000",
        "network_receive_speed_bytes{node=\"n\"} 1250000000",
        "condition{node=\"n\",type=\"Complete\",status=\"True\"} 1",
        "condition{node=\"n\",type=\"MatchesKubelet\",status=\"Unknown\"} 1",
        "condition_reason{node=\"n\",type=\"GPUsHealthy\",reason=\"Healthy\"} 1",
        "agent_probe_outcome{node=\"n\",probe=\"cpu\",outcome=\"complete\"} 1",
        "agent_probe_outcome{node=\"n\",probe=\"cpu\",outcome=\"failed\"} 0",
        "agent_probe_duration_seconds{node=\"n\",probe=\"cpu\"} 1.5",
        "agent_reading_interval_seconds{node=\"n\"} 60.0",
        "agent_ready{node=\"n\",part=\"host\"} 0",
        "agent_writes_total{node=\"n\",object=\"Node\",reason=\"first\"} 0",
    ] {
        let line = format!("aios_inventory_{line}");
        assert!(text.lines().any(|it| it == line), "no {line} in\n{text}");
    }
}

#[test]
fn every_figure_that_aios_is_told_is_a_metric() {
    let metrics = Metrics::new(Duration::ZERO);
    read(&metrics, sample::readings());
    let known = metrics.known();
    for figure in FIGURES {
        assert_eq!(hardware::figure(&known, figure.path).len(), 1, "{}", figure.path);
    }
}

#[test]
fn names_are_told_apart_and_labels_have_their_values() {
    let metrics = Metrics::new(Duration::ZERO);
    read(&metrics, sample::readings());
    metrics.wrote(Target::Node, Reason::First);
    metrics.failed("timeout");
    let mut known = metrics.known();
    known.parts = Health::new(false).parts();
    let names: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), METRICS.len());
    for metric in METRICS {
        let samples = (metric.samples)(&known);
        assert!(!samples.is_empty(), "{}", metric.name);
        for sample in samples {
            assert_eq!(sample.labels.len(), metric.labels.len(), "{}", metric.name);
        }
    }
}

#[test]
fn what_is_unknown_is_no_series() {
    let text = text(&Metrics::new(Duration::ZERO));
    for begin in ["aios_inventory_g", "aios_inventory_v", "aios_inventory_agent_last"] {
        assert_eq!(lines(&text, begin), [""; 0]);
    }
    let text = told(|readings| {
        readings.devices.gpus[0].memory_mib = None;
        readings.devices.disks[0].size_bytes = None;
        readings.devices.ports[0].speed_mbps = None;
        (readings.cpu, readings.memory, readings.swap) = (None, None, None);
    });
    for name in [
        "gpu_memory_bytes",
        "gpus_memory_bytes",
        "storage_bytes",
        "network_transmit_speed_bytes",
        "network_receive_speed_bytes",
        "vcpus",
        "memory_bytes",
        "swap_bytes",
    ] {
        assert_eq!(lines(&text, &format!("aios_inventory_{name}{{")), [""; 0]);
    }
    // What can be counted is counted all the same.
    for name in ["gpus_expected", "storage_disks", "network_interfaces"] {
        assert_eq!(lines(&text, &format!("aios_inventory_{name}{{")).len(), 1, "{name}");
    }
}

#[test]
fn gpus_that_nobody_can_count_are_not_counted_by_model_either() {
    let text = told(|readings| {
        let open = Verdict::NotCounted(Rule::UnknownType);
        readings.devices.gpus.push(Gpu { verdict: open, ..sample::gpu("b", None) });
    });
    assert_eq!(lines(&text, "aios_inventory_gpu"), [""; 0]);
}

#[test]
fn none_is_told_apart_from_unknown() {
    let text = told(|readings| readings.devices.gpus.clear());
    assert_eq!(lines(&text, "aios_inventory_gpus_expected{").len(), 1);
    assert_eq!(lines(&text, "aios_inventory_gpu_count"), [""; 0]);
}

#[test]
fn a_gpu_that_does_not_answer_is_expected_and_not_seen() {
    let text = told(|readings| {
        readings.devices.gpus[0].state = Some(GpuState::GpuLost);
        readings.devices.gpus.push(sample::gpu("b", Some(1)));
    });
    assert_eq!(
        lines(&text, "aios_inventory_gpus_"),
        [
            "aios_inventory_gpus_expected{node=\"n\"} 2",
            "aios_inventory_gpus_seen{node=\"n\"} 1",
            "aios_inventory_gpus_memory_bytes{node=\"n\"} 85521858560",
        ]
    );
    let reason =
        "aios_inventory_condition_reason{node=\"n\",type=\"GPUsHealthy\",reason=\"GpuLost\"} 1";
    assert_eq!(lines(&text, "aios_inventory_condition_reason{node=\"n\",type=\"GPUsH"), [reason]);
}

#[test]
fn a_model_that_is_gone_is_told_no_more() {
    let metrics = Metrics::new(Duration::ZERO);
    let mut readings = sample::readings();
    readings.devices.gpus[0].model = Some("Tesla".to_owned());
    read(&metrics, readings);
    assert!(text(&metrics).contains("model=\"Tesla\""));
    read(&metrics, sample::readings());
    assert!(!text(&metrics).contains("Tesla"));
}

#[test]
fn models_that_look_the_same_are_one_series_with_the_sum() {
    let text = told(|readings| {
        let named =
            |model: &str| Gpu { model: Some(model.to_owned()), ..sample::gpu("g", Some(1)) };
        readings.devices.gpus = vec![named("a\nb\""), named("a\\nb\"")];
    });
    assert_eq!(
        lines(&text, "aios_inventory_gpu_count"),
        [r#"aios_inventory_gpu_count{node="n",model="a\\nb\""} 2"#]
    );
}
