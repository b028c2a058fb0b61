//! The metrics, as the programs have them in their tables.

use inventory_common::metrics::About;

use super::table::{code, table};

/// The page.
pub fn page() -> String {
    format!(
        "# Metrics\n\nNames end with their unit: bytes, seconds, and of speeds bytes per second. AIOS's MB are MiB here. A time is the \
         seconds since 1970, so that its age is `time()` less the metric. What is unknown is no series, and never 0.\n\n\
         How to have them scraped, the dashboard and the alerts: [monitoring.md](../how-to/monitoring.md).\n\n\
         ## Of the agents, each for its node\n\n`node` is the Node's name. Beside these there are `process_cpu_seconds_total`, \
         `process_resident_memory_bytes` and `process_open_fds`.\n\n{}\n\
         ## Of the aggregator\n\nWhat is called `cluster` is told by the replica that leads alone, so that a sum does not count it \
         twice.\n\n{}",
        rows(inventory_agent::metrics()),
        rows(inventory_aggregator::controller::metrics())
    )
}

fn rows(metrics: Vec<About>) -> String {
    let rows = metrics.into_iter().map(|metric| {
        let labels: Vec<String> = metric.labels.iter().map(|label| code(label)).collect();
        let About { name, kind, help, absent, .. } = metric;
        [code(name), kind.to_owned(), labels.join(", "), help.to_owned(), absent.to_owned()]
    });
    table(["metric", "type", "labels", "is", "absent"], rows)
}
