//! What `document` makes of inventories.

use serde_json::{Value, json};

use crate::run::Run;
use crate::scene::{Scene, inventory, node};

#[test]
fn figures_are_the_nodes_sums() {
    let lines = format!("{}\n{}\n", inventory("b", 3), node("a", 4));
    let scene = Scene::new(&[("lines", lines), ("c.json", inventory("c", 5).to_string())]);
    let run = scene.document_of_input("lines", &["-", "c.json"]);
    assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{run:?}");
    let document = run.json();
    assert_eq!(document["memory"], 12);
    assert_eq!(document["nodes"]["count"], 3);
    let ids: Vec<_> =
        document["nodes"]["nodeData"].as_array().unwrap().iter().map(|n| &n["id"]).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(document["status"], "live");
    assert_eq!(document["reputation"], 0);
}

#[test]
fn several_thousand_nodes_are_one_document() {
    let lines: Vec<String> =
        (1..=3000).rev().map(|n| inventory(&format!("node-{n}"), n).to_string()).collect();
    let scene = Scene::new(&[("lines", lines.join("\n"))]);
    let run = scene.document_of_input("lines", &["-", "--expect-nodes", "3000"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let document = run.json();
    assert_eq!(document["memory"], 3000 * 3001 / 2);
    assert_eq!(document["nodes"]["nodeData"][9]["id"], "node-10");
    assert!(run.stderr.starts_with("note: the document has 9"), "{}", run.stderr);
    assert!(run.stderr.contains("sent in pieces"), "{}", run.stderr);
}

#[test]
fn the_gate_stops_at_nodes_that_are_missing_unless_told_otherwise() {
    let scene = Scene::new(&[("a.json", inventory("a", 1).to_string())]);
    let args = ["a.json", "--expect-nodes", "3"];
    let run = scene.document(&args);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""), "{run:?}");
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert!(lines[0].starts_with("error: 2 of 3 expected nodes have no inventory: run "));
    assert!(lines[1].contains("only 1 of 3 nodes") && lines[1].contains("--allow-partial"));
    assert_eq!(lines.len(), 2);

    let run = scene.document(&[&args[..], &["--allow-partial"]].concat());
    assert_eq!(run.exit, 0, "{run:?}");
    let info = json!({ "additionalInfo": { "inventoryCoverage": "1 of 3 nodes" } });
    assert_eq!(run.json()["clusterMetadata"], info);
    assert!(run.stderr.starts_with("warning: 2 of 3 expected nodes"), "{}", run.stderr);
}

#[test]
fn an_id_that_is_there_twice_is_never_in_the_document() {
    let nodes = [inventory("a", 1), inventory("b", 2), inventory("a", 4)];
    let files = nodes.map(|node| node.to_string());
    let scene =
        Scene::new(&[("1", files[0].clone()), ("2", files[1].clone()), ("3", files[2].clone())]);
    let run = scene.document(&["1", "2", "3"]);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""), "{run:?}");
    assert!(run.stderr.starts_with("error: the id 'a' is there 2 times, in '1', '3': "), "{run:?}");
    let run = scene.document(&["1", "2", "3", "--allow-partial"]);
    assert_eq!((run.exit, &run.json()["memory"]), (0, &json!(2)), "{run:?}");
    assert_eq!(run.json()["nodes"]["count"], 1);
}

#[test]
fn one_file_that_is_given_twice_is_an_id_that_is_there_twice() {
    let scene = Scene::new(&[("1", inventory("a", 1).to_string())]);
    let run = scene.document(&["1", "1"]);
    assert_eq!(run.exit, 6, "{run:?}");
    assert!(run.stderr.contains("the id 'a' is there 2 times, in '1', '1' again"), "{run:?}");
    let run = scene.document(&["1", "1", "--allow-partial", "--expect-nodes", "9"]);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""), "{run:?}");
}

