//! Many askings in one process, as the daemon does.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use inventory_agent::answers::Answers;
use inventory_agent::host::manifest::{FILE_NAME, Manifest};
use inventory_agent::probe::gpu::child::{Asker, Request};
use inventory_common::GpuState;
use serde_json::{Value, json};

use crate::processes::{alone, children, memory_kib, open_files};
use crate::support::agent::{Run, command};
use crate::support::fake;
use crate::support::scene::Scene;

/// A script in the scene's folder that is run as the child.
fn script(scene: &Scene, name: &str, text: &str) -> PathBuf {
    let file = scene.path(name);
    std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
    file
}

/// The agent as the child, told what its NVML says: the environment of this process is shared.
fn agent(scene: &Scene) -> PathBuf {
    let agent = command();
    let (agent, nvml) = (Path::new(agent.get_program()), scene.path("nvml.json"));
    let (agent, nvml) = (agent.display(), nvml.display());
    let text = format!("{}='{nvml}' exec '{agent}' \"$@\"", fake::DESCRIPTION);
    script(scene, "agent", &text)
}

fn request(program: PathBuf) -> Request {
    let libraries = vec![fake::library().into_os_string()];
    Request { program, libraries, timeout: Duration::from_mins(1), on_wait: None }
}

fn ask(request: &Request) -> Answers {
    Asker::default().ask(request)
}

/// The state and the words of a failure.
fn failure(answers: &Answers) -> (GpuState, &str) {
    let failure = answers.failure.as_ref().unwrap_or_else(|| panic!("no failure: {answers:?}"));
    (failure.state, &failure.error.message)
}

#[test]
fn hundreds_of_askings_leave_no_file_and_no_process_behind() {
    let _alone = alone();
    let [whole, hung, dead] = [json!("chatter"), json!("hang"), json!("abort")]
        .map(|fault| Scene::new(&json!({"faults": {"nvmlDeviceGetName@1": fault}})));
    let own = std::process::id();
    let before = open_files(own).len();
    let mut asker = Asker::default();
    for round in 0..300 {
        let scene = [&whole, &dead][round % 2];
        let answers = asker.ask(&request(agent(scene)));
        assert_eq!(answers.failure.is_some(), round % 2 == 1, "{answers:?}");
        assert_eq!(answers.gpus.len(), 2);
        assert_eq!(children(own), [0_u32; 0]);
        assert_eq!(open_files(own).len(), before);
    }
    let late = Request { timeout: Duration::from_millis(300), ..request(agent(&hung)) };
    let answers = asker.ask(&late);
    assert_eq!(failure(&answers).0, GpuState::Timeout);
    assert_eq!((children(own).len(), open_files(own).len()), (0, before));
}

/// Says what it took.
#[test]
#[ignore = "takes a minute"]
fn ten_thousand_askings_leave_nothing_behind() {
    let _alone = alone();
    let gpus: Vec<Value> = (0..8).map(|_| json!({"nvlinks": vec![true; 18]})).collect();
    let scene = Scene::new(&json!({"gpus": gpus}));
    let description = json!({"gpus": gpus});
    std::fs::write(scene.path("nvml.json"), description.to_string()).unwrap();
    let own = std::process::id();
    let request = request(agent(&scene));
    let mut asker = Asker::default();
    let mut round = || assert!(asker.ask(&request).failure.is_none());
    (0..100).for_each(|_| round());
    let before = (open_files(own).len(), memory_kib());
    let started = Instant::now();
    (0..10_000).for_each(|_| round());
    let took = started.elapsed();
    let after = (open_files(own).len(), memory_kib());
    eprintln!("10,000 askings: {took:?}; files and KiB before {before:?}, after {after:?}");
    assert_eq!(before.0, after.0);
    assert!(after.1 < before.1 + 1024, "{before:?} {after:?}");
    assert_eq!(children(own), [0_u32; 0]);
}

#[test]
fn a_program_that_is_none_of_ours_is_an_outcome() {
    let _alone = alone();
    let scene = Scene::new(&json!({}));
    for (text, words) in [
        ("echo hello; echo '\"end\"'", "was answered with 'hello'"),
        ("printf '\\033[2Jboo\\n'", "was answered with '\\u{1b}[2Jboo'"),
        ("yes '{\"driver\":\"1\"}'", "was answered without an end"),
        ("exit 5", "did not return: its process ended with exit status: 5"),
        ("echo 'no\\033luck' >&2; exit 5", "exit status: 5, saying 'no\\u{1b}luck'"),
        ("kill -SEGV $$", "did not return: its process ended with signal: 11 (SIGSEGV)"),
        ("yes >&2 & exec head -c 3000000 /dev/zero", "did not return: its process ended"),
    ] {
        let answers = ask(&request(script(&scene, "child", text)));
        let (state, said) = failure(&answers);
        assert_eq!(state, GpuState::Failed, "{text}");
        assert!(said.contains(words), "{text}: {said}");
    }
    let answers = ask(&request(scene.path("nothing")));
    assert!(failure(&answers).1.starts_with("its process cannot be started: "), "{answers:?}");
}

#[test]
fn a_child_that_closes_its_pipes_or_hands_them_on_is_waited_for_itself() {
    let _alone = alone();
    let scene = Scene::new(&json!({}));
    let silent = script(&scene, "silent", "exec >&- 2>&-; exec sleep 1000");
    let late = Request { timeout: Duration::from_millis(300), ..request(silent) };
    assert_eq!(failure(&ask(&late)).0, GpuState::Timeout);
    // A process of the library's may outlive it and hold its output.
    let beside = scene.path("beside");
    let text = format!("sleep 1000 & echo $! >'{}'; echo '\"end\"'", beside.display());
    let answers = ask(&request(script(&scene, "generous", &text)));
    assert_eq!(answers, Answers::default());
    let beside = std::fs::read_to_string(beside).unwrap();
    std::process::Command::new("kill").arg(beside.trim()).status().unwrap();
}

#[test]
fn what_nvml_said_is_replayed_from_a_capture() {
    let _alone = alone();
    let scene = Scene::new(&json!({
        "gpus": [
            {"nvlinks": [true]},
            {"mig": {"current": 1, "pending": 1, "instances": [{}, null, {}]}},
            {"pci": "0000:99:00.0"},
        ],
        "faults": {"nvmlDeviceGetHandleByIndex_v2@2": "ERROR_GPU_IS_LOST"},
    }));
    let asked = Run::of(scene.dump().arg("--detail"));
    let nvml = Some(ask(&request(agent(&scene))));
    assert_eq!(nvml.as_ref().map(|answers| answers.gpus.len()), Some(3));
    let manifest = serde_json::to_vec(&Manifest { nvml, ..Manifest::default() }).unwrap();
    std::fs::write(scene.root().join(FILE_NAME), manifest).unwrap();
    let replayed = |args: &[&str]| {
        Run::of(command().args(["--dump", "--detail", "--root"]).arg(scene.root()).args(args))
    };
    for args in [&[][..], &["--gpu", "nvml"]] {
        assert_eq!(replayed(args).json(), asked.json());
        assert_eq!(replayed(args).exit, asked.exit);
    }
    let files_only = replayed(&["--gpu", "pci"]).json();
    assert_eq!(files_only["devices"]["gpus"][0]["state"], "not-asked");
}
