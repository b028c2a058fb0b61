//! Add-ons, against the stand-ins for their registries.

use fake_aios::{Fault, Route, Service};
use serde_json::{Value, json};

use crate::infra::stage::{OTHERS, Stage, kubeconfig};
use crate::run::Run;
use crate::scene::aggregator;
use crate::submit::stage::{ends, fails};

fn addon(stage: &Stage, command: &str, args: &[&str]) -> Run {
    let mut run = stage.scene.command(&["addon", command]);
    run.args(["--registry", &stage.aios.url(Service::Addons)]).env("INVENTORY_RETRY_FOR", "0");
    Run::of(run.args(args))
}

/// What somebody gives who wants to register this kind.
fn entry(kind: &str, url: &str) -> Vec<String> {
    let words: &[&str] = match kind {
        "container-registry" => {
            &["--name=n", "--image-prefix=p", "--storage-info=size=5", "--config=auth=no"]
        }
        "policy-executor" => {
            &["--executor-id=e-1", "--public-host=10.0.0.1", "--hardware-info=vcpus=4"]
        }
        "model-splitter" => &["--public-host=10.0.0.1", "--tag=t"],
        _ => &["--name=n", "--tag=t", "--metadata=k=v"],
    };
    let mut all: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    if !["policy-executor", "model-splitter"].contains(&kind) {
        all.push(format!("--public-url={url}"));
    }
    all
}

fn register(stage: &Stage, kind: &str, more: &[&str]) -> Run {
    let entry = entry(kind, &stage.kubernetes.url);
    let entry = entry.iter().map(String::as_str);
    let args: Vec<&str> = [kind].into_iter().chain(entry).chain(more.iter().copied()).collect();
    addon(stage, "register", &args)
}

const HANDED: [&str; 4] = ["--kubeconfig", "k.json", "--yes", "--allow-http"];

/// Each kind with its path.
const KINDS: [(&str, &str); 5] = [
    ("container-registry", "container_registry"),
    ("assets-registry", "asset_registry"),
    ("inference-server", "inference_server"),
    ("policy-executor", "executor"),
    ("model-splitter", "split-runner"),
];

#[test]
fn each_kind_is_registered_listed_and_taken_away() {
    for (kind, path) in KINDS {
        let stage = Stage::new();
        stage.kubernetes.put("/health", json!({}));
        let more = if kind == "model-splitter" { &HANDED[..] } else { &[] };
        let run = register(&stage, kind, more);
        ends(&run, 0, &[&format!("the {kind} is registered")]);
        let id = run.stdout.trim();
        assert!(!id.is_empty() && stage.aios.addons(path).len() == 1, "{run:?}");
        let list = addon(&stage, "list", &[kind]);
        assert_eq!(list.exit, 0, "{list:?}");
        let rows: Vec<&str> = list.stdout.lines().collect();
        assert!(rows.len() == 2 && rows[1].starts_with(id), "{list:?}");
        let json = addon(&stage, "list", &[kind, "--format", "json"]).json();
        assert_eq!(json, Value::from(stage.aios.addons(path)));
        ends(&addon(&stage, "remove", &[kind, id, "--yes"]), 0, &["is gone"]);
        assert!(stage.aios.addons(path).is_empty());
        ends(&addon(&stage, "remove", &[kind, id, "--yes"]), 4, &["refused"]);
        assert_eq!(addon(&stage, "list", &[kind]).stdout.lines().count(), 1);
    }
}

#[test]
fn the_page_s_entries_are_taken_as_files() {
    let stage = Stage::new();
    stage.kubernetes.put("/health", json!({}));
    let entry = json!({
        "asset_registry_name": "ResNet Models registry",
        "asset_registry_metadata": { "framework": "PyTorch" },
        "asset_registry_tags": ["image-classification"],
        "asset_registry_public_url": stage.kubernetes.url,
    });
    stage.scene.write("entry.json", &entry.to_string());
    let run = addon(&stage, "register", &["assets-registry", "--file", "entry.json"]);
    ends(&run, 0, &["is this machine's own", "registered"]);
    let stored = stage.aios.addons("asset_registry").pop().unwrap();
    for (key, value) in entry.as_object().unwrap() {
        assert_eq!(&stored[key], value);
    }
    let body: Value = stage.aios.received().pop().unwrap().json().unwrap();
    assert_eq!(body, entry);
}

#[test]
fn what_its_registry_will_ask_is_asked_before() {
    let stage = Stage::new();
    for kind in ["container-registry", "assets-registry"] {
        let run = register(&stage, kind, &[]);
        fails_with_warning(
            &run,
            "/health' answers 404, and its registry wants a good answer there (--skip-reachability",
        );
    }
    let nobody = ["inference-server", "--name=n", "--public-url=http://127.0.0.1:1"];
    fails_with_warning(
        &addon(&stage, "register", &nobody),
        "'http://127.0.0.1:1' cannot be reached from here",
    );
    assert!(stage.aios.received().is_empty());
    let run = addon(&stage, "register", &[&nobody[..], &["--skip-reachability"]].concat());
    ends(&run, 0, &["registered"]);
    // From where the registry runs it looks otherwise.
    stage.kubernetes.put("/health", json!({}));
    stage.aios.set_addons_healthy(false);
    ends(
        &register(&stage, "assets-registry", &[]),
        4,
        &["asks for /health at the public URL", "is not healthy or not reachable"],
    );
}

fn fails_with_warning(run: &Run, words: &str) {
    ends(run, 1, &[words]);
    assert_eq!(run.stdout, "", "{run:?}");
}