#[test]
fn what_a_node_does_not_know_stops_at_the_gate() {
    let mut unknown = inventory("a", 1);
    unknown["unknowns"] = json!([{ "field": "network.txBandwidth", "device": "eth0" }]);
    let mut plain = node("b", 1);
    plain["network"]["rxBandwidth"] = json!(0);
    let scene = Scene::new(&[("a", unknown.to_string()), ("b", plain.to_string())]);
    let run = scene.document(&["a", "b"]);
    assert_eq!(run.exit, 6, "{run:?}");
    assert!(run.stderr.starts_with("error: node 'a' ('a'): the link speed of 'eth0' is unknown: state --link-speed eth0=MBPS"), "{run:?}");
    assert!(
        run.stderr.contains("\nerror: node 'b' ('b'): network.rxBandwidth is 0 with interfaces: ")
    );
    let run = scene.document(&["a", "b", "--allow-partial"]);
    assert_eq!((run.exit, &run.json()["nodes"]["count"]), (0, &json!(2)), "{run:?}");
}

#[test]
fn a_whole_document_does_not_keep_an_earlier_one_s_word_of_its_gaps() {
    let scene = Scene::new(&[("a.json", inventory("a", 1).to_string())]);
    let args = ["a.json", "--expect-nodes", "2", "--allow-partial", "--output", "part.json"];
    assert_eq!(scene.document(&args).exit, 0);
    let run = Run::of(&mut scene.command(&["document", "--profile", "part.json", "a.json"]));
    assert_eq!(run.json()["clusterMetadata"], json!({ "additionalInfo": {} }), "{run:?}");
}

#[test]
fn an_output_file_is_whole_or_not_touched() {
    let scene =
        Scene::new(&[("a.json", inventory("a", 1).to_string()), ("o.json", "old".to_owned())]);
    let read = |name: &str| std::fs::read_to_string(scene.path(name)).unwrap();
    assert_eq!(scene.document(&["a.json", "--output", "o.json", "--expect-nodes", "2"]).exit, 6);
    assert_eq!(read("o.json"), "old");
    std::os::unix::fs::symlink("o.json", scene.path("link.json")).unwrap();
    let run = scene.document(&["a.json", "--output", "link.json"]);
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""), "{run:?}");
    let written: Value = serde_json::from_str(&read("o.json")).unwrap();
    assert_eq!(written["id"], "c");
    assert!(std::fs::symlink_metadata(scene.path("link.json")).unwrap().is_symlink());
    let run = scene.document(&["a.json", "--output", "no/such/folder"]);
    assert_eq!((run.exit, run.stderr.lines().count()), (1, 1), "{run:?}");
    assert!(run.stderr.starts_with("error: cannot write 'no/such/folder': "), "{run:?}");
    let run = scene.document(&["a.json", "--output", "/dev/full"]);
    assert_eq!(run.exit, 1, "{run:?}");
}

#[test]
fn a_profile_to_start_from_wants_what_only_a_person_can_say() {
    let scene = Scene::new(&[("a.json", inventory("a", 1).to_string())]);
    let run = Run::of(&mut scene.command(&["document", "--init", "--output", "new.yaml"]));
    assert_eq!((run.exit, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let run = Run::of(&mut scene.command(&["document", "--profile", "new.yaml", "a.json"]));
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{run:?}");
    let starts: Vec<&str> = run.stderr.lines().filter_map(|line| line.get(..12)).collect();
    assert_eq!(starts, ["error: id: '", "error: regio"]);
    let start = std::fs::read_to_string(scene.path("new.yaml")).unwrap();
    scene.write("new.yaml", &start.replacen("\"\"", "mine", 2));
    let run = Run::of(&mut scene.command(&["document", "--profile", "new.yaml", "a.json"]));
    assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{run:?}");
    assert_eq!((&run.json()["id"], &run.json()["regionId"]), (&json!("mine"), &json!("mine")));
}

#[test]
fn a_profile_is_never_overwritten_by_one_to_start_from() {
    let scene = Scene::new(&[]);
    let run = Run::of(&mut scene.command(&["document", "--init", "--output", "p.yaml"]));
    assert_eq!((run.exit, run.stderr.lines().count()), (1, 1), "{run:?}");
    assert!(run.stderr.contains("'p.yaml'"), "{run:?}");
    assert_eq!(std::fs::read_to_string(scene.path("p.yaml")).unwrap(), crate::scene::PROFILE);
}
