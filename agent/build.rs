//! Links for a quick start: in few segments, and with the unwinder in the binary.
//!
//! Code beside read-only data in one segment is two mappings fewer, and some page faults.
//!
//! The agent aborts instead of unwinding, yet Rust's library names `libgcc_s.so` as needed, and to
//! load it takes a fifth of the time of a whole `--dump`. The linker looks for it first in the
//! folder given here, and finds a script that names the archive instead.

use std::path::PathBuf;
use std::process::Command;

/// The archive of the unwinder that comes with gcc.
const ARCHIVE: &str = "libgcc_eh.a";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-Wl,-z,noseparate-code");
    let output = Command::new("cc").arg(format!("-print-file-name={ARCHIVE}")).output();
    // A compiler that does not know it answers with the bare name; then all stays as it was.
    let archive = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    let archive = archive.map(|path| PathBuf::from(path.trim())).filter(|path| path.is_absolute());
    if let Some(archive) = archive.filter(|path| path.exists()) {
        let folder = PathBuf::from(std::env::var("OUT_DIR")?);
        std::fs::write(folder.join("libgcc_s.so"), format!("INPUT({})\n", archive.display()))?;
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
    Ok(())
}
