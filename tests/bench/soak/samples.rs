//! What processes had over time, as a table.

use std::time::Instant;

use crate::support::process::{Process, Usage};
use crate::support::slope::{Slope, means};

/// So much of the beginning is left out: caches fill, and pools find their size.
const WARM_UP_S: f64 = 300.0;

/// One sample is the mean of so long.
const WIDTH_S: f64 = 60.0;

const HOUR_S: f64 = 3600.0;

/// A quantity: its name and unit, and where it stands.
type Quantity = (&'static str, fn(&Usage) -> f64);

const QUANTITIES: [Quantity; 6] = [
    ("RSS KiB", |usage| usage.rss_kib),
    ("PSS KiB", |usage| usage.pss_kib),
    ("anonymous KiB", |usage| usage.anonymous_kib),
    ("files", |usage| usage.files),
    ("threads", |usage| usage.threads),
    ("log bytes", |usage| usage.log_bytes),
];

/// What one process had, with the seconds since the first sample.
pub struct Samples {
    name: String,
    begin: Instant,
    taken: Vec<(f64, Usage)>,
}

impl Samples {
    /// None yet.
    pub fn of(name: &str) -> Self {
        Self { name: name.to_owned(), begin: Instant::now(), taken: Vec::new() }
    }

    /// One more.
    pub fn take(&mut self, process: &Process) {
        self.taken.push((self.begin.elapsed().as_secs_f64(), process.usage()));
    }

    /// Prints a line for each quantity; a day of usual speed is so many hours of this one.
    pub fn tell(&self, hours_a_day: f64) {
        for (what, of) in QUANTITIES {
            let all: Vec<(f64, f64)> = self.taken.iter().map(|(at, it)| (*at, of(it))).collect();
            let warm: Vec<_> = all.iter().copied().filter(|(at, _)| *at >= WARM_UP_S).collect();
            let Some(slope) = Slope::of(&means(&warm, WIDTH_S)) else { continue };
            let [low, high] =
                [f64::min, f64::max].map(|best| warm.iter().map(|it| it.1).reduce(best));
            let (low, high) = (low.unwrap_or_default(), high.unwrap_or_default());
            let [value, error] = [slope.value, slope.error].map(|it| it * HOUR_S);
            let (day, day_error) = (value * hours_a_day, error * hours_a_day);
            println!(
                "{}\t{what}\t{low:.0}\t{high:.0}\t{value:.2} ± {error:.2}\t{day:.2} ± {day_error:.2}",
                self.name
            );
        }
    }
}
