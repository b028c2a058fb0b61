//! How long ago something was.

use k8s_openapi::jiff::Timestamp;

/// Seconds from `time` to `now`; 0 where a clock is behind.
#[must_use]
pub fn seconds(time: Timestamp, now: Timestamp) -> u64 {
    now.as_second().saturating_sub(time.as_second()).try_into().unwrap_or(0)
}

/// The units of an age in seconds, the largest first. Two of each are told in the next smaller one.
const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];

/// So many seconds in the largest unit that they fill twice.
#[must_use]
pub fn age(seconds: u64) -> String {
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
