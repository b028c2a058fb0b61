//! The join command and the values of the headers' file are told to nobody but AIOS.

use fake_aios::{Fault, Policy, PolicyAction, Service};
use serde_json::{Value, json};

use super::stage::{Stage, cluster_of};
use crate::run::Run;
use crate::scene::node;

/// What must be nowhere.
const SECRETS: [&str; 3] = ["s3cr3tjoin", "s3cr3thead", "s3cr3tother"];

fn document(join: &str, region: &str) -> Value {
    let info = json!({ "additionalInfo": { "joinCommand": join, "owner": "me" } });
    let profile = json!({ "id": "c", "regionId": region, "clusterMetadata": info });
    cluster_of(profile, vec![node("a", 1)])
}

const JOIN: &str = "kubeadm join 10.0.0.1:6443 --token s3cr3tjoin";

fn stage(what: Service) -> Stage {
    let stage = Stage::new();
    let headers = format!("origin: {}\nAuthorization: Bearer s3cr3thead\n", stage.aios.url(what));
    stage.scene.write("headers", &headers);
    stage.document(&document(JOIN, "r"));
    stage
}

/// Nothing secret is in what was said, nor in any file beside the two that were given.
fn tells_nothing(stage: &Stage, run: &Run) {
    let mut texts = vec![run.stdout.clone(), run.stderr.clone()];
    for entry in std::fs::read_dir(stage.scene.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if !["headers", "c.json"].contains(&path.file_name().unwrap().to_str().unwrap()) {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
    for text in &texts {
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
    }
}

/// Every command at these levels, before and after the cluster is there.
fn tell_nothing(stage: &Stage, levels: &[&str]) {
    for level in levels {
        let all = ["--headers-file", "headers", "--log-level", level];
        for (command, args) in [
            ("submit", &["--dry-run"][..]),
            ("diff", &[]),
            ("diff", &["--format", "json"]),
            ("submit", &[]),
            ("submit", &["--receipt", "-"]),
        ] {
            let args = [&all[..], &["--retry-for", "0"], args].concat();
            let run = Run::of(&mut stage.command(command, &args));
            tells_nothing(stage, &run);
            assert!([0, 3].contains(&run.exit), "{run:?}");
        }
    }
}

#[test]
fn secrets_are_in_no_log_at_any_level_and_in_no_receipt() {
    for service in [Service::Parser, Service::Gateway] {
        let stage = stage(service);
        tell_nothing(&stage, &["error", "warn", "info", "debug", "trace"]);
        assert!(stage.scene.path("c.receipt.json").exists());
        let stored = stage.stored();
        assert_eq!(stored["clusterMetadata"]["additionalInfo"]["joinCommand"], JOIN);
        // AIOS's own is another, and a second submission changes it.
        stage.document(&document("kubeadm join --token s3cr3tother", "r2"));
        let run = stage.diff(&["--headers-file", "headers"]);
        assert!(run.stdout.contains("joinCommand"), "{run:?}");
        tell_nothing(&stage, &["trace"]);
        stage.is_true();
    }
}

#[test]
fn secrets_are_in_no_error() {
    for fault in [
        Fault::Reset,
        Fault::Html { status: 200 },
        Fault::Redirect { status: 302, location: "http://x/s3cr3thead?s3cr3thead".to_owned() },
        Fault::RegistryDown,
    ] {
        let stage = stage(Service::Parser);
        stage.aios.inject(fault.always().at(Service::Parser));
        let args = ["--headers-file", "headers", "--log-level", "trace"];
        let run = stage.submit(&args);
        assert_eq!(run.exit, 5, "{run:?}");
        tells_nothing(&stage, &run);
    }
}

#[test]
fn what_aios_says_again_of_them_is_hidden() {
    for words in ["got Bearer s3cr3thead", &format!("no cluster with '{JOIN}'")] {
        let stage = stage(Service::Parser);
        let policy = Policy::Deny(words.to_owned());
        stage.aios.set_policy(PolicyAction::CreateCluster, Some(policy));
        let run = stage.submit(&["--headers-file", "headers", "--log-level", "trace"]);
        assert_eq!(run.exit, 4, "{run:?}");
        tells_nothing(&stage, &run);
    }
}

#[test]
fn the_hash_tells_nothing_of_the_join_command() {
    let hash = |join: &str| {
        let stage = stage(Service::Parser);
        stage.document(&document(join, "r"));
        stage.submit(&["--receipt", "-"]).json()["sha256"].clone()
    };
    assert_eq!(hash(JOIN), hash("kubeadm join --token s3cr3tother"));
}

#[test]
fn logs_say_what_was_asked_when_somebody_wants_to_know() {
    let stage = Stage::new();
    let quiet = stage.submit(&["--dry-run"]);
    assert_eq!(quiet.stderr.lines().count(), 1, "{quiet:?}");
    let run = Run::of(stage.submitting(&["--dry-run"]).env("INVENTORY_LOG_LEVEL", "debug"));
    assert!(run.stderr.contains("/clusters/read/c"), "{run:?}");
    let run = stage.submit(&["--log-level", "loud"]);
    assert_eq!((run.exit, run.stderr.lines().count()), (2, 1), "{run:?}");
}
