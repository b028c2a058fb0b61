//! Times, for people and for machines.

use k8s_openapi::jiff::Timestamp;
use maud::{Markup, html};

/// A point in time.
pub fn point(time: Timestamp) -> Markup {
    html! { time datetime=(whole(time)) { (time.strftime("%Y-%m-%d %H:%M UTC")) } }
}

/// How long before `now` it was.
pub fn ago(time: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(whole(time)) title=(whole(time)) { (age(seconds(time, now))) } }
}

/// Seconds from `time` to `now`; 0 where a clock is behind.
pub fn seconds(time: Timestamp, now: Timestamp) -> u64 {
    now.as_second().saturating_sub(time.as_second()).try_into().unwrap_or(0)
}

fn whole(time: Timestamp) -> impl std::fmt::Display + maud::Render {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The units of an age in seconds, the largest first. Two of each are told in the next smaller one.
const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];

fn age(seconds: u64) -> String {
    let unit = UNITS.iter().find(|(size, _)| seconds >= 2 * size).unwrap_or(&(1, "s"));
    format!("{}\u{a0}{}", seconds / unit.0, unit.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_largest_unit_that_it_fills_twice() {
        let told = [0, 59, 119, 7_199, 172_799, 172_800].map(age);
        let told = told.map(|age| age.replace('\u{a0}', " "));
        assert_eq!(told, ["0 s", "59 s", "119 s", "119 min", "47 h", "2 d"]);
    }
}
