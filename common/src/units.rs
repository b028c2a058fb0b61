//! The page's "MB" is MiB, and every figure is rounded down once.

/// Bytes in one MiB.
pub const BYTES_PER_MIB: u64 = 1 << 20;

/// Bytes that go over a link of 1 Mbit/s in a second.
pub const BYTES_PER_SECOND_PER_MBPS: u64 = 1_000_000 / 8;

/// Bytes as whole MiB, rounded down.
#[must_use]
pub const fn mib(bytes: u64) -> u64 {
    bytes / BYTES_PER_MIB
}

/// The sum of `bytes` as whole MiB, rounded down once, after adding.
///
/// Adds in 128 bits, where no number of 64-bit sizes that fit in memory can overflow; a sum whose
/// MiB exceed 64 bits would need sixteen million exabyte disks and is cut to [`u64::MAX`].
pub fn mib_of_sum(bytes: impl IntoIterator<Item = u64>) -> u64 {
    let sum: u128 = bytes.into_iter().map(u128::from).sum();
    u64::try_from(sum / u128::from(BYTES_PER_MIB)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_rounded_once_and_not_per_part() {
        let half = BYTES_PER_MIB / 2;
        assert_eq!(mib(half) + mib(half), 0);
        assert_eq!(mib_of_sum([half, half]), 1);
    }

    #[test]
    fn a_sum_past_64_bits_of_bytes_is_exact_in_mib() {
        assert_eq!(mib_of_sum([u64::MAX, 1]), 1 << 44);
    }
}
