//! Captured machines in a folder of archives, with an `expected.json` that says what is known of
//! each: `{"NAME": {"vcpus": 8, "memory": 1, "swap": 1, "gpus": 1, "storage": {"disks": 1, "size":
//! 1, "names": ["sda"]}}}`.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use serde_json::{Map, Value, json};

use crate::support::agent::Run;

/// Names the folder.
const FOLDER: &str = "CAPTURED_HOSTS";

/// A test for each captured machine of the project and of [`FOLDER`]; without the latter one that
/// is ignored stands for it.
pub fn trials() -> Vec<Trial> {
    let mut trials =
        trials_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hosts/machines"));
    if let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) {
        trials.extend(trials_of(&folder));
    } else {
        let name = format!("captured: skipped, {FOLDER} names no folder of captured machines");
        trials.push(Trial::test(name, || Ok(())).with_ignored_flag(true));
    }
    trials
}

fn trials_of(folder: &Path) -> Vec<Trial> {
    let text = std::fs::read(folder.join("expected.json"))
        .unwrap_or_else(|error| panic!("{}: no expected.json: {error}", folder.display()));
    let expected: Map<String, Value> =
        serde_json::from_slice(&text).expect("expected.json is JSON");
    assert!(!expected.is_empty(), "{} expects nothing", folder.display());
    let trial = |(name, wanted): (String, Value)| {
        let archive = folder.join(format!("{name}.tar.gz"));
        Trial::test(format!("captured: {name}"), move || check(&archive, &wanted))
    };
    expected.into_iter().map(trial).collect()
}

fn check(archive: &Path, wanted: &Value) -> Result<(), Failed> {
    let run = Run::detail(archive, &[]);
    if ![0, 3].contains(&run.exit) {
        return Err(format!("exit {}: {}", run.exit, run.stderr).into());
    }
    let all = run.json();
    let node = &all["nodeData"];
    let disks = all["devices"]["disks"].as_array().into_iter().flatten();
    let counted = disks.filter(|disk| disk["counted"] == true).map(|disk| disk["name"].clone());
    let found = json!({
        "vcpus": node["vcpus"]["count"],
        "memory": node["memory"],
        "swap": node["swap"],
        "gpus": node["gpus"]["count"],
        "storage": {
            "disks": node["storage"]["disks"],
            "size": node["storage"]["size"],
            "names": counted.collect::<Value>(),
        },
    });
    for (key, wanted) in wanted.as_object().into_iter().flatten() {
        if &found[key] != wanted {
            return Err(
                format!("{key}: expected {wanted}, found {}; {}", found[key], run.stderr).into()
            );
        }
    }
    Ok(())
}
