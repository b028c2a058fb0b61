//! The agent and its child, from the first to the last of either.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::processes::{alone, children, holders, lives, until};
use crate::support::agent::{Run, command};
use crate::support::fake;
use crate::support::scene::{FIRST, Scene};

/// A user that may do nothing.
const NOBODY: u32 = 65534;

/// A dump that hangs in NVML, and its child.
fn hanging(scene: &Scene) -> (Child, u32) {
    let agent = scene.dump().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until("NVML is asked", || scene.log().contains("nvmlDeviceGetName 0"));
    let [child] = children(agent.id())[..] else { panic!("{:?}", children(agent.id())) };
    (agent, child)
}

#[test]
fn the_child_ends_with_its_parent_however_that_ends() {
    let _alone = alone();
    for signal in ["-KILL", "-TERM", "-INT", "-ABRT"] {
        let scene = Scene::new(&json!({"faults": {"nvmlDeviceGetName": "hang"}}));
        let (mut agent, child) = hanging(&scene);
        assert!(lives(child));
        let pid = agent.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert!(agent.wait().unwrap().signal().is_some(), "{signal}");
        until("the child ends", || !lives(child));
    }
}

#[test]
fn a_child_whose_parent_is_gone_already_asks_nothing() {
    let _alone = alone();
    let scene = Scene::new(&json!({}));
    let mut child = command();
    child.env(fake::DESCRIPTION, scene.path("nvml.json"));
    let run = Run::of(child.args(["nvml-child", "4194305"]).arg(fake::library()));
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""));
    assert_eq!(scene.log(), "");
}

