//! Metrics as a table: what each is called and means, and what is told of it now.
//!
//! What is unknown has no sample, and what is gone has none any more: all are made anew from what is
//! known each time that somebody asks.

mod conditions;
mod exposition;
mod figures;

use std::fmt;

use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

pub use conditions::{reasons, statuses};
pub use exposition::{Exposition, exposition};
pub use figures::in_base_units;

use crate::telling::plain;

/// A metric that is told of a `T`.
#[derive(Clone, Copy, Debug)]
pub struct Metric<T> {
    /// Its name as Prometheus has it. The unit ends it, and `_total` that of a counter.
    pub name: &'static str,
    /// What its labels are called.
    pub labels: &'static [&'static str],
    /// What it is.
    pub help: &'static str,
    /// When it has no sample; empty where it always has.
    pub absent: &'static str,
    /// What it says now.
    pub samples: fn(&T) -> Vec<Sample>,
}

/// What there is to say of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its name as Prometheus has it.
    pub name: &'static str,
    /// What Prometheus takes it for.
    pub kind: &'static str,
    /// What its labels are called.
    pub labels: Vec<&'static str>,
    /// What it is.
    pub help: &'static str,
    /// When it has no sample; empty where it always has.
    pub absent: &'static str,
}

/// What a metric says.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The values of its labels, in their order.
    pub labels: Vec<String>,
    /// How much.
    pub value: Value,
}

/// How much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// So many.
    Whole(u64),
    /// So much, such as seconds.
    Real(f64),
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Whole(count)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Whole(count as u64)
    }
}

impl From<bool> for Value {
    fn from(holds: bool) -> Self {
        Self::Whole(holds.into())
    }
}

impl From<f64> for Value {
    fn from(amount: f64) -> Self {
        Self::Real(amount)
    }
}

impl Sample {
    /// A sample with these values of its labels.
    pub fn new<const N: usize>(labels: [&str; N], value: impl Into<Value>) -> Self {
        Self { labels: labels.map(str::to_owned).into(), value: value.into() }
    }
}

/// The sample of a metric without labels; none where it is unknown.
pub fn single(value: Option<impl Into<Value>>) -> Vec<Sample> {
    value.map(|value| Sample::new([], value)).into_iter().collect()
}

/// The units that end names.
const UNITS: [(&str, Unit); 2] = [("_bytes", Unit::Bytes), ("_seconds", Unit::Seconds)];

impl<T> Metric<T> {
    /// Whether it only grows.
    #[must_use]
    pub fn is_counter(&self) -> bool {
        self.name.ends_with("_total")
    }

    /// Tells all that there is to tell. A metric without a sample is not there at all.
    pub fn encode(&self, of: &T, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let samples = (self.samples)(of);
        if samples.is_empty() {
            return Ok(());
        }
        let base = self.name.trim_end_matches("_total");
        let unit = UNITS.iter().find_map(|(end, unit)| Some((base.strip_suffix(end)?, unit)));
        let (base, unit) = unit.map_or((base, None), |(base, unit)| (base, Some(unit)));
        let kind = if self.is_counter() { MetricType::Counter } else { MetricType::Gauge };
        let mut metric = encoder.encode_descriptor(base, self.help, unit, kind)?;
        samples.iter().try_for_each(|sample| self.encode_sample(sample, &mut metric))
    }

    fn encode_sample(&self, sample: &Sample, metric: &mut MetricEncoder) -> fmt::Result {
        // A device may call itself anything.
        let values = sample.labels.iter().map(|value| plain(value));
        let labels: Vec<_> = self.labels.iter().copied().zip(values).collect();
        let encoder = metric.encode_family(&labels)?;
        match (self.is_counter(), sample.value) {
            (true, Value::Whole(count)) => ConstCounter::new(count).encode(encoder),
            (true, Value::Real(amount)) => ConstCounter::new(amount).encode(encoder),
            (false, Value::Whole(count)) => ConstGauge::new(count).encode(encoder),
            (false, Value::Real(amount)) => ConstGauge::new(amount).encode(encoder),
        }
    }

    /// What there is to say of it; `also` are labels that it has beside its own.
    #[must_use]
    pub fn about(&self, also: &[&'static str]) -> About {
        About {
            name: self.name,
            kind: if self.is_counter() { "counter" } else { "gauge" },
            labels: also.iter().chain(self.labels).copied().collect(),
            help: self.help,
            absent: self.absent,
        }
    }
}

#[cfg(test)]
mod tests;
