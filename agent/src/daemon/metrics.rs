//! What Prometheus is told: what the node has, and how the agent fares. All of it is made anew from
//! what is known each time that somebody asks, so that what is gone is told no more.

mod hardware;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use inventory_common::resource::{Condition, ConditionType};
use inventory_common::{Inventory, ProbeName};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::Registry;

use super::health::{Health, Part};
use super::own_process::OwnProcess;
use super::prober::Reading;
use super::writing::{Reason, Target};

pub(super) use table::{LABELS, METRICS};

/// What is known.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// From one reading to the next, in seconds.
    interval_seconds: f64,
    /// The last reading; absent until there is one.
    reading: Option<Read>,
    /// The conditions as they were judged last; none until they were.
    conditions: Vec<Condition<ConditionType>>,
    /// What of the agent is well, and what is not.
    parts: Vec<(Part, bool)>,
    writes: BTreeMap<(Target, Reason), u64>,
    last_write_seconds: Option<f64>,
    /// Requests to the API server that failed, by the kind of trouble.
    api_errors: BTreeMap<&'static str, u64>,
}

/// A reading of the host.
#[derive(Clone, Debug)]
struct Read {
    inventory: Arc<Inventory>,
    durations: Vec<(ProbeName, Duration)>,
    at_seconds: f64,
}

/// The agent's metrics.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Mutex<Known>>);

impl Metrics {
    /// Those of an agent that knows nothing yet, and reads its host so often.
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        let known = Known { interval_seconds: interval.as_secs_f64(), ..Known::default() };
        Self(Arc::new(Mutex::new(known)))
    }

    /// All of them, to be asked for. What is told of the node called so carries its name.
    #[must_use]
    pub fn registry(&self, node: &str, health: Arc<Health>) -> Registry {
        let mut all = Registry::default();
        all.register_collector(Box::new(OwnProcess));
        let label = (LABELS[0].into(), node.to_owned().into());
        let told = Told { metrics: self.clone(), health };
        all.sub_registry_with_label(label).register_collector(Box::new(told));
        all
    }

    /// The host was read.
    pub fn read(&self, reading: &Reading) {
        let (inventory, durations) = (Arc::clone(&reading.inventory), reading.durations.clone());
        self.known().reading = Some(Read { inventory, durations, at_seconds: now_seconds() });
    }

    /// The conditions were judged.
    pub fn judged(&self, conditions: &[Condition<ConditionType>]) {
        conditions.clone_into(&mut self.known().conditions);
    }

    /// Something was written.
    pub fn wrote(&self, target: Target, reason: Reason) {
        let mut known = self.known();
        *known.writes.entry((target, reason)).or_default() += 1;
        known.last_write_seconds = Some(now_seconds());
    }

    /// A request failed.
    pub fn failed(&self, kind: &'static str) {
        *self.known().api_errors.entry(kind).or_default() += 1;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Nothing panics while it holds the lock, and what is poisoned would still be known.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is told when somebody asks.
#[derive(Debug)]
struct Told {
    metrics: Metrics,
    health: Arc<Health>,
}

impl Collector for Told {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let mut known = self.metrics.known();
        known.parts = self.health.parts();
        METRICS.iter().try_for_each(|metric| metric.encode(&known, &mut encoder))
    }
}

/// Seconds since 1970.
fn now_seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