#[test]
fn a_child_that_hangs_is_ended_and_leaves_no_zombie() {
    let _alone = alone();
    let scene = Scene::new(&json!({"faults": {"nvmlDeviceGetName": "hang"}}));
    let mut agent = scene.dump();
    agent.args(["--gpu-timeout", "1"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let agent = agent.spawn().unwrap();
    until("NVML is asked", || scene.log().contains("nvmlDeviceGetName 0"));
    let child = children(agent.id());
    let output = agent.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(!child.iter().any(|child| Path::new(&format!("/proc/{child}")).exists()));
}

#[test]
fn the_driver_is_held_while_it_is_asked_and_not_afterwards() {
    let _alone = alone();
    for (fault, exit) in [("hang", 3), ("abort", 3), ("chatter", 0)] {
        let scene = Scene::new(&json!({}));
        let device = scene.path("nvidiactl");
        std::fs::write(&device, "").unwrap();
        let faults = json!({"nvmlDeviceGetName@1": fault});
        let log = scene.path("log");
        let description = json!({"gpus": [{}, {}], "device": device, "log": log, "faults": faults});
        std::fs::write(scene.path("nvml.json"), description.to_string()).unwrap();
        let mut agent = scene.dump();
        agent.args(["--gpu-timeout", "1"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut agent = agent.spawn().unwrap();
        if fault == "hang" {
            until("NVML is asked", || scene.log().contains("nvmlDeviceGetName 1"));
            let holders = holders(&device);
            assert_eq!(holders, children(agent.id()), "the child alone holds the driver");
        }
        assert_eq!(agent.wait().unwrap().code(), Some(exit), "{fault}");
        assert_eq!(holders(&device), [0_u32; 0], "{fault}");
        let says_farewell = scene.log().ends_with("nvmlShutdown\n");
        assert_eq!(says_farewell, fault == "chatter", "{}", scene.log());
    }
}

#[test]
fn the_driver_s_device_node_decides() {
    let _alone = alone();
    let is_root = rustix::process::getuid().is_root();
    for (mode, user, state) in [
        (Some(0o666), None, ""),
        (None, None, "no-device-nodes"),
        (Some(0o600), Some(NOBODY), "forbidden"),
    ] {
        if user.is_some() && !is_root {
            eprintln!("skipped: only root can ask as another user");
            continue;
        }
        let scene = Scene::new(&json!({}));
        let device = scene.path("nvidiactl");
        if let Some(mode) = mode {
            std::fs::write(&device, "").unwrap();
            std::fs::set_permissions(&device, PermissionsExt::from_mode(mode)).unwrap();
        }
        let description = json!({"gpus": [{}, {}], "device": device}).to_string();
        std::fs::write(scene.path("nvml.json"), description).unwrap();
        let mut agent = scene.dump();
        if let Some(user) = user {
            agent = as_user(&scene, user);
        }
        let run = Run::of(agent.arg("--detail"));
        let gpus = &run.json()["devices"]["gpus"];
        assert_eq!(gpus[0]["name"], FIRST);
        assert_eq!(gpus[0]["state"].as_str().unwrap_or(""), state, "{run:?}");
        assert_eq!(gpus[0]["memoryMib"].is_null(), !state.is_empty());
        assert_eq!(run.exit, if state.is_empty() { 0 } else { 3 });
    }
}

/// The scene's dump by a user that may read nothing but the scene's folder, where the program and
/// the library are brought.
fn as_user(scene: &Scene, user: u32) -> Command {
    let folder = scene.folder.path();
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    let [program, library] = ["agent", "libnvidia-ml.so.1"].map(|name| scene.path(name));
    std::fs::copy(command().get_program(), &program).unwrap();
    std::fs::copy(fake::library(), &library).unwrap();
    let mut agent = Command::new(program);
    agent.env(fake::DESCRIPTION, scene.path("nvml.json")).uid(user).current_dir("/");
    agent.args(["--dump", "--root"]).arg(scene.root()).arg("--nvml-library").arg(library);
    agent
}

#[test]
fn a_parent_that_ignores_the_end_of_children_hears_them_all_the_same() {
    let _alone = alone();
    let scene = Scene::new(&json!({}));
    let dump = scene.dump();
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' CHLD; exec \"$@\"", "sh"]).arg(dump.get_program());
    shell.args(dump.get_args()).env(fake::DESCRIPTION, scene.path("nvml.json"));
    let run = Run::of(&mut shell);
    assert_eq!(run.exit, 0, "{run:?}");
    assert_eq!(run.json()["gpus"]["memory"], 163_118);
}

#[test]
fn nothing_is_asked_where_nothing_speaks_of_nvidia() {
    let _alone = alone();
    let nodes = ["nvidiactl", "dxg", "nvhost-gpu", "nvgpu"];
    let on_bus = || {
        let entries = std::fs::read_dir("/sys/bus/pci/devices").into_iter().flatten();
        let vendor = |entry: std::io::Result<std::fs::DirEntry>| {
            std::fs::read_to_string(entry.ok()?.path().join("vendor")).ok()
        };
        entries.filter_map(vendor).any(|vendor| vendor.trim() == "0x10de")
    };
    if nodes.iter().any(|node| Path::new("/dev").join(node).exists()) || on_bus() {
        eprintln!("skipped: this machine has a GPU of NVIDIA's");
        return;
    }
    let scene = Scene::new(&json!({}));
    let libraries = scene.path("libraries");
    std::fs::create_dir(&libraries).unwrap();
    std::os::unix::fs::symlink(fake::library(), libraries.join("libnvidia-ml.so.1")).unwrap();
    let live = |source: &str, root: &str| {
        let mut agent = command();
        agent.env(fake::DESCRIPTION, scene.path("nvml.json")).env("LD_LIBRARY_PATH", &libraries);
        Run::of(agent.args(["--dump", "--gpu", source, "--root", root])).json()
    };
    assert_eq!(live("auto", "/")["gpus"]["count"], 0);
    assert_eq!(live("pci", "/")["gpus"]["count"], 0);
    assert_eq!(scene.log(), "", "nobody was asked");
    // The library is the loader's to find, whatever the host's root.
    for root in ["/", "/proc/self/root"] {
        assert_eq!(live("nvml", root)["gpus"]["count"], 2, "{root}");
    }
    assert!(scene.log().contains("nvmlInit_v2"));
}
