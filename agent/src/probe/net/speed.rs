//! The speed of a link (kernel: include/uapi/linux/ethtool.h, `SPEED_UNKNOWN`).

use crate::probe::port::Speed;
use crate::probe::text::number;

/// What drivers say when they do not know: -1 printed as 16 or 32 bits without a sign, or 0.
const UNKNOWN_MBPS: [u32; 3] = [0, u16::MAX as u32, u32::MAX];

/// The speed that a `speed` file holds; absent where it holds something else. Any number is taken
/// as it stands, since faster links appear every few years.
pub(super) fn parse(text: &str) -> Option<Speed> {
    if text.trim() == "-1" {
        return Some(Speed::Unknown);
    }
    let mbps = u32::try_from(number(text)?).ok()?;
    Some(if UNKNOWN_MBPS.contains(&mbps) { Speed::Unknown } else { Speed::Mbps(mbps.into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_speed_is_taken_as_it_stands() {
        for mbps in [10, 100, 1000, 2500, 10_000, 56_000, 400_000, 800_000, 1_600_000] {
            assert_eq!(parse(&format!("{mbps}\n")), Some(Speed::Mbps(mbps)));
        }
    }

    #[test]
    fn unknown_speeds_are_no_speeds() {
        for text in ["-1\n", "0\n", "65535\n", "4294967295\n"] {
            assert_eq!(parse(text), Some(Speed::Unknown), "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for text in ["", "\n", "fast", "-2", "--1", "+1", "1e3", "1000 Mb/s", "4294967296"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
