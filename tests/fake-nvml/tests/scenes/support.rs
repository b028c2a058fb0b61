//! A scene: a file for `FAKE_NVML`, the library, and a process that asks it.
//!
//! The environment belongs to a whole process, so each question is one of its
//! own: the example `probe`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

/// The folder of this build's libraries, where cargo puts the one that it links this test to.
fn libraries() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    test.parent().expect("its folder").to_owned()
}

/// The probe. Cargo does not build it for a test that is asked for by name, so it is asked here.
fn probe() -> &'static Path {
    static PROBE: OnceLock<PathBuf> = OnceLock::new();
    PROBE.get_or_init(|| {
        let libraries = libraries();
        let folder = libraries.parent().expect("the build's folder");
        let profile = match folder.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(name) => name,
        };
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", "probe", "--profile", profile])
            .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
            .arg("--target-dir")
            .arg(folder.parent().expect("the target folder"))
            .status()
            .expect("cargo");
        assert!(status.success(), "the probe is not built");
        folder.join("examples/probe")
    })
}

/// The library as it was built.
pub fn library() -> PathBuf {
    libraries().join("libfake_nvml.so")
}

/// Makes an old library: a copy whose dynamic symbol table lacks these names.
/// The loader compares whole names, so another first letter is another name.
pub fn library_without(symbols: &[&str], folder: &Path) -> PathBuf {
    let mut bytes = fs::read(library()).expect("the library");
    for symbol in symbols {
        let name = format!("\0{symbol}\0").into_bytes();
        let found: Vec<usize> =
            (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(&name)).collect();
        assert!(!found.is_empty(), "{symbol} is not exported");
        for at in found {
            bytes[at + 1] = b'-';
        }
    }
    let old = folder.join("libold.so");
    fs::write(&old, bytes).expect("a copy");
    old
}

pub struct Scene {
    pub folder: TempDir,
    pub library: PathBuf,
}

impl Scene {
    pub fn new(config: &Value) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("nvml.json"), config.to_string()).expect("the file");
        Self { folder, library: library() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command that asks; a mode of the probe may follow.
    pub fn command(&self) -> Command {
        let mut command = Command::new(probe());
        command.arg(&self.library).env("FAKE_NVML", self.path("nvml.json"));
        command
    }

    pub fn report(&self) -> Report {
        Report::of(&self.command().output().expect("the probe"))
    }
}

/// What the probe said.
pub struct Report(BTreeMap<String, String>);

impl Report {
    pub fn of(output: &Output) -> Self {
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8_lossy(&output.stdout);
        let lines = text.lines().filter_map(|line| line.split_once(" = "));
        Self(lines.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    /// The value of a key; nothing where it was not asked for.
    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// These keys have these values.
    #[track_caller]
    pub fn says(&self, expected: &[(&str, &str)]) {
        for (key, value) in expected {
            assert_eq!(self.get(key), *value, "{key} in {:#?}", self.0);
        }
    }
}
