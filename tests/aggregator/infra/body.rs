//! What AIOS is handed: one context as an object, with its files in it.

use std::process::Command;

use serde_json::{Value, json};

use super::stage::{OTHERS, Stage, kubeconfig};
use crate::run::Run;
use crate::submit::stage::ends;

fn config(stage: &Stage, command: &mut Command) -> (Run, Value) {
    let run = Run::of(command);
    assert_eq!(run.exit, 0, "{run:?}");
    let handed = stage.handed().pop().unwrap();
    assert_eq!(handed["cluster_id"], "c");
    let config = handed["kube_config_data"].clone();
    assert!(config.is_object(), "{config}");
    for secret in OTHERS {
        assert!(!handed.to_string().contains(secret) && !format!("{run:?}").contains(secret));
    }
    (run, config)
}

const CONSENT: [&str; 2] = ["--yes", "--allow-http"];

#[test]
fn the_body_is_one_context_as_an_object_with_its_files_in_it() {
    let stage = Stage::new();
    let mut three = kubeconfig("https://k.example.com:6443");
    three["clusters"][1]["cluster"]["certificate-authority"] = "pki/ca.crt".into();
    three["users"][1]["user"] =
        json!({ "client-certificate": "pki/me.crt", "client-key": "pki/me.key" });
    // Beside the kubeconfig, and not where the command runs.
    std::fs::create_dir_all(stage.scene.path("there/pki")).unwrap();
    for (file, text) in [("ca.crt", "authority"), ("me.crt", "certificate"), ("me.key", "key")] {
        stage.scene.write(&format!("there/pki/{file}"), text);
    }
    stage.scene.write("there/config", &three.to_string());
    for command in ["create", "remove"] {
        let args = [&CONSENT[..], &["--kubeconfig", "there/config"]].concat();
        let mut infra = stage.scene.command(&["infra", command, "--cluster-id", "c"]);
        infra.args(["--gateway", &stage.aios.url(fake_aios::Service::Gateway)]).args(args);
        let (run, config) = config(&stage, &mut infra);
        assert_eq!(
            config,
            json!({
                "apiVersion": "v1", "kind": "Config", "current-context": "good",
                "contexts": [{ "name": "good", "context": { "cluster": "good", "user": "good" } }],
                "clusters": [{ "name": "good", "cluster": {
                    "server": "https://k.example.com:6443", "certificate-authority-data": "YXV0aG9yaXR5",
                } }],
                "users": [{ "name": "good", "user": {
                    "client-certificate-data": "Y2VydGlmaWNhdGU=", "client-key-data": "a2V5",
                } }],
            })
        );
        assert!(!run.stderr.contains("warning"), "{run:?}");
    }
}

#[test]
fn kubeconfigs_of_the_environment_are_merged_as_kubectl_merges_them() {
    let stage = Stage::new();
    let mut first = kubeconfig("https://k.example.com");
    first["users"] = json!([]);
    first["current-context"] = "third".into();
    stage.scene.write("first", &first.to_string());
    let list =
        format!("{}:{}", stage.scene.path("first").display(), stage.scene.path("k.json").display());
    let mut infra = stage.scene.command(&["infra", "create", "--cluster-id", "c"]);
    infra.args(["--gateway", &stage.aios.url(fake_aios::Service::Gateway)]);
    infra.args(CONSENT).env("KUBECONFIG", list).args(["--context", "good"]);
    let (_, config) = config(&stage, &mut infra);
    assert_eq!(config["clusters"][0]["cluster"]["server"], "https://k.example.com");
    assert_eq!(config["users"][0]["user"], json!({ "token": "s3cr3t-good" }));
}

#[test]
fn an_address_that_aios_cannot_reach_is_warned_about_and_can_be_another() {
    let stage = Stage::new();
    let mut infra = stage.infra("create", &CONSENT);
    let (run, _) = config(&stage, &mut infra);
    assert!(run.stderr.contains("warning: the API server's address 'http://127.0.0.1:"), "{run:?}");
    let server = "https://k.example.com:6443";
    let mut infra = stage.infra("create", &[&CONSENT[..], &["--server", server]].concat());
    let (run, config) = config(&stage, &mut infra);
    assert_eq!(config["clusters"][0]["cluster"]["server"], server);
    assert!(!run.stderr.contains("warning"), "{run:?}");
}

#[test]
fn an_account_of_its_own_goes_in_place_of_one_s_credential() {
    let stage = Stage::new();
    let args = [&CONSENT[..], &["--service-account", "--token-hours", "2"]].concat();
    let (run, handed) = config(&stage, &mut stage.infra("create", &args));
    let user =
        json!({ "name": "aios-inventory/aios-infrastructure", "user": { "token": "s3cr3t-made" } });
    assert_eq!(handed["users"], json!([user]));
    assert!(!handed.to_string().contains("s3cr3t-good"));
    assert!(run.stderr.contains("is bound to cluster-admin"), "{run:?}");
    assert!(run.stderr.contains("ends at 2030-01-01T00:00:00Z (asked for 2 h)"), "{run:?}");
    // An account of another name, for a user whose program AIOS cannot run.
    let mut three = kubeconfig(&stage.kubernetes.url);
    three["users"][1]["user"] = json!({ "exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": "sh",
        "args": ["-c", r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"s3cr3t-exec"}}'"#],
    } });
    stage.scene.write("k.json", &three.to_string());
    let args = [&CONSENT[..], &["--service-account=a/b"]].concat();
    let (_, handed) = config(&stage, &mut stage.infra("create", &args));
    assert_eq!(handed["users"][0]["name"], "a/b");
    let made = stage.kubernetes.paths();
    for path in [
        "/api/v1/namespaces/a",
        "/api/v1/namespaces/a/serviceaccounts/b",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/a:b",
    ] {
        assert!(made.iter().any(|made| made == path), "{path}: {made:?}");
    }
}

#[test]
fn an_account_of_somebody_s_own_is_neither_used_nor_taken_away() {
    for path in [
        "/api/v1/namespaces/x/serviceaccounts/y",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/x:y",
    ] {
        let stage = Stage::new();
        stage.kubernetes.put(path, json!({
            "metadata": { "name": "y" },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" },
        }));
        for (command, args) in [("create", &[][..]), ("remove", &["--clean-up"])] {
            let args = [&["--service-account=x/y"], args].concat();
            ends(&stage.wait(command, &args), 1, &["is there, and was not made by this"]);
        }
        assert!(stage.handed().is_empty());
        assert_eq!(stage.kubernetes.paths(), [path]);
    }
}

#[test]
fn an_account_without_a_token_is_told_of() {
    let stage = Stage::new();
    stage.kubernetes.refuse("/token");
    let run = stage.run("create", &["--service-account"]);
    ends(
        &run,
        1,
        &[
            "cannot create serviceaccounts/token",
            "kubectl delete clusterrolebinding aios-inventory:",
        ],
    );
}
