//! What Prometheus is told. Names begin with `aios_inventory_agent_`; units are in the names. What
//! is not known yet is not there.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{SystemTime, UNIX_EPOCH};

use inventory_common::{Inventory, Outcome};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::own_process::OwnProcess;
use super::prober::Reading;
use super::writing::{Reason, Target};

type Labels<const N: usize> = [(&'static str, &'static str); N];
type Seconds<const N: usize> = Family<Labels<N>, Gauge<f64, AtomicU64>>;
type Number<const N: usize> = Family<Labels<N>, Gauge>;
type Count<const N: usize> = Family<Labels<N>, Counter>;

/// The agent's metrics.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    probe_outcome: Number<2>,
    probe_duration: Seconds<1>,
    last_reading: Seconds<0>,
    last_write: Seconds<0>,
    gpus_expected: Number<0>,
    gpus_seen: Number<0>,
    writes: Count<2>,
    api_errors: Count<1>,
}

impl Metrics {
    /// All of them, to be asked for.
    #[must_use]
    pub fn registry(&self) -> Arc<Registry> {
        let mut all = Registry::default();
        all.register_collector(Box::new(OwnProcess));
        let agent = all.sub_registry_with_prefix("aios_inventory_agent");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        agent.register("build", "The agent's version", build);
        let outcome = "1 for how the probe went last, 0 for the other outcomes";
        agent.register("probe_outcome", outcome, self.probe_outcome.clone());
        for (name, help, metric) in [
            ("last_reading_timestamp", "When the host was read last", &self.last_reading),
            ("last_write_timestamp", "When something was written last", &self.last_write),
        ] {
            agent.register_with_unit(name, help, Unit::Seconds, metric.clone());
        }
        let duration = ("probe_duration", "How long the probe took last", &self.probe_duration);
        agent.register_with_unit(duration.0, duration.1, Unit::Seconds, duration.2.clone());
        for (name, help, metric) in [
            ("gpus_expected", "GPUs that count", &self.gpus_expected),
            ("gpus_seen", "GPUs that count and answer", &self.gpus_seen),
        ] {
            agent.register(name, help, metric.clone());
        }
        agent.register(
            "writes",
            "Writes to the API server, by what made them necessary",
            self.writes.clone(),
        );
        agent.register(
            "api_errors",
            "Requests to the API server that failed",
            self.api_errors.clone(),
        );
        Arc::new(all)
    }

    /// The host was read.
    pub fn read(&self, reading: &Reading) {
        let Inventory { probes, devices, .. } = &reading.inventory;
        for probe in probes {
            for outcome in Outcome::ALL {
                let labels = [("probe", probe.name.as_str()), ("outcome", outcome.as_str())];
                let is = i64::from(probe.outcome == outcome);
                self.probe_outcome.get_or_create(&labels).set(is);
            }
        }
        for (name, duration) in &reading.durations {
            let labels = [("probe", name.as_str())];
            self.probe_duration.get_or_create(&labels).set(duration.as_secs_f64());
        }
        let counted = devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted());
        let seen = counted.clone().filter(|gpu| gpu.state.is_none());
        self.gpus_expected.get_or_create(&[]).set(counted.count().cast_signed() as i64);
        self.gpus_seen.get_or_create(&[]).set(seen.count().cast_signed() as i64);
        self.last_reading.get_or_create(&[]).set(now());
    }

    /// Something was written.
    pub fn wrote(&self, target: Target, reason: Reason) {
        let labels = [("object", target.as_str()), ("reason", reason.as_str())];
        self.writes.get_or_create(&labels).inc();
        self.last_write.get_or_create(&[]).set(now());
    }

    /// A request failed.
    pub fn failed(&self, kind: &'static str) {
        self.api_errors.get_or_create(&[("kind", kind)]).inc();
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
