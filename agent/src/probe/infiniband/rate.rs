//! What an InfiniBand port says of its link (kernel: drivers/infiniband/core/sysfs.c).

use crate::probe::port::Speed;
use crate::probe::text::{is_numbered, number};

const MBPS_PER_GBPS: u64 = 1000;

/// The rate that text such as `2.5 Gb/sec (1X SDR)` tells; absent where it is something else.
pub(super) fn parse(text: &str) -> Option<Speed> {
    let (gbps, unit) = text.trim().split_once(' ')?;
    let (whole, fraction) = gbps.split_once('.').unwrap_or((gbps, "0"));
    let is_rate = matches!(fraction.len(), 1..=3) && unit.starts_with("Gb/sec");
    let thousandths = number(&format!("{fraction:0<3}"))?;
    let mbps = number(whole)?.checked_mul(MBPS_PER_GBPS)?.checked_add(thousandths)?;
    let speed = match u32::try_from(mbps).ok()? {
        0 => Speed::Unknown,
        mbps => Speed::Mbps(mbps.into()),
    };
    is_rate.then_some(speed)
}

/// Whether the port's state is `4: ACTIVE`; absent where the text is no state.
pub(super) fn is_active(text: &str) -> Option<bool> {
    let (number, word) = text.trim().split_once(": ")?;
    let is_state = is_numbered(number, "") && !word.is_empty();
    is_state.then_some((number, word) == ("4", "ACTIVE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_decimal_gigabits() {
        for (text, mbps) in [
            ("400 Gb/sec (4X NDR)\n", 400_000),
            ("2.5 Gb/sec (1X SDR)\n", 2500),
            ("2.5 Gb/sec\n", 2500),
            ("56.25 Gb/sec (4X FDR)\n", 56_250),
            ("10 Gb/sec (4X)\n", 10_000),
            ("1600 Gb/sec (8X XDR)\n", 1_600_000),
        ] {
            assert_eq!(parse(text), Some(Speed::Mbps(mbps)), "{text:?}");
        }
        assert_eq!(parse("0 Gb/sec (0X SDR)\n"), Some(Speed::Unknown));
    }

    #[test]
    fn other_text_is_no_rate() {
        for text in [
            "",
            "\n",
            "400",
            "400 Mb/sec",
            "fast Gb/sec",
            "-1 Gb/sec",
            "2. Gb/sec",
            ".5 Gb/sec",
            "2.5.1 Gb/sec",
            "2.0005 Gb/sec",
            "+4 Gb/sec",
            "4294968 Gb/sec",
            "18446744073709551616 Gb/sec",
            "400Gb/sec",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn only_active_ports_have_a_link() {
        assert_eq!(is_active("4: ACTIVE\n"), Some(true));
        for text in ["1: DOWN\n", "2: INIT\n", "3: ARMED\n", "5: ACTIVE_DEFER\n"] {
            assert_eq!(is_active(text), Some(false), "{text:?}");
        }
        for text in ["", "ACTIVE", "4:", "x: ACTIVE", ": ACTIVE"] {
            assert_eq!(is_active(text), None, "{text:?}");
        }
    }
}
