//! Bad input gets one clear line: what, where, what to do.

use serde_json::{Value, json};

use crate::run::Run;
use crate::scene::{Scene, inventory, node};

/// Nothing on standard output, and one line with all of `words` on standard error.
fn refused(run: &Run, exit: i32, words: &[&str]) {
    assert_eq!((run.exit, run.stdout.as_str()), (exit, ""), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.starts_with("error: "), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "no {word:?} in {}", run.stderr);
    }
}

/// `document` of one dump with this text.
fn of_dump(text: &str) -> Run {
    Scene::new(&[("d.json", text.to_owned())]).document(&["d.json"])
}

/// `document` of a good dump with this profile.
fn of_profile(text: &str) -> Run {
    let scene = Scene::new(&[("d.json", inventory("a", 1).to_string())]);
    scene.write("p.yaml", text);
    scene.document(&["d.json"])
}

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut node = node("a", 1);
    change(&mut node);
    node.to_string()
}

#[test]
fn figures_that_no_node_has_are_refused() {
    let memory = |figure: Value| of_dump(&changed(|node| node["memory"] = figure));
    refused(
        &memory(json!(-5)),
        1,
        &["'d.json': line 1 column ", "memory: ", "`-5`", "whole number"],
    );
    refused(&memory(json!(1.5)), 1, &["'d.json': line 1 column ", "memory: ", "`1.5`"]);
    refused(&memory(json!("64")), 1, &["memory: ", "\"64\""]);
    refused(&memory(Value::Null), 1, &["memory: ", "null"]);
    let huge = memory(json!(1_u64 << 60));
    assert_eq!(huge.exit, 1, "{huge:?}");
    assert!(
        huge.stderr
            .starts_with("error: nodes.nodeData[0].memory: 1152921504606846976 is more than"),
        "{huge:?}"
    );
}

#[test]
fn sums_past_64_bits_are_refused_by_their_figure() {
    let most = |id: &str| node(id, u64::MAX).to_string();
    let scene = Scene::new(&[("a", most("a")), ("b", most("b"))]);
    refused(&scene.document(&["a", "b"]), 1, &["memory: the nodes sum to more than 64 bits"]);
}

#[test]
fn a_node_that_contradicts_itself_is_refused() {
    let count = of_dump(&changed(|node| node["gpus"]["count"] = json!(2)));
    refused(&count, 1, &["nodes.nodeData[0].gpus.count: is 2, but gpus.gpus lists 1"]);
}

#[test]
fn malformed_dumps_are_refused_with_their_place() {
    refused(&of_dump("{nope"), 1, &["'d.json': line 1 column 2: "]);
    refused(&of_dump("{\"id\":\n"), 1, &["'d.json': line 2 column 0: EOF"]);
    refused(&of_dump("not json"), 1, &["'d.json': line 1 column "]);
    refused(&of_dump(&"[".repeat(100_000)), 1, &["'d.json': line 1 column "]);
    refused(&of_dump(""), 1, &["'d.json': there is no inventory in it"]);
    refused(&of_dump("[]"), 1, &["'d.json': there is no inventory in it"]);
    refused(&of_dump("{}"), 1, &["missing field `id`"]);
    let third =
        format!("{}\n{}\n{}", node("a", 1), node("b", 1), changed(|n| n["vcpus"] = json!(4)));
    refused(&of_dump(&third), 1, &["'d.json': line 3 column ", "vcpus: "]);
    let terminal = changed(|node| node["memory"] = json!("\u{1b}[2J"));
    refused(&of_dump(&terminal), 1, &["\\u{1b}[2J"]);
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    let scene = Scene::new(&[("d.json", inventory("a", 1).to_string())]);
    refused(&scene.document(&["no.json"]), 1, &["cannot read 'no.json': No such file"]);
    refused(&scene.document(&["."]), 1, &["cannot read '.': Is a directory"]);
    std::fs::write(scene.path("latin"), b"{\"id\": \"\xe4\"}").unwrap();
    refused(&scene.document(&["latin"]), 1, &["cannot read 'latin': it is no UTF-8"]);
    let run = Run::of(&mut scene.command(&["document", "--profile", "no.yaml", "d.json"]));
    refused(&run, 1, &["cannot read 'no.yaml': No such file"]);
    refused(&scene.document(&["-"]), 1, &["standard input: there is no inventory in it"]);
}

