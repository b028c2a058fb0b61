//! What this process costs, from /proc/self, under the names that Prometheus' own clients use.

use std::fmt;
use std::time::Duration;

use procfs::WithCurrentSystemInfo;
use procfs::process::Process;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Read anew each time that somebody asks.
#[derive(Debug)]
pub struct OwnProcess;

impl Collector for OwnProcess {
    /// What cannot be read is not there.
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let Ok(process) = Process::myself() else { return Ok(()) };
        if let Ok(stat) = process.stat() {
            let millis = (stat.utime + stat.stime) * 1000 / procfs::ticks_per_second();
            let seconds = ConstCounter::new(Duration::from_millis(millis).as_secs_f64());
            encode(&mut encoder, "process_cpu_seconds", "User and system CPU time", &seconds)?;
            let resident = ConstGauge::new(stat.rss_bytes().get());
            encode(&mut encoder, "process_resident_memory_bytes", "Resident memory", &resident)?;
        }
        if let Ok(files) = process.fd_count() {
            let files = ConstGauge::new(files as u64);
            encode(&mut encoder, "process_open_fds", "Open file descriptors", &files)?;
        }
        Ok(())
    }
}

fn encode(
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    metric: &impl EncodeMetric,
) -> fmt::Result {
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}
