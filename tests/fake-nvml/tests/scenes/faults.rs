//! What goes wrong, and how the calls beside it fare.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::support::{Report, Scene};
use serde_json::{Value, json};

const SIGABRT: i32 = 6;
const SIGSEGV: i32 = 11;

fn with(faults: &Value) -> Scene {
    let gpus: Vec<_> = (0..8).map(|_| json!({"nvlinks": [true, true]})).collect();
    Scene::new(&json!({"gpus": gpus, "faults": faults}))
}

#[test]
fn one_of_eight_lost() {
    let report = with(&json!({"nvmlDeviceGetHandleByIndex_v2@3": "ERROR_GPU_IS_LOST"})).report();
    report.says(&[("gpus", "8"), ("3", "GpuLost"), ("3 name", "")]);
    report.says(&[("2 memory", "85520809984"), ("4 memory", "85520809984")]);
}

#[test]
fn initialisation_fails() {
    for (error, said) in [
        (json!("ERROR_DRIVER_NOT_LOADED"), "DriverNotLoaded"),
        (json!("NVML_ERROR_NO_PERMISSION"), "NoPermission"),
        (json!(18), "LibRmVersionMismatch"),
        (json!("ERROR_INVALID_STATE"), "UnexpectedVariant"),
    ] {
        let report = with(&json!({"nvmlInit_v2": error})).report();
        report.says(&[("init", said), ("gpus", ""), ("held after", "0")]);
    }
}

#[test]
fn the_nearest_fault_counts() {
    let report = with(&json!({
        "*@1": "ERROR_RESET_REQUIRED",
        "nvmlDeviceGetName@2": "ERROR_UNKNOWN",
        "nvmlDeviceGetName": "ERROR_TIMEOUT",
        "nvmlDeviceGetNvLinkState@0.*": "ERROR_IRQ_ISSUE",
        "nvmlDeviceGetNvLinkState@4.1": "ERROR_IN_USE",
    }))
    .report();
    report.says(&[("0 name", "Timeout"), ("1", "ResetRequired"), ("2 name", "Unknown")]);
    report.says(&[("0 link 0", "IrqIssue"), ("4 link 0", "true"), ("4 link 1", "InUse")]);
}

#[test]
fn a_count_out_of_all_proportion() {
    let report = with(&json!({"nvmlDeviceGetCount_v2": {"value": u32::MAX}})).report();
    report.says(&[
        ("gpus", "4294967295"),
        ("7 name", r#""NVIDIA H100 80GB HBM3""#),
        ("8", "InvalidArg"),
    ]);
}

#[test]
fn a_name_that_is_not_utf8() {
    let config = json!({"gpus": [{"name": [78, 86, 255, 254]}, {}]});
    Scene::new(&config).report().says(&[("0 name", "Utf8Error"), ("1 memory", "85520809984")]);
}

#[test]
fn text_without_an_end_and_a_buffer_too_small() {
    let text = |faults: &Value| {
        Report::of(&with(faults).command().arg("text").output().expect("the probe"))
    };
    text(&json!({})).says(&[("tiny", "7"), ("full", "0"), ("nul", "Some(21)")]);
    let endless = json!({"nvmlDeviceGetName": "unterminated"});
    text(&endless).says(&[("tiny", "0"), ("full", "0"), ("nul", "None")]);
}

#[test]
fn deaths() {
    for (act, signal, code) in [
        (json!("abort"), Some(SIGABRT), None),
        (json!("segfault"), Some(SIGSEGV), None),
        (json!({"exit": 0}), None, Some(0)),
        (json!({"exit": 7}), None, Some(7)),
    ] {
        let scene = with(&json!({"nvmlDeviceGetUUID@5": act}));
        let output = scene.command().output().expect("the probe");
        assert_eq!((output.status.signal(), output.status.code()), (signal, code), "{act}");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("5 name") && !text.contains("shutdown"), "{text}");
    }
}

#[test]
fn a_delay() {
    let start = Instant::now();
    let report = with(&json!({"nvmlInit_v2": {"delay_ms": 300}})).report();
    report.says(&[("gpus", "8")]);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_hang_in_the_middle() {
    let scene = Scene::new(&json!({}));
    let log = scene.path("log");
    let faults = json!({"nvmlDeviceGetName@1": "hang"});
    let config = json!({"gpus": [{}, {}], "log": log, "faults": faults});
    fs::write(scene.path("nvml.json"), config.to_string()).expect("the file");
    let mut child = scene.command().stdout(Stdio::null()).spawn().expect("the probe");
    let reached =
        || fs::read_to_string(&log).is_ok_and(|log| log.ends_with("nvmlDeviceGetName 1\n"));
    while !reached() && child.try_wait().expect("its status").is_none() {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(100));
    assert!(reached());
    assert_eq!(child.try_wait().expect("its status"), None);
    child.kill().expect("an end");
    child.wait().expect("its status");
}

#[test]
fn a_file_that_makes_no_sense() {
    for config in [json!({"gpu": []}), json!({"faults": {"nvmlInit_v2": "ERROR_OF_MINE"}})] {
        let output = Scene::new(&config).command().output().expect("the probe");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.starts_with("fake-nvml: FAKE_NVML: "), "{words}");
        Report::of(&output).says(&[("init", "Unknown")]);
    }
}
