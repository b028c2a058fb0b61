//! What cannot be meant, and what needs a word of whoever runs it: one line, and nothing is sent.

use std::process::Stdio;
use std::time::Duration;

use fake_aios::Service;
use serde_json::json;

use super::stage::{Stage, kubeconfig};
use crate::run::Run;
use crate::scene::aggregator;
use crate::submit::stage::{ends, fails};

#[test]
fn credentials_go_by_plain_http_only_where_that_is_allowed() {
    let stage = Stage::new();
    for command in ["create", "remove"] {
        let run = Run::of(&mut stage.infra(command, &["--yes"]));
        fails(&run, 2, &["unencrypted", "--allow-http"]);
    }
    assert!(stage.aios.received().is_empty());
}

#[test]
fn where_nobody_can_be_asked_somebody_must_have_said_yes() {
    let stage = Stage::new();
    for command in ["create", "remove"] {
        let run = Run::of(&mut stage.infra(command, &["--allow-http"]));
        fails(&run, 2, &["there is no terminal to ask at: say --yes"]);
    }
    assert!(stage.aios.received().is_empty());
}

#[test]
fn waiting_needs_somebody_to_ask_for_the_task() {
    let stage = Stage::new();
    for args in
        [&["--wait"][..], &["--timeout", "0"], &["--token-hours", "0"], &["--service-account=x"]]
    {
        let run = stage.run("create", args);
        assert_eq!((run.exit, run.stderr.lines().count()), (2, 1), "{args:?}: {run:?}");
    }
    ends(&stage.run("create", &["--wait"]), 2, &["--tasks <URL>"]);
    let run = Run::of(aggregator().args(["infra", "create", "--gateway", "x"]));
    ends(&run, 2, &["--cluster-id <ID>"]);
    ends(&Run::of(aggregator().args(["infra", "status", "--cluster-id", "a/b"])), 2, &["'a/b'"]);
    assert!(stage.aios.received().is_empty());
}

#[test]
fn a_credential_that_cannot_go_is_refused_with_a_way_out() {
    let stage = Stage::new();
    let user =
        json!({ "exec": { "apiVersion": "client.authentication.k8s.io/v1", "command": "aws" } });
    let mut three = kubeconfig("https://k.example.com");
    three["users"][1]["user"] = user;
    stage.scene.write("k.json", &three.to_string());
    let words = ["gets its credential from a program (exec) on this machine", "--service-account"];
    fails(&stage.run("create", &[]), 1, &words);
    assert!(stage.aios.received().is_empty());
}

#[test]
fn every_option_has_an_environment_name_and_help() {
    for command in ["create", "remove", "status"] {
        let help = Run::of(aggregator().args(["infra", command, "--help"])).stdout;
        let starts: Vec<usize> = help
            .match_indices("--")
            .filter_map(|(at, _)| {
                let line = help[..at].rfind('\n').map_or(0, |start| start + 1);
                let before = help[line..at].trim();
                (before.is_empty() || before == "-y,").then_some(line)
            })
            .collect();
        assert!(starts.len() > 9, "{help}");
        for (start, end) in starts.iter().zip(starts.iter().skip(1).chain([&help.len()])) {
            let option: Vec<&str> = help[*start..*end].split_whitespace().collect();
            assert!(option.join(" ").contains("[env: INVENTORY_"), "{option:?}");
            assert!(option.len() > 4, "no help: {option:?}");
        }
    }
}

#[test]
fn ctrl_c_ends_the_waiting_and_not_the_task() {
    let stage = Stage::new();
    stage.aios.set_task_writer_running(false);
    let tasks = stage.aios.url(Service::Tasks);
    let args = ["--yes", "--allow-http", "--wait", "--tasks", &tasks];
    let mut command = stage.infra("create", &args);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while stage.aios.count(Service::Tasks, fake_aios::Route::Task) < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(
        stderr.contains("interrupted, and the task goes on at AIOS: look again with"),
        "{stderr}"
    );
    assert!(!output.stdout.is_empty());
}
