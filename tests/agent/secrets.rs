//! Credentials of a kubeconfig are told nobody.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::agent::{Run, command};

/// Fails at this kubeconfig, by either way to name it, and says these words and nothing secret.
fn refuses(text: &str, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    fs::write(&file, text).unwrap();
    for is_usual in [true, false] {
        let run = daemon(&file, is_usual);
        assert_eq!((run.exit, &*run.stdout), (1, ""), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
        assert!(!run.stderr.contains("s3cr3t"), "{run:?}");
    }
}

fn daemon(file: &Path, is_usual: bool) -> Run {
    let mut command = command();
    command.args(["--node-name", "n", "--log-level", "trace"]);
    if is_usual {
        command.env("KUBECONFIG", file)
    } else {
        command.arg("--kubeconfig").arg(file)
    };
    Run::of(&mut command)
}

#[test]
fn a_kubeconfig_that_is_none_is_told_without_its_lines() {
    for text in [
        "users:\n- name: a\n  user: {token: s3cr3t\n",
        "users:\n- name: a\n  user: s3cr3t\n",
        "users:\n- name: a\n  user: {token: [s3cr3t]}\n",
        "- s3cr3t",
        "clusters: s3cr3t",
    ] {
        refuses(text, "it is no kubeconfig");
    }
}

#[test]
fn what_a_program_that_gives_the_credential_is_told_and_prints_is_told_nobody() {
    for (script, words) in [
        ("echo s3cr3t-printed; echo s3cr3t-error >&2; exit 3", "failed with exit status: 3"),
        ("echo 'status: [s3cr3t-printed'", "printed none"),
    ] {
        let exec = json!({
            "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
            "command": "sh", "args": ["-c", script, "--client-secret=s3cr3t-argument"],
            "env": [{ "name": "X", "value": "s3cr3t-environment" }],
        });
        let text = json!({
            "clusters": [{ "name": "c", "cluster": { "server": "https://127.0.0.1:1" } }],
            "users": [{ "name": "u", "user": { "exec": exec } }],
            "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }],
            "current-context": "c",
        });
        refuses(&text.to_string(), words);
    }
}
