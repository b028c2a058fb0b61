//! The fake NVML library, whole and spoilt.

use std::path::{Path, PathBuf};

/// Says to the library which file describes its GPUs.
pub const DESCRIPTION: &str = "FAKE_NVML";

/// The library, which cargo puts beside the tests that depend on its package.
pub fn library() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    test.with_file_name("libfake_nvml.so")
}

/// Where an ELF file says how wide it is, and how it says 32 bits.
const ELF_CLASS: usize = 4;
const ELF_32_BIT: u8 = 1;

/// Makes in `folder` what `words` say: `missing`, `text`, `32-bit`, `cut`, or `without FUNCTION…`.
pub fn spoilt(words: &[&str], folder: &Path) -> PathBuf {
    let file = folder.join("libnvidia-ml.so.1");
    let mut bytes = std::fs::read(library()).expect("the library");
    match words {
        ["missing"] => return file,
        ["text"] => bytes = b"INPUT(libnvidia-ml.so.1)\n".to_vec(),
        ["32-bit"] => bytes[ELF_CLASS] = ELF_32_BIT,
        ["cut"] => bytes.truncate(1000),
        ["without", functions @ ..] => functions.iter().for_each(|name| hide(&mut bytes, name)),
        _ => panic!("no library is {words:?}"),
    }
    std::fs::write(&file, bytes).expect("a copy");
    file
}

/// Takes a function from the library's table: the loader compares whole names, so another first
/// letter is another name.
fn hide(library: &mut [u8], function: &str) {
    let name = format!("\0{function}\0").into_bytes();
    let mut starts = library.windows(name.len()).enumerate();
    let found: Vec<usize> =
        starts.by_ref().filter(|(_, bytes)| *bytes == name).map(|(start, _)| start).collect();
    assert!(!found.is_empty(), "{function} is not exported");
    for start in found {
        library[start + 1] = b'-';
    }
}
