//! The queries of the dashboard and the alerts, and what they ask for.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// A query of the dashboard.
#[derive(Clone, Debug)]
pub struct Query {
    pub panel: String,
    pub expr: String,
    /// Whether it finds nothing where all is well, and its panel says so.
    pub may_be_empty: bool,
}

/// Those of the dashboard in the chart's folder, as Grafana asks them for all clusters.
pub fn of_dashboard(monitoring: &Path) -> Vec<Query> {
    let text = std::fs::read_to_string(monitoring.join("dashboard.json")).expect("the dashboard");
    let dashboard: Value = serde_json::from_str(&text).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let queries = panels.iter().flat_map(|panel| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let may_be_empty = text(&panel["description"]).contains("mpty while");
        let targets = panel["targets"].as_array().cloned().unwrap_or_default();
        targets.into_iter().map(move |target| {
            let expr = text(&target["expr"]);
            let expr = expr.replace("$cluster", ".*").replace("$__rate_interval", "30s");
            Query { panel: text(&panel["title"]), expr, may_be_empty }
        })
    });
    queries.collect()
}

/// An alert.
#[derive(Clone, Debug)]
pub struct Alert {
    pub name: String,
    pub expr: String,
    pub runbook_url: String,
}

/// Those of these files.
pub fn of_rules(files: &[std::path::PathBuf]) -> Vec<Alert> {
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("rules"));
    let groups = texts.flat_map(|text| {
        let rules: Value = serde_saphyr::from_str(&text).expect("YAML");
        rules["groups"].as_array().expect("groups").clone()
    });
    let rules = groups.flat_map(|group| group["rules"].as_array().expect("rules").clone());
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let alert = |rule: Value| Alert {
        name: text(&rule["alert"]),
        expr: text(&rule["expr"]),
        runbook_url: text(&rule["annotations"]["runbook_url"]),
    };
    rules.map(alert).collect()
}

/// What an expression asks for of ours: each metric, with the braces behind its name.
pub fn selectors(expr: &str) -> BTreeSet<(String, String)> {
    let mut parts = expr.split("aios_inventory_");
    parts.next();
    let selector = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let braces = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        (format!("aios_inventory_{name}"), braces.map_or("", |(inside, _)| inside).to_owned())
    };
    parts.map(selector).collect()
}
