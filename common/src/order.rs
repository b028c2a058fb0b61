//! The canonical order of device names: the same machine gives the same bytes.

use std::cmp::Ordering;

/// Compares names as people count: runs of digits as numbers, all else byte by byte.
///
/// `sd2` comes before `sd10`, and `sda` before `sdaa` before `sdb`. Names that differ only in
/// leading zeros are told apart byte by byte at the end, so the order is total.
#[must_use]
pub fn by_name(left: &[u8], right: &[u8]) -> Ordering {
    let (mut a, mut b) = (left, right);
    loop {
        let (number_a, rest_a) = split_digits(a);
        let (number_b, rest_b) = split_digits(b);
        let ordering = match (number_a.is_empty(), number_b.is_empty()) {
            (false, false) => compare_numbers(number_a, number_b),
            _ => match (a.first(), b.first()) {
                (None, None) => return left.cmp(right),
                (x, y) if x == y => {
                    a = a.get(1..).unwrap_or_default();
                    b = b.get(1..).unwrap_or_default();
                    continue;
                }
                (x, y) => return x.cmp(&y),
            },
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at(digits)
}

/// Compares digit runs of any length without parsing them, so that no number is too long.
fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (trim_zeros(a), trim_zeros(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn trim_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by(|a, b| by_name(a.as_bytes(), b.as_bytes()));
        names
    }

    #[test]
    fn digits_compare_as_numbers_and_letters_byte_by_byte() {
        assert_eq!(
            sorted(vec!["sdb", "sd10", "sdaa", "sd2", "sda"]),
            ["sd2", "sd10", "sda", "sdaa", "sdb"]
        );
        assert_eq!(
            sorted(vec!["nvme10n1", "nvme2n10", "nvme2n9"]),
            ["nvme2n9", "nvme2n10", "nvme10n1"]
        );
    }

    #[test]
    fn a_number_past_u64_still_has_its_place() {
        assert_eq!(
            sorted(vec!["d99999999999999999999999", "d100", "d100000000000000000000000"]),
            ["d100", "d99999999999999999999999", "d100000000000000000000000"]
        );
    }

    #[test]
    fn leading_zeros_keep_the_order_total() {
        assert_eq!(by_name(b"sd01", b"sd1"), Ordering::Less);
        assert_eq!(by_name(b"sd1", b"sd1"), Ordering::Equal);
        assert_eq!(sorted(vec!["a1b", "a01c", "a1a"]), ["a1a", "a1b", "a01c"]);
    }
}
