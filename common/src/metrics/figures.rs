//! AIOS's figures in the base units of Prometheus: bytes, and bytes per second.

use super::Value;
use crate::cluster::FIGURES;

/// So much of the figure with this path, in base units; absent where no figure has it.
#[must_use]
pub fn in_base_units(path: &str, amount: u64) -> Option<Value> {
    let figure = FIGURES.iter().find(|figure| figure.path == path)?;
    let exact = amount.checked_mul(figure.base_units).map(Value::Whole);
    Some(exact.unwrap_or_else(|| Value::Real(float(amount) * float(figure.base_units))))
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus keeps every number as this")]
fn float(amount: u64) -> f64 {
    amount as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes_and_speeds_bytes_per_second() {
        assert_eq!(in_base_units("vcpus.count", 8), Some(Value::Whole(8)));
        assert_eq!(in_base_units("gpus.memory", 81_559), Some(Value::Whole(85_520_809_984)));
        assert_eq!(in_base_units("network.txBandwidth", 10_000), Some(Value::Whole(1_250_000_000)));
        assert_eq!(in_base_units("nothing", 1), None);
    }

    #[test]
    fn what_is_more_than_64_bits_hold_is_still_the_right_number() {
        assert_eq!(in_base_units("storage.size", 1 << 50), Some(Value::Real(2_f64.powi(70))));
    }
}
