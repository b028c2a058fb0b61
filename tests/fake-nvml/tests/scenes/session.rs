//! From the first initialisation to the last shutdown: the device file, the
//! count of users, the log.

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
};

use crate::support::{Report, Scene};
use serde_json::json;

const NOBODY: u32 = 65534;

#[test]
fn the_device_is_held_until_shutdown() {
    Scene::new(&json!({})).report().says(&[("held", "0"), ("held after", "0")]);
    let report = Scene::new(&json!({"device": "/dev/null"})).report();
    report.says(&[("init", "NVML"), ("held", "1"), ("held after", "0")]);
}

#[test]
fn no_device_is_no_driver() {
    let report = Scene::new(&json!({"device": "/dev/no-such-device"})).report();
    report.says(&[("init", "DriverNotLoaded"), ("gpus", ""), ("held after", "0")]);
}

#[test]
fn a_device_for_others_only() {
    let mut scene = Scene::new(&json!({}));
    let device = scene.path("device");
    fs::write(&device, "").expect("a file");
    fs::set_permissions(&device, Permissions::from_mode(0o0)).expect("its mode");
    fs::write(scene.path("nvml.json"), json!({"device": device}).to_string()).expect("the file");
    let mut command = scene.command();
    if fs::metadata("/proc/self").expect("this process").uid() == 0 {
        // Root may open everything, so somebody else asks, with copies of what it takes.
        fs::set_permissions(scene.folder.path(), Permissions::from_mode(0o755)).expect("its mode");
        let probe = scene.path("probe");
        fs::copy(command.get_program(), &probe).expect("the probe");
        let library = scene.path("libfake.so");
        fs::copy(&scene.library, &library).expect("the library");
        scene.library = library;
        command = std::process::Command::new(probe);
        command.arg(&scene.library).env("FAKE_NVML", scene.path("nvml.json")).uid(NOBODY);
    }
    let report = Report::of(&command.output().expect("the probe"));
    report.says(&[("init", "NoPermission"), ("held after", "0")]);
}

#[test]
fn users_are_counted() {
    let scene = Scene::new(&json!({"gpus": [{}]}));
    Report::of(&scene.command().arg("count").output().expect("the probe")).says(&[
        ("shutdown", "1"),
        ("question", "1"),
        ("first init", "0"),
        ("second init", "0"),
        ("first shutdown", "0"),
        ("question between", "0"),
        ("second shutdown", "0"),
        ("question after", "1"),
        ("null", "2"),
    ]);
}

#[test]
fn calls_are_logged_with_their_place() {
    let scene = Scene::new(&json!({}));
    let config = json!({
        "log": scene.path("log"),
        "gpus": [{}, {"nvlinks": [true], "mig": {"current": 1, "pending": 1, "instances": [{}]}}],
    });
    fs::write(scene.path("nvml.json"), config.to_string()).expect("the file");
    scene.report();
    let log = fs::read_to_string(scene.path("log")).expect("the log");
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.first(), Some(&"nvmlInit_v2"));
    assert_eq!(lines.last(), Some(&"nvmlShutdown"));
    let times = |line: &str| lines.iter().filter(|logged| **logged == line).count();
    assert_eq!(times("nvmlDeviceGetHandleByIndex_v2 1"), 1);
    assert_eq!(times("nvmlDeviceGetNvLinkState 1.1"), 1);
    assert_eq!(times("nvmlDeviceGetMigDeviceHandleByIndex 1.6"), 1);
    assert_eq!(times("nvmlDeviceGetName 1.0"), 1);
}