#[test]
fn what_is_missing_or_has_no_place_is_a_mistake_of_the_command_line() {
    let stage = Stage::new();
    for (kind, _) in KINDS {
        fails(&addon(&stage, "register", &[kind]), 2, &[&format!("the kind {kind} needs --")]);
    }
    let args = ["inference-server", "--image-prefix", "p"];
    fails(
        &addon(&stage, "register", &args),
        2,
        &["--image-prefix says nothing of the kind inference-server"],
    );
    fails(&addon(&stage, "register", &["printer"]), 2, &["'printer'", "assets-registry"]);
    fails(&addon(&stage, "remove", &["assets-registry", "a/b"]), 2, &["'a/b'"]);
    fails(&addon(&stage, "remove", &["assets-registry", "a"]), 2, &["say --yes"]);
    assert!(stage.aios.received().is_empty());
}

#[test]
fn a_policy_system_that_answers_200_either_way_is_understood() {
    let stage = Stage::new();
    assert_eq!(register(&stage, "policy-executor", &[]).exit, 0);
    let again = register(&stage, "policy-executor", &[]);
    ends(&again, 4, &["refused", "Failed to create executor."]);
    assert_eq!(again.stdout, "");
    let executor = stage.aios.addons("executor").pop().unwrap();
    assert_eq!(executor["executor_hardware_info"], json!({ "vcpus": 4 }));
    let gone = addon(&stage, "remove", &["policy-executor", "other", "--yes"]);
    ends(&gone, 4, &["Failed to delete executor."]);
}

#[test]
fn a_kubeconfig_goes_as_one_context_with_consent_and_by_https() {
    let stage = Stage::new();
    let splitter = |more: &[&str]| {
        register(&stage, "model-splitter", &[&["--kubeconfig", "k.json"], more].concat())
    };
    let infra = |command: &str, more: &[&str]| {
        addon(&stage, command, &[&["e-1", "--kubeconfig", "k.json"], more].concat())
    };
    for (more, words) in [(&["--yes"][..], "--allow-http"), (&["--allow-http"], "say --yes")] {
        fails(&splitter(more), 2, &[words]);
        fails(&infra("create-infra", more), 2, &[words]);
        fails(&infra("remove-infra", more), 2, &[words]);
    }
    assert!(stage.aios.received().is_empty());
    let consent = ["--yes", "--allow-http", "--log-level", "trace"];
    for (run, key) in [
        (splitter(&consent), "cluster_k8s_config"),
        (infra("create-infra", &consent), "cluster_config"),
        (infra("remove-infra", &consent), "cluster_config"),
    ] {
        ends(&run, 0, &["AIOS will act with your own credential"]);
        let body = stage
            .aios
            .received()
            .iter()
            .rev()
            .find_map(|request| request.json().filter(|body| body.get(key).is_some()));
        let body = body.unwrap();
        assert_eq!(
            body[key]["users"],
            json!([{ "name": "good", "user": { "token": "s3cr3t-good" } }])
        );
        for secret in OTHERS {
            assert!(!body.to_string().contains(secret));
        }
        assert!(!format!("{run:?}").contains("s3cr3t"), "{run:?}");
    }
    let last = stage.aios.received().pop().unwrap();
    assert_eq!(
        (last.method.as_str(), last.json().unwrap()["max_processes"].clone()),
        ("DELETE", json!(4))
    );
    // An account that was made for it stays, and somebody must know.
    stage.scene.write("k.json", &kubeconfig(&stage.kubernetes.url).to_string());
    let own = [&consent[..], &["--service-account=a/b"]].concat();
    for run in [splitter(&own), infra("create-infra", &own)] {
        ends(&run, 0, &["kubectl delete clusterrolebinding a:b"]);
    }
    // Without a context nothing would be loaded there, and nothing is sent.
    let mut none = kubeconfig("https://k.example.com");
    none["current-context"] = Value::Null;
    stage.scene.write("k.json", &none.to_string());
    ends(&splitter(&consent), 1, &["give --context"]);
}

#[test]
fn a_lost_answer_is_told_as_one_and_nothing_is_sent_twice() {
    let stage = Stage::new();
    stage.kubernetes.put("/health", json!({}));
    stage.aios.inject(Fault::LoseAnswer.once().on(Route::Register));
    let run = register(&stage, "assets-registry", &[]);
    ends(&run, 5, &["it may be registered all the same: see 'addon list'"]);
    assert_eq!(stage.aios.addons("asset_registry").len(), 1);
    stage.aios.stop(Service::Addons);
    ends(&register(&stage, "assets-registry", &[]), 5, &["no connection, and nothing was sent"]);
    ends(&addon(&stage, "list", &["assets-registry"]), 5, &["no connection"]);
}

#[test]
fn another_service_at_the_address_is_told_as_one() {
    let stage = Stage::new();
    let mut run = stage.scene.command(&["addon", "list", "assets-registry", "--registry"]);
    run.arg(stage.aios.url(Service::Gateway)).env("INVENTORY_RETRY_FOR", "0");
    ends(&Run::of(&mut run), 5, &["what answers is not AIOS"]);
}

#[test]
fn every_option_has_an_environment_name_and_help() {
    for command in ["register", "list", "remove", "create-infra", "remove-infra"] {
        let help = Run::of(aggregator().args(["addon", command, "--help"])).stdout;
        let starts: Vec<usize> = help.match_indices("\n      --").map(|(at, _)| at).collect();
        assert!(starts.len() > 4, "{help}");
        for (start, end) in starts.iter().zip(starts.iter().skip(1).chain([&help.len()])) {
            let option: Vec<&str> = help[*start..*end].split_whitespace().collect();
            assert!(option.join(" ").contains("[env: INVENTORY_"), "{option:?}");
            assert!(option.len() > 4, "no help: {option:?}");
        }
    }
}
