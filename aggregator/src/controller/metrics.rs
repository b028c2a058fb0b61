//! What Prometheus is told: of the cluster by the replica that leads, so that no sum counts it twice,
//! and of itself by each. All of it is made anew from what is known each time that somebody asks, so
//! that what is gone is told no more.

mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use inventory_common::resource::{ClusterOnboardingStatus, ConditionStatus};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::Registry;

use super::census::Census;
use super::leader::Leader;
use super::shared::Shared;
use crate::aios::Tally;
use crate::submission::Submitted;

pub(super) use table::METRICS;

/// What is known.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Whether this replica writes.
    leads: bool,
    /// Whether all of the cluster can be seen, and the Lease be used.
    is_ready: bool,
    /// What the last look found; absent where nobody wants the cluster onboarded, and until one looks.
    found: Option<Found>,
    looks: BTreeMap<&'static str, u64>,
    last_look_seconds: Option<f64>,
    writes: u64,
    last_write_seconds: Option<f64>,
    requests: Tally,
}

/// What a look found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The nodes.
    pub census: Census,
    /// How many values of AIOS's copy were not true; absent where that could not be compared.
    pub differences: Option<usize>,
    /// What a person is told.
    pub status: ClusterOnboardingStatus,
}

/// The controller's metrics.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    known: Arc<Mutex<Known>>,
    requests: Tally,
}

impl Metrics {
    /// All of them, to be asked for.
    #[must_use]
    pub fn registry(&self, shared: &Arc<Shared>, leader: &Arc<Leader>) -> Registry {
        let (shared, leader) = (Arc::clone(shared), Arc::clone(leader));
        let mut all = Registry::default();
        all.register_collector(Box::new(Told { metrics: self.clone(), shared, leader }));
        all
    }

    /// Where requests to AIOS are counted.
    #[must_use]
    pub fn requests(&self) -> &Tally {
        &self.requests
    }

    /// AIOS's copy was looked at, and is in sync or not.
    pub fn looked(&self, in_sync: ConditionStatus) {
        let mut known = self.known();
        *known.looks.entry(in_sync.as_str()).or_default() += 1;
        known.last_look_seconds = Some(now_seconds());
    }

    /// How things stand; absent where nobody wants the cluster onboarded.
    pub fn found(&self, found: Option<Found>) {
        self.known().found = found;
    }

    /// AIOS's copy was changed.
    pub fn wrote(&self, submitted: &Submitted) {
        let mut known = self.known();
        known.writes += submitted.answers.len() as u64;
        known.last_write_seconds = Some(now_seconds());
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Nothing panics while it holds the lock, and what is poisoned would still be known.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is told when somebody asks.
#[derive(Debug)]
struct Told {
    metrics: Metrics,
    shared: Arc<Shared>,
    leader: Arc<Leader>,
}

impl Collector for Told {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let has_lease = self.leader.standing().borrow().trouble.is_none();
        let is_ready = self.shared.view().unknown().is_empty() && has_lease;
        let mut known = self.metrics.known();
        known.is_ready = is_ready;
        known.leads = self.leader.holds(Instant::now());
        known.requests = self.metrics.requests.clone();
        METRICS.iter().try_for_each(|metric| metric.encode(&known, &mut encoder))
    }
}

/// Seconds since 1970.
fn now_seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
