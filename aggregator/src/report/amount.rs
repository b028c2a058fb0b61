//! A figure as a reader sees it: with its unit, and with a word where it is not known.

/// A figure, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// It is this.
    Known(u64),
    /// It is this and what is unknown beside.
    AtLeast(u64),
    /// Nobody knows.
    Unknown,
}

impl Amount {
    /// A figure of which a part is unknown, or all of it where there is no other part.
    #[must_use]
    pub const fn lacking(value: u64) -> Self {
        if value == 0 { Self::Unknown } else { Self::AtLeast(value) }
    }

    /// A sum, which may lack a part.
    #[must_use]
    pub const fn sum(value: u64, is_whole: bool) -> Self {
        if is_whole { Self::Known(value) } else { Self::lacking(value) }
    }

    /// What is known of it; absent where nothing is.
    #[must_use]
    pub const fn known(self) -> Option<u64> {
        match self {
            Self::Known(value) | Self::AtLeast(value) => Some(value),
            Self::Unknown => None,
        }
    }

    /// Whether all of it is known.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// The figure in the largest unit that it fills.
    #[must_use]
    pub fn short(self, unit: Unit) -> String {
        self.told("≥\u{a0}", |value| unit.short(value))
    }

    /// The figure in a sentence, as it is in the document.
    #[must_use]
    pub fn exact(self, unit: Unit) -> String {
        self.told("at least ", |value| unit.exact(value))
    }

    fn told(self, at_least: &str, write: impl Fn(u64) -> String) -> String {
        match self {
            Self::Known(value) => write(value),
            Self::AtLeast(value) => format!("{at_least}{}", write(value)),
            Self::Unknown => "unknown".to_owned(),
        }
    }
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Pieces.
    Count,
    /// MiB.
    Mib,
    /// Bytes.
    Bytes,
    /// Mbit/s.
    Mbps,
}

/// The units of sizes, each 1,024 times the one before.
const SIZES: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// The units of bandwidths, each 1,000 times the one before.
const SPEEDS: [&str; 4] = ["Mbit/s", "Gbit/s", "Tbit/s", "Pbit/s"];

impl Unit {
    /// The value in the largest unit that it fills, with one digit behind the point, rounded down.
    #[must_use]
    pub fn short(self, value: u64) -> String {
        match self {
            Self::Count => grouped(value),
            Self::Mib => scaled(value, 1024, SIZES.get(2..).unwrap_or_default()),
            Self::Bytes => scaled(value, 1024, &SIZES),
            Self::Mbps => scaled(value, 1000, &SPEEDS),
        }
    }

    /// The value to its last digit.
    #[must_use]
    pub fn exact(self, value: u64) -> String {
        let number = grouped(value);
        match self {
            Self::Count => number,
            Self::Mib => format!("{number} MiB"),
            Self::Bytes => format!("{number} bytes"),
            Self::Mbps => format!("{number} Mbit/s"),
        }
    }
}

fn scaled(value: u64, step: u64, units: &[&str]) -> String {
    let (mut whole, mut tenth, mut units) = (value, 0, units.iter().peekable());
    let mut unit = units.next().copied().unwrap_or_default();
    while whole >= step && units.peek().is_some() {
        tenth = (whole % step) * 10 / step;
        whole /= step;
        unit = units.next().copied().unwrap_or_default();
    }
    let number = grouped(whole);
    // Where it has many digits, or is exact, another one says nothing.
    if tenth == 0 {
        format!("{number}\u{a0}{unit}")
    } else {
        format!("{number}.{tenth}\u{a0}{unit}")
    }
}

/// The number with its digits in threes.
#[must_use]
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(unit: Unit, value: u64) -> String {
        Amount::Known(value).short(unit).replace('\u{a0}', " ")
    }

    #[test]
    fn a_figure_is_told_in_the_largest_unit_that_it_fills() {
        assert_eq!(short(Unit::Mib, 1023), "1,023 MiB");
        assert_eq!(short(Unit::Mib, 81_559), "79.6 GiB");
        assert_eq!(short(Unit::Mib, 1 << 20), "1 TiB");
        assert_eq!(short(Unit::Bytes, 1_920_383_410_176), "1.7 TiB");
        assert_eq!(short(Unit::Bytes, u64::MAX), "15.9 EiB");
        assert_eq!(short(Unit::Mbps, 2_500), "2.5 Gbit/s");
        assert_eq!(short(Unit::Mbps, 999), "999 Mbit/s");
        assert_eq!(short(Unit::Count, 1_234_567), "1,234,567");
    }

    #[test]
    fn what_is_unknown_is_never_zero() {
        assert_eq!(Amount::lacking(0).short(Unit::Mib), "unknown");
        assert_eq!(Amount::lacking(2048).short(Unit::Mib), "≥\u{a0}2\u{a0}GiB");
        assert_eq!(Amount::lacking(2048).exact(Unit::Mib), "at least 2,048 MiB");
        assert_eq!(Amount::sum(0, true).exact(Unit::Mbps), "0 Mbit/s");
        assert_eq!(Amount::sum(0, false).exact(Unit::Mbps), "unknown");
    }
}
