//! What the kernel's small files hold: one number, one flag, one word.

/// A decimal number without a sign, alone in the file.
#[must_use]
pub fn number(text: &str) -> Option<u64> {
    let digits = text.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

/// `0` or `1`.
#[must_use]
pub fn flag(text: &str) -> Option<bool> {
    match text.trim() {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// A hexadecimal number with or without `0x`.
#[must_use]
pub fn hexadecimal(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| u64::from_str_radix(digits, 16).ok())?
}

/// Whether `text` is `prefix` followed by a decimal number and nothing else, such as `usb3`.
#[must_use]
pub fn is_numbered(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_digits_and_nothing_else() {
        assert_eq!(number("1048576\n"), Some(1_048_576));
        assert_eq!(number("18446744073709551615\n"), Some(u64::MAX));
        for bad in ["", "\n", "-1", "+1", "1 2", "0x10", "1e3", "18446744073709551616"] {
            assert_eq!(number(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_flag_is_one_digit() {
        assert_eq!(flag("0\n"), Some(false));
        assert_eq!(flag("1\n"), Some(true));
        for bad in ["", "2", "yes", "01"] {
            assert_eq!(flag(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn hexadecimal_numbers_come_with_and_without_a_prefix() {
        assert_eq!(hexadecimal("0x030200\n"), Some(0x03_0200));
        assert_eq!(hexadecimal("8000000\n"), Some(0x800_0000));
        assert_eq!(hexadecimal("0x"), None);
        assert_eq!(hexadecimal("+1"), None);
    }

    #[test]
    fn a_numbered_name_is_its_prefix_and_digits() {
        assert!(is_numbered("usb12", "usb"));
        for other in ["usb", "usbx", "usb1-1", "xusb1", "usb1 "] {
            assert!(!is_numbered(other, "usb"), "{other}");
        }
    }
}
