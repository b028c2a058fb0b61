//! What Prometheus is told. Names begin with `aios_inventory_aggregator_`; units are in the names.
//! What is not known yet is not there.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{SystemTime, UNIX_EPOCH};

use inventory_common::resource::ConditionStatus;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::looked::Looked;
use super::picture::Picture;
use crate::submission::Submitted;

type Labels<const N: usize> = [(&'static str, &'static str); N];
type Number<const N: usize> = Family<Labels<N>, Gauge>;
type Count<const N: usize> = Family<Labels<N>, Counter>;
type Seconds = Family<Labels<0>, Gauge<f64, AtomicU64>>;

/// The controller's metrics.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    leads: Number<0>,
    nodes: Number<1>,
    in_sync: Number<0>,
    looks: Count<1>,
    writes: Count<0>,
    last_look: Seconds,
    last_write: Seconds,
}

impl Metrics {
    /// All of them, to be asked for.
    #[must_use]
    pub fn registry(&self) -> Arc<Registry> {
        let mut all = Registry::default();
        let ours = all.sub_registry_with_prefix("aios_inventory_aggregator");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        ours.register("build", "The aggregator's version", build);
        ours.register("leads", "1 for the replica that writes, 0 for others", self.leads.clone());
        let nodes = "Nodes that are expected, and those that are there and fully known";
        ours.register("nodes", nodes, self.nodes.clone());
        let in_sync = "1 where AIOS's copy says what is true, 0 where it does not or nobody knows";
        ours.register("in_sync", in_sync, self.in_sync.clone());
        let looks = "Looks at AIOS's copy, by how they ended";
        ours.register("looks", looks, self.looks.clone());
        ours.register("writes", "Requests that changed AIOS's copy", self.writes.clone());
        for (name, help, metric) in [
            ("last_look_timestamp", "When AIOS's copy was looked at last", &self.last_look),
            ("last_write_timestamp", "When AIOS's copy was changed last", &self.last_write),
        ] {
            ours.register_with_unit(name, help, Unit::Seconds, metric.clone());
        }
        Arc::new(all)
    }

    /// Whether this replica writes.
    pub fn leads(&self, leads: bool) {
        self.leads.get_or_create(&[]).set(leads.into());
    }

    /// AIOS's copy was looked at.
    pub fn looked(&self, picture: &Picture, looked: &Looked) {
        let coverage = &picture.coverage;
        for (state, count) in [("expected", coverage.expected), ("whole", coverage.whole)] {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.nodes.get_or_create(&[("state", state)]).set(count);
        }
        let status = looked.in_sync.status;
        self.in_sync.get_or_create(&[]).set((status == ConditionStatus::True).into());
        self.looks.get_or_create(&[("in_sync", status.as_str())]).inc();
        self.last_look.get_or_create(&[]).set(now());
    }

    /// AIOS's copy was changed.
    pub fn wrote(&self, submitted: &Submitted) {
        self.writes.get_or_create(&[]).inc_by(submitted.answers.len() as u64);
        self.last_write.get_or_create(&[]).set(now());
    }
}

/// The registry as Prometheus reads it.
pub fn text(registry: &Registry) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    encode(&mut text, registry)?;
    Ok(text)
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
