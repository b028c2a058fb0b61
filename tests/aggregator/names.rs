//! What nodes and AIOS call things is text, however it is shown.

use serde_json::{Value, json};

use crate::hostile::{DEVICE, MODEL, must_be_seen};
use crate::run::Run;
use crate::scene::{Scene, inventory};
use crate::submit::stage::Stage;
use crate::terminal::Terminal;

/// The dump of a node of which every name is hostile.
fn dump() -> Value {
    let mut dump = inventory("evil", 1024);
    dump["nodeData"]["gpus"]["gpus"][0]["modelName"] = MODEL.into();
    dump["nodeData"]["gpus"]["modelNames"] = json!([MODEL]);
    dump["devices"]["ports"] = json!([{ "name": DEVICE, "medium": "net", "counted": true }]);
    dump["unknowns"] = json!([{ "field": "network.txBandwidth", "device": DEVICE }]);
    dump["host"] = json!({ "product": MODEL });
    dump
}

fn scene() -> Scene {
    Scene::new(&[("d", dump().to_string())])
}

#[test]
fn nothing_that_a_node_says_is_obeyed() {
    let scene = scene();
    for args in [
        &["nodes", "d"][..],
        &["nodes", "d", "--format", "json"],
        &["document", "--profile", "p.yaml", "--allow-partial", "d"],
        &["document", "--profile", "p.yaml", "--allow-partial", "--format", "yaml", "d"],
        &["document", "--profile", "p.yaml", "--allow-partial", "--format", "table", "d"],
        &["report", "--profile", "p.yaml", "--output", "-", "d"],
    ] {
        let run = Run::of(&mut scene.command(args));
        assert_eq!(run.exit, 0, "{args:?}: {run:?}");
        assert!(run.stdout.contains("script"), "{args:?}: {run:?}");
        must_be_seen(&run.stdout);
        must_be_seen(&run.stderr);
    }
}

#[test]
fn a_document_says_exactly_what_the_dump_says() {
    let args = ["document", "--profile", "p.yaml", "--allow-partial", "d"];
    let model =
        |run: &Run| run.json()["nodes"]["nodeData"][0]["gpus"]["gpus"][0]["modelName"].clone();
    assert_eq!(model(&Run::of(&mut scene().command(&args))), MODEL);
}

#[test]
fn what_aios_stores_is_not_obeyed() {
    let stage = Stage::new();
    let mut stored: Value =
        serde_json::from_str(&std::fs::read_to_string(stage.scene.path("c.json")).unwrap())
            .unwrap();
    stored["nodes"]["nodeData"][0]["gpus"]["modelNames"] = json!([MODEL]);
    stage.aios.put(stored);
    for format in ["table", "json"] {
        let run = Run::of(&mut stage.command("diff", &["--format", format]));
        assert!(run.exit == 3 && run.stdout.contains("<script>"), "{run:?}");
        must_be_seen(&run.stdout);
    }
}

#[test]
fn a_terminal_is_told_nothing_but_colors() {
    let scene = scene();
    let mut terminal = Terminal::start(&mut scene.command(&["nodes", "d", "--expect-nodes", "2"]));
    assert_eq!(terminal.ends(), 0);
    terminal.sees("is unknown");
    let shown = terminal.shown().replace("\r\n", "\n");
    assert!(shown.contains('\u{1b}'), "it has colors: {shown}");
    let mut rest = shown.as_str();
    while let Some((_, order)) = rest.split_once('\u{1b}') {
        let (sequence, _) = order.split_once('m').unwrap_or((order, ""));
        let is_color = |c: char| c.is_ascii_digit() || c == '[' || c == ';';
        assert!(sequence.chars().all(is_color), "{sequence:?} in {shown:?}");
        rest = order;
    }
    must_be_seen(&shown.replace('\u{1b}', ""));
}
