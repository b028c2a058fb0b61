//! The alerts, without a cluster.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use crate::environment::{Environment, cases};
use crate::prometheus::{PROGRAMS, rules};
use crate::queries::of_rules;
use crate::run::Run;

cases![promtool_takes_the_alerts, each_alert_fires_when_it_should_and_not_else];

/// The tests that promtool runs.
fn tests() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/prometheus/alerts.yaml")
}

fn promtool(args: &[&str], files: &[std::path::PathBuf]) {
    let run = Run::of(Command::new(PROGRAMS[0]).args(args).args(files));
    assert_eq!(run.exit, 0, "{}{}", run.stdout, run.stderr);
}

async fn promtool_takes_the_alerts(_: Arc<Environment>) {
    promtool(&["check", "rules"], &rules());
}

async fn each_alert_fires_when_it_should_and_not_else(_: Arc<Environment>) {
    promtool(&["test", "rules"], &[tests()]);
    let text = std::fs::read_to_string(tests()).unwrap();
    for alert in of_rules(&rules()) {
        let fires = [
            format!("alertname=\"{}\",alertstate=\"firing\"", alert.name),
            format!("alertname: {}\n        eval_time: 30m\n        exp_alerts:", alert.name),
        ];
        assert!(fires.iter().any(|it| text.contains(it)), "{} is never seen to fire", alert.name);
    }
}
