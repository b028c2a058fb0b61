//! The nodeID: a label's value, so that two nodes never meet in one id.

/// The most characters a Kubernetes label's value has.
pub const MAX_LENGTH: usize = 63;

/// The id of a node that does not say who it is.
pub const UNKNOWN: &str = "unknown";

/// What [`derive`] appends to a name that is no label value: `-` and eight hexadecimal digits.
const SUFFIX_LENGTH: usize = 9;

/// Whether `id` can be a label's value: 1 to 63 of `[A-Za-z0-9._-]`, alphanumeric at both ends.
#[must_use]
pub fn is_valid(id: &str) -> bool {
    id.len() <= MAX_LENGTH && valid_prefix(id, MAX_LENGTH) == id && !id.is_empty()
}

/// The id of a node with this name: the name itself where it is a label value, else its valid
/// prefix, `-`, and eight hexadecimal digits of a hash of the whole name.
///
/// Never a plain cut: long names of one pool share their first 63 characters.
#[must_use]
pub fn derive(name: &str) -> String {
    if is_valid(name) {
        return name.to_owned();
    }
    let prefix = match valid_prefix(name, MAX_LENGTH - SUFFIX_LENGTH) {
        "" => "node",
        prefix => prefix,
    };
    format!("{prefix}-{:08x}", fnv1a(name.as_bytes()))
}

/// The longest prefix of at most `length` characters that is a label value, or nothing.
fn valid_prefix(name: &str, length: usize) -> &str {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let end = name.find(|c| !allowed(c)).unwrap_or(name.len()).min(length);
    let prefix = name.get(..end).unwrap_or_default();
    if prefix.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        prefix.trim_end_matches(|c: char| !c.is_ascii_alphanumeric())
    } else {
        ""
    }
}

/// FNV-1a, 32 bits: stable for ever, and names that differ in one place never collide.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_are_told_from_other_text() {
        let longest = "a".repeat(MAX_LENGTH);
        for good in ["a", "node-1", "gpu-07.rack2.example.com", "A_b.C", "0", &longest] {
            assert!(is_valid(good), "{good}");
        }
        let too_long = "a".repeat(MAX_LENGTH + 1);
        for bad in ["", "-a", "a-", ".a", "a.", "_", "a b", "a/b", "nöde", &too_long] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_that_fits_is_its_own_id() {
        assert_eq!(derive("gpu-07.rack2"), "gpu-07.rack2");
    }

    #[test]
    fn long_names_with_one_prefix_get_different_valid_ids() {
        let prefix = "worker.".repeat(10);
        let (one, two) = (derive(&format!("{prefix}one")), derive(&format!("{prefix}two")));
        assert_ne!(one, two);
        for id in [&one, &two] {
            assert!(is_valid(id), "{id}");
            assert!(id.starts_with("worker.worker."), "{id}");
        }
    }

    #[test]
    fn the_prefix_of_a_long_name_ends_in_a_letter_or_digit() {
        let name = format!("{}.{}", "a".repeat(53), "b".repeat(60));
        assert_eq!(derive(&name), format!("{}-{:08x}", "a".repeat(53), fnv1a(name.as_bytes())));
    }

    #[test]
    fn odd_names_of_any_kind_become_valid_ids() {
        for odd in ["", "_x", "x y", "nöde", "-", "host_", &"x".repeat(253)] {
            assert!(is_valid(&derive(odd)), "{odd:?} gave {:?}", derive(odd));
        }
        assert_ne!(derive("host_"), derive("host."));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0x811c_9dc5);
        assert_eq!(fnv1a(b"foobar"), 0xbf9c_f968);
    }
}
