//! Credentials are in the request's body, and nowhere else.

use fake_aios::{Fault, Route};
use serde_json::json;

use super::stage::{OTHERS, SECRETS, Stage};
use crate::run::Run;

/// Nothing secret was said, nor written into any file.
fn tells_nothing(stage: &Stage, run: &Run) {
    let mut texts = vec![run.stdout.clone(), run.stderr.clone()];
    for entry in std::fs::read_dir(stage.scene.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() != "k.json" {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
    for text in &texts {
        for secret in SECRETS.iter().chain(&OTHERS) {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn credentials_are_in_no_log_at_any_level() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    for level in ["error", "warn", "info", "debug", "trace"] {
        for (command, args) in [
            ("create", &[][..]),
            ("create", &["--service-account"]),
            ("remove", &[]),
            ("remove", &["--service-account"]),
        ] {
            let run = stage.wait(command, &[&["--log-level", level], args].concat());
            tells_nothing(&stage, &run);
        }
    }
    let handed = stage.handed();
    assert_eq!(handed.len(), 20);
    assert!(handed.iter().all(|body| OTHERS.iter().all(|other| !body.to_string().contains(other))));
    let has = |secret: &str| handed.iter().filter(|body| body.to_string().contains(secret)).count();
    assert_eq!((has("s3cr3t-good"), has("s3cr3t-made")), (10, 10));
}

#[test]
fn credentials_are_in_no_error() {
    for fault in [
        Fault::Reset,
        Fault::LoseAnswer,
        Fault::Html { status: 502 },
        Fault::Redirect { status: 307, location: "http://x/s3cr3t-good".to_owned() },
    ] {
        let stage = Stage::new();
        stage.aios.inject(fault.always().on(Route::CreateInfra));
        let run = stage.wait("create", &["--log-level", "trace"]);
        assert!([4, 5].contains(&run.exit), "{run:?}");
        tells_nothing(&stage, &run);
    }
}

#[test]
fn a_kubeconfig_that_is_none_is_told_without_its_lines() {
    let stage = Stage::new();
    for text in [
        "users:\n- name: a\n  user: {token: s3cr3t-good\n",
        "users:\n- name: a\n  user: s3cr3t-good\n",
        "- s3cr3t-good",
        "clusters: s3cr3t-good",
    ] {
        stage.scene.write("k.json", text);
        let run = stage.run("create", &["--log-level", "trace"]);
        assert_eq!(run.exit, 1, "{run:?}");
        assert!(
            run.stderr.contains("cannot use 'k.json' (--kubeconfig): it is no kubeconfig"),
            "{run:?}"
        );
        tells_nothing(&stage, &run);
        for usual in [true, false] {
            let mut label = stage.scene.command(&["label", "--pattern", "{name}"]);
            if usual {
                label.env("KUBECONFIG", stage.scene.path("k.json"));
            } else {
                label.args(["--kubeconfig", "k.json"]);
            }
            let run = Run::of(&mut label);
            assert_eq!(run.exit, 1, "{run:?}");
            tells_nothing(&stage, &run);
        }
    }
}

#[test]
fn what_aios_says_again_of_them_is_hidden() {
    // As a Python client tells of a header that it does not like.
    let stage = Stage::new();
    let text = json!({ "success": false, "message": "Invalid header value b'Bearer s3cr3t-good'" });
    let echo = echo(&text.to_string());
    let mut infra = stage.scene.command(&["infra", "create", "--cluster-id", "c", "--yes"]);
    infra.args(["--allow-http", "--kubeconfig", "k.json", "--retry-for", "0", "--gateway", &echo]);
    let run = Run::of(infra.args(["--log-level", "trace"]));
    assert_eq!(run.exit, 5, "{run:?}");
    assert!(run.stderr.contains("(hidden)"), "{run:?}");
    tells_nothing(&stage, &run);
}

/// A gateway that has the cluster, and answers all else with this: 500, and 200 to who asks for a task.
fn echo(text: &str) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let text = text.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut heard = [0; 8192];
            let read = stream.read(&mut heard).unwrap();
            let is_read = heard[..read].starts_with(b"GET /clusters/");
            let is_task = heard[..read].starts_with(b"GET /task/");
            let cluster =
                r#"{"success": true, "data": {"id": "c", "config": {"publicHostname": "h"}}}"#;
            let (status, body) = match (is_read, is_task) {
                (true, _) => (200, cluster),
                (_, true) => (200, text.as_str()),
                _ => (500, text.as_str()),
            };
            let length = body.len();
            write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}")
                .unwrap();
        }
    });
    url
}

#[test]
fn what_a_task_says_of_them_is_hidden_before_it_is_cut_short() {
    let stage = Stage::new();
    for before in [0, 285, 292, 299] {
        let error = format!("{} s3cr3t-good", "x".repeat(before));
        let data = json!({ "task_status": "failed", "task_status_data": { "error": error } });
        let echo = echo(&json!({ "success": true, "data": data }).to_string());
        let run = stage.run("create", &["--wait", "--tasks", &echo]);
        assert_eq!(run.exit, 4, "{run:?}");
        assert!(run.stderr.contains("failed: ") && !run.stderr.contains("s3cr3t"), "{run:?}");
        for format in ["table", "json"] {
            let mut status = stage.scene.command(&["infra", "status", "--cluster-id", "c"]);
            status.args(["--kubeconfig", "k.json", "--tasks", &echo, "--task", "t"]);
            let run = Run::of(status.args(["--format", format]));
            assert!(run.stderr.contains("is failed: "), "{run:?}");
            assert!(!format!("{run:?}").contains("s3cr3t"), "{run:?}");
        }
    }
}

#[test]
fn what_a_program_that_gives_the_credential_is_told_and_prints_is_told_nobody() {
    let stage = Stage::new();
    for (script, words) in [
        ("echo s3cr3t-printed; echo s3cr3t-error >&2; exit 3", "failed with exit status: 3"),
        ("echo 'status: [s3cr3t-printed'", "printed none"),
    ] {
        let mut three = crate::infra::stage::kubeconfig(&stage.kubernetes.url);
        three["users"][1]["user"] = json!({ "exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
            "command": "sh", "args": ["-c", script, "--client-secret=s3cr3t-argument"],
            "env": [{ "name": "X", "value": "s3cr3t-environment" }],
        } });
        stage.scene.write("k.json", &three.to_string());
        for args in [&["infra", "status", "--cluster-id", "c"][..], &["preflight"]] {
            let mut command = stage.scene.command(args);
            command.args(["--kubeconfig", "k.json", "--log-level", "trace"]);
            let run = Run::of(&mut command);
            assert!(run.exit == 1 && run.stderr.contains(words), "{run:?}");
            assert!(!format!("{run:?}").contains("s3cr3t"), "{run:?}");
        }
    }
}
