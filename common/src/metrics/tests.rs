use prometheus_client::collector::Collector;
use prometheus_client::registry::Registry;

use super::*;

/// What is told of a number, where it is known.
type Known = Option<u64>;

const METRICS: [Metric<Known>; 3] = [
    Metric {
        name: "things",
        labels: &["name"],
        help: "Things",
        absent: "",
        samples: |known| match known {
            Some(count) => vec![Sample::new(["a\\b\"c\nd\u{1b}<script>"], *count)],
            None => Vec::new(),
        },
    },
    Metric {
        name: "asked_seconds",
        labels: &[],
        help: "When",
        absent: "",
        samples: |_| single(Some(1.5)),
    },
    Metric {
        name: "asks_total",
        labels: &[],
        help: "Asks",
        absent: "",
        samples: |_| single(Some(7_u64)),
    },
];

#[derive(Debug)]
struct Told(Known);

impl Collector for Told {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        METRICS.iter().try_for_each(|metric| metric.encode(&self.0, &mut encoder))
    }
}

fn told(known: Known, accept: &str) -> Exposition {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Told(known)));
    exposition(&registry, accept).unwrap()
}

const PROMETHEUS: &str = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5,*/*;q=0.1";

#[test]
fn a_scraper_is_answered_in_the_format_that_it_asks_for() {
    let open = told(Some(3), PROMETHEUS);
    assert!(open.content_type.starts_with("application/openmetrics-text; version=1.0.0"));
    for line in [
        "# TYPE things gauge",
        "# TYPE asked_seconds gauge",
        "# UNIT asked_seconds seconds",
        "asked_seconds 1.5",
        "# TYPE asks counter",
        "asks_total 7",
        "# EOF",
    ] {
        assert!(open.text.lines().any(|it| it == line), "{line} in\n{}", open.text);
    }
    let plain = told(Some(3), "*/*");
    assert_eq!(plain.content_type, "text/plain; version=0.0.4; charset=utf-8");
    assert!(plain.text.contains("# TYPE asks_total counter\nasks_total 7\n"), "{}", plain.text);
    assert!(!plain.text.contains("# EOF"));
}

#[test]
fn what_is_unknown_is_no_series() {
    assert!(!told(None, "").text.contains("things"));
}

#[test]
fn a_hostile_name_stays_within_its_label() {
    for accept in ["", PROMETHEUS] {
        let text = told(Some(3), accept).text;
        let line = text.lines().find(|line| line.starts_with("things{")).unwrap();
        // Control characters are made visible, and what makes them so is escaped as all else.
        assert_eq!(line, r#"things{name="a\\b\"c\\nd\\u{1b}<script>"} 3"#);
    }
}

#[test]
fn a_name_says_what_prometheus_takes_it_for() {
    let about = METRICS[0].about(&["node"]);
    assert_eq!((about.kind, about.labels), ("gauge", vec!["node", "name"]));
    assert_eq!(METRICS[2].about(&[]).kind, "counter");
}
