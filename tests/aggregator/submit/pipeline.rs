//! From nodes to a stored cluster by a pipe, as one would type it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fake_aios::Service;
use serde_json::json;

use super::stage::{Stage, ends};
use crate::run::{self, Run};
use crate::scene::{PROFILE, aggregator, inventory};

/// The agent beside the aggregator, where somebody has built it.
fn agent() -> Option<PathBuf> {
    let aggregator = Path::new(env!("CARGO_BIN_EXE_inventory-aggregator"));
    let agent = aggregator.with_file_name("inventory-agent");
    agent.is_file().then_some(agent)
}

/// `first | document --profile p.yaml - | submit --file -`, and how the last of them ended.
fn pipe(stage: &Stage, first: &mut Command, submit: &[&str]) -> Run {
    let folder = stage.scene.folder.path();
    stage.scene.write("p.yaml", PROFILE);
    let mut first =
        first.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut document = aggregator();
    document.current_dir(folder).args(["document", "--profile", "p.yaml", "-"]);
    document.stdin(first.stdout.take().unwrap()).stdout(Stdio::piped());
    let mut document = document.spawn().unwrap();
    let mut last = aggregator();
    last.current_dir(folder).args(["submit", "--file", "-"]).args(submit);
    let run = Run::of(last.stdin(document.stdout.take().unwrap()));
    assert!(first.wait().unwrap().success());
    assert!(document.wait().unwrap().success());
    run
}

#[test]
fn this_machine_s_inventory_becomes_a_stored_cluster() {
    let Some(agent) = agent() else {
        println!(
            "skipped: there is no inventory-agent beside the aggregator: cargo build --workspace"
        );
        return;
    };
    let stage = Stage::new();
    let parser = stage.aios.url(Service::Parser);
    let mut dump = run::command(agent.to_str().unwrap());
    dump.args(["--dump", "--detail", "--link-speed", "default=10000", "--node-id", "here"]);
    let run = pipe(&stage, &mut dump, &["--parser", &parser]);
    ends(&run, 0, &["note: AIOS has cluster 'c' with 1 node\n", "give --gateway"]);
    assert_eq!(stage.stored()["nodes"]["nodeData"][0]["id"], "here");
}

#[test]
fn inventories_become_a_stored_cluster() {
    let stage = Stage::new();
    let [parser, gateway] = [Service::Parser, Service::Gateway].map(|it| stage.aios.url(it));
    let lines = format!("{}\n{}\n", inventory("b", 2), inventory("a", 1));
    stage.scene.write("lines", &lines);
    let run = pipe(
        &stage,
        Command::new("cat").arg("lines"),
        &["--parser", &parser, "--gateway", &gateway],
    );
    ends(&run, 0, &["note: AIOS has cluster 'c' with 2 nodes\n"]);
    assert_eq!(
        (&stage.stored()["memory"], &stage.stored()["nodes"]["count"]),
        (&json!(3), &json!(2))
    );
}

#[test]
fn what_the_document_s_gate_holds_back_is_not_submitted() {
    let stage = Stage::new();
    let mut last = aggregator();
    last.args(["submit", "--file", "-", "--parser", &stage.aios.url(Service::Parser)]);
    ends(&Run::of(&mut last), 1, &["document standard input: "]);
    assert!(stage.aios.received().is_empty());
}
