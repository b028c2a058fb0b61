//! `proc/meminfo`, read once for memory and swap (kernel: Documentation/filesystems/proc.rst).
//!
//! Parsed here and not by a library: of some sixty lines two matter, and many kernels lack others.

use super::text::number;
use crate::host::{HostRoot, ReadError};

/// The file.
pub const FILE: &str = "proc/meminfo";

/// The file's text, or why there is none.
pub type Meminfo = Result<String, ReadError>;

/// Reads the file.
pub fn read(root: &HostRoot) -> Meminfo {
    root.text(FILE)
}

/// The figure of one line in bytes; `expected` says what the line should be.
pub fn bytes(meminfo: &Meminfo, key: &str, expected: &str) -> Result<u64, ReadError> {
    let text = meminfo.as_ref().map_err(Clone::clone)?;
    let malformed = || match text.lines().find(|line| line.starts_with(key)) {
        Some(line) => ReadError::unexpected(FILE.as_ref(), line, expected),
        None => ReadError::malformed(FILE.as_ref(), format!("has no '{key}'")),
    };
    parse_bytes(text, key).ok_or_else(malformed)
}

/// The figure of the line `KEY: N kB`, in bytes: what the kernel calls kB is KiB.
#[must_use]
pub fn parse_bytes(text: &str, key: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    number(value.trim_end().strip_suffix("kB")?)?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "MemTotal:       16777216 kB\nMemFree:        1 kB\nSwapTotal:      0 kB\n";

    #[test]
    fn the_kernel_s_kb_are_kib() {
        assert_eq!(parse_bytes(TEXT, "MemTotal"), Some(16 << 30));
        assert_eq!(parse_bytes(TEXT, "SwapTotal"), Some(0));
    }

    #[test]
    fn a_line_is_found_by_its_whole_key() {
        assert_eq!(parse_bytes(TEXT, "Mem"), None);
        assert_eq!(parse_bytes("SwapTotalX: 1 kB", "SwapTotal"), None);
    }

    #[test]
    fn other_units_and_impossible_figures_are_refused() {
        for text in [
            "MemTotal: 1 MB",
            "MemTotal: 1",
            "MemTotal: kB",
            "MemTotal: -1 kB",
            "MemTotal: 18446744073709551615 kB",
            "MemTotal",
        ] {
            assert_eq!(parse_bytes(text, "MemTotal"), None, "{text:?}");
        }
    }
}
