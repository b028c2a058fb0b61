//! What a person reads, and what a person may say.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::{Value, json};

use crate::processes::alone;
use crate::support::agent::{Run, command};
use crate::support::scene::{FIRST, Scene};

/// What a dump with these faults says on a terminal.
fn on_terminal(faults: &Value) -> String {
    let scene = Scene::new(&json!({"faults": faults}));
    let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&keyboard).unwrap();
    unlockpt(&keyboard).unwrap();
    let name = ptsname(&keyboard, Vec::new()).unwrap();
    let name = OsStr::from_bytes(name.as_bytes());
    let screen = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let mut agent = scene.dump();
    agent.stdout(Stdio::null()).stderr(Stdio::from(screen));
    let mut running = agent.spawn().unwrap();
    drop(agent);
    let mut shown = Vec::new();
    // Once nobody holds the screen, reading fails.
    let _end = std::fs::File::from(keyboard).read_to_end(&mut shown);
    let shown = String::from_utf8(shown).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(0), "{shown}");
    shown
}

#[test]
fn on_a_terminal_a_line_says_what_is_waited_for_once_that_takes_long() {
    let _alone = alone();
    let shown = on_terminal(&json!({"nvmlDeviceGetName": {"delay_ms": 1500}}));
    assert!(shown.contains("waiting for NVML to tell of the GPUs, at most 60 s"), "{shown}");
    assert_eq!(shown.matches("waiting").count(), 1, "{shown}");
    let shown = on_terminal(&json!({}));
    assert!(!shown.contains("waiting"), "{shown}");
}

#[test]
fn a_log_is_not_told_what_is_waited_for() {
    let _alone = alone();
    let scene = Scene::new(&json!({"faults": {"nvmlDeviceGetName": {"delay_ms": 1500}}}));
    let run = Run::of(&mut scene.dump());
    assert_eq!(run.exit, 0);
    assert!(!run.stderr.contains("waiting"), "{run:?}");
}

#[test]
fn a_memory_that_is_unknown_is_nowhere_a_figure() {
    let _alone = alone();
    let scene = Scene::new(&json!({"faults": {"*@1": "ERROR_GPU_IS_LOST"}}));
    let table = Run::of(scene.dump().args(["--format", "table"])).stdout;
    let row = |name: &str| table.lines().find(|line| line.contains(name)).unwrap();
    assert!(row("0000:11:00.0").contains("unknown"), "{table}");
    assert!(row("0000:11:00.0").contains("gpu-lost"), "{table}");
    assert!(row(FIRST).contains("81559 MiB"), "{table}");
    assert!(row("GPUs").contains("81559 MiB, 1 unknown"), "{table}");
    let detail = Run::of(scene.dump().arg("--detail")).json();
    let lost = detail["devices"]["gpus"][1].as_object().unwrap();
    assert!(!lost.contains_key("memoryMib"), "{lost:?}");
    let yaml = Run::of(scene.dump().args(["--format", "yaml", "--detail"])).stdout;
    assert_eq!(yaml.matches("memoryMib: 81559").count(), 1, "{yaml}");
}

#[test]
fn explain_says_what_nvml_said_of_each_gpu() {
    let _alone = alone();
    let scene = Scene::new(&json!({
        "gpus": [{"nvlinks": [true]}, {"mig": {"current": 1, "pending": 1, "instances": [{}]}}],
        "faults": {"nvmlDeviceGetMemoryInfo_v2@1": 4, "nvmlDeviceGetMemoryInfo@1": 4},
    }));
    let run = Run::of(scene.dump().arg("--explain"));
    for words in [
        "nvmlDeviceGetMemoryInfo = 85520809984 bytes",
        "nvmlDeviceGetCudaComputeCapability = 9.0",
        "nvmlDeviceGetNvLinkState = 1 links up",
        "nvmlDeviceGetMigMode = on, 1 instances",
        "nvmlDeviceGetMemoryInfo = Insufficient Permissions, NVML error 4",
        "with MIG on, the parent GPU tells its memory only to root",
    ] {
        assert!(run.stderr.contains(words), "no {words:?} in {}", run.stderr);
    }
}

#[test]
fn how_nvml_is_asked_can_come_from_the_environment() {
    let _alone = alone();
    let scene = Scene::new(&json!({}));
    let asked = |name: &str, value: &str| {
        let run = Run::of(scene.dump().env("INVENTORY_DETAIL", "1").env(name, value));
        run.json()["devices"]["gpus"][0]["state"].as_str().map(str::to_owned)
    };
    assert_eq!(asked("INVENTORY_GPU", "nvml"), None);
    assert_eq!(asked("INVENTORY_GPU", "pci").as_deref(), Some("not-asked"));
    assert_eq!(asked("INVENTORY_GPU_TIMEOUT", "5"), None);
    let mut named = command();
    named.args(["--dump", "--detail", "--root"]).arg(scene.root());
    let run = Run::of(named.env("INVENTORY_NVML_LIBRARY", scene.path("no-library")));
    assert_eq!(run.json()["devices"]["gpus"][0]["state"], "library-missing");
}

#[test]
fn a_library_is_a_file_also_without_a_slash() {
    let _alone = alone();
    let scene = Scene::new(&json!({}));
    std::fs::copy(crate::support::fake::library(), scene.path("mine.so")).unwrap();
    let mut agent = command();
    agent.env(crate::support::fake::DESCRIPTION, scene.path("nvml.json"));
    agent.current_dir(scene.folder.path()).args(["--dump", "--root", "host"]);
    let run = Run::of(agent.args(["--nvml-library", "mine.so"]));
    assert_eq!(run.json()["gpus"]["memory"], 163_118, "{run:?}");
}

#[test]
fn ways_to_ask_that_make_no_sense_are_refused() {
    let _alone = alone();
    for args in [
        ["--gpu", "amd"],
        ["--gpu-timeout", "0"],
        ["--gpu-timeout", "601"],
        ["--gpu-timeout", "soon"],
    ] {
        let run = Run::of(command().arg("--dump").args(args));
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{args:?}: {run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn the_child_s_command_is_nobody_s_to_know() {
    let _alone = alone();
    let help = Run::of(command().arg("--help")).stdout;
    assert!(help.contains("--nvml-library") && help.contains("--gpu-timeout"), "{help}");
    assert!(!help.contains("nvml-child"), "{help}");
}
