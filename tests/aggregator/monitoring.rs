//! Dashboard and alerts ask for what there is, and each alert has a section in the runbook.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use inventory_common::resource::{ConditionType, OnboardingConditionType, OnboardingReason};

use crate::queries::{Alert, of_dashboard, of_rules, selectors};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn monitoring() -> PathBuf {
    root().join("deploy/chart/monitoring")
}

fn alerts() -> Vec<Alert> {
    of_rules(&["agent", "aggregator"].map(|of| monitoring().join(format!("{of}.rules.yaml"))))
}

/// What dashboard and alerts ask for.
fn asked() -> BTreeSet<(String, String)> {
    let dashboard = of_dashboard(&monitoring()).into_iter().map(|query| query.expr);
    let alerts = alerts().into_iter().map(|alert| alert.expr);
    dashboard.chain(alerts).flat_map(|expr| selectors(&expr)).collect()
}

/// The label and the values of each matcher in braces.
fn matchers(braces: &str) -> Vec<(&str, Vec<&str>)> {
    let texts: Vec<&str> = braces.split('"').collect();
    let pairs = texts.chunks_exact(2).map(|pair| {
        let label = pair[0].trim_start_matches([',', ' ', '\n']).trim_end_matches(['=', '~', '!']);
        (label, pair[1].split('|').collect())
    });
    pairs.collect()
}

#[test]
fn what_is_asked_for_is_told_by_agent_or_aggregator_with_these_labels() {
    let mut told = inventory_agent::metrics();
    told.extend(inventory_aggregator::controller::metrics());
    let asked = asked();
    assert!(asked.len() > 30);
    for (name, braces) in asked {
        let metric = told.iter().find(|metric| metric.name == name);
        let metric = metric.unwrap_or_else(|| panic!("nobody tells {name}"));
        for (label, _) in matchers(&braces) {
            assert!(label == "cluster" || metric.labels.contains(&label), "{name}: {label}");
        }
    }
}

#[test]
fn the_words_that_are_asked_for_are_those_of_the_conditions() {
    let nodes: Vec<&str> = ConditionType::ALL.iter().map(|kind| kind.as_str()).collect();
    let cluster: Vec<&str> = OnboardingConditionType::ALL.iter().map(|it| it.as_str()).collect();
    let reasons: Vec<&str> = OnboardingReason::ALL.iter().map(|reason| reason.as_str()).collect();
    let mut seen = 0;
    for (name, braces) in asked().iter().filter(|(name, _)| name.contains("_condition")) {
        let is_cluster = name.contains("_cluster_");
        for (label, values) in matchers(braces) {
            let words: &[&str] = match (label, is_cluster) {
                ("type", true) => &cluster,
                ("type", false) => &nodes,
                ("reason", true) => &reasons,
                ("status", _) => &["True", "False", "Unknown"],
                _ => continue,
            };
            assert!(values.iter().all(|value| words.contains(value)), "{name}: {values:?}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn each_alert_has_its_section_in_the_runbook_and_nothing_else_has() {
    let runbook = root().join("docs/how-to/runbook.md");
    let text = std::fs::read_to_string(&runbook).unwrap();
    let sections: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let alerts = alerts();
    let names: Vec<&str> = alerts.iter().map(|alert| alert.name.as_str()).collect();
    assert_eq!(sections, names);
    for Alert { name, runbook_url, .. } in &alerts {
        assert_eq!(*runbook_url, format!("docs/how-to/runbook.md#{}", name.to_lowercase()));
    }
}