#[test]
fn a_profile_that_is_none_is_refused() {
    refused(
        &of_profile("id: c\nregoinId: r\n"),
        1,
        &["profile 'p.yaml': 'regoinId' is no key here: did you mean 'regionId'?"],
    );
    refused(&of_profile("id: c\n"), 1, &["profile 'p.yaml': missing field `regionId`"]);
    refused(&of_profile("id: [c\n"), 1, &["profile 'p.yaml': ", "line "]);
    refused(
        &of_profile("{\"id\": \"c\" \"regionId\": \"r\"}"),
        1,
        &["profile 'p.yaml': expected comma at line 1, column 11"],
    );
    refused(&of_profile("id: a/b\nregionId: r\n"), 1, &["error: id: 'a/b' is no cluster's id"]);
    refused(&of_profile("id: c\nregionId: ''\n"), 1, &["regionId: is empty"]);
    let dotted = "id: c\nregionId: r\nclusterMetadata: {labels: {kubernetes.io/os: linux}}\n";
    refused(&of_profile(dotted), 1, &["clusterMetadata.labels.kubernetes.io/os: the key"]);
    let scene = Scene::new(&[("d.json", inventory("a", 1).to_string())]);
    scene.write("p.yaml", "id: c\nregionId: r\nclusterMetadata: {additionalInfo: none}\n");
    assert_eq!(scene.document(&["d.json"]).exit, 0);
    let run = scene.document(&["d.json", "--expect-nodes", "2", "--allow-partial"]);
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{run:?}");
    assert!(run.stderr.contains("error: clusterMetadata.additionalInfo: is no object"), "{run:?}");
}

#[test]
fn a_profile_that_names_itself_again_and_again_is_refused() {
    let levels: Vec<String> = (1..40)
        .map(|n| format!("    a{n}: &a{n} [{}]", vec![format!("*a{}", n - 1); 9].join(", ")))
        .collect();
    let bomb = format!(
        "id: c\nregionId: r\nclusterMetadata:\n  bomb:\n    a0: &a0 [x]\n{}\n",
        levels.join("\n")
    );
    let run = of_profile(&bomb);
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{run:?}");
    assert!(run.stderr.starts_with("error: profile 'p.yaml': "), "{run:?}");
    refused(&of_profile(&format!("id: {}", "[".repeat(100_000))), 1, &["profile 'p.yaml': "]);
}

#[test]
fn an_address_where_clouds_tell_their_secrets_is_none_of_aios_s() {
    let scene = Scene::new(&[("d.json", inventory("a", 1).to_string())]);
    scene.write("p.yaml", "id: c\nregionId: r\nparser: http://169.254.169.254\n");
    let args = ["diff", "--profile", "p.yaml", "d.json", "--gateway", "http://127.0.0.1:9"];
    let run = Run::of(&mut scene.command(&args));
    assert_ne!(run.exit, 0, "{run:?}");
    assert!(run.stderr.contains("link-local"), "{run:?}");
}

#[test]
fn every_flaw_has_its_line() {
    let mut wrong = node("a", (1 << 53) + 1);
    wrong["swap"] = json!((1_u64 << 53) + 2);
    let run = of_dump(&wrong.to_string());
    assert_eq!(run.exit, 1);
    let paths: Vec<&str> =
        run.stderr.lines().map(|line| line.split(": ").nth(1).unwrap()).collect();
    assert_eq!(paths, ["nodes.nodeData[0].memory", "nodes.nodeData[0].swap", "memory", "swap"]);
}
