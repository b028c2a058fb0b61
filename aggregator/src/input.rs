//! Where texts are read from: files, or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::Context;

/// The name that stands for standard input and output.
pub const STANDARD: &str = "-";

/// The most bytes that are read from one place: no cluster's inventories are so large.
const MAX_BYTES: u64 = 1 << 30;

/// What a person calls the file.
pub fn called(file: &Path) -> String {
    if file == Path::new(STANDARD) {
        "standard input".to_owned()
    } else {
        format!("'{}'", file.display())
    }
}

/// The text of a file, or of standard input.
pub fn read(file: &Path) -> anyhow::Result<String> {
    let text = if file == Path::new(STANDARD) {
        read_all(io::stdin().lock())
    } else {
        File::open(file).and_then(read_all)
    };
    text.with_context(|| format!("cannot read {}", called(file)))
}

fn read_all(from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    if from.take(MAX_BYTES + 1).read_to_end(&mut bytes)? as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 1 GiB"));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is no UTF-8 text"))
}
