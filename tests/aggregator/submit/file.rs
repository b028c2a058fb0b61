//! What `--file` takes, and what is said of what it does not take: nothing of that is sent.

use serde_json::{Value, json};

use super::stage::{Stage, ends, fails, two};
use crate::run::Run;
use crate::scene::{Scene, inventory, node};

/// The document after a change is refused with these words, by `submit` and by `diff`.
fn refused(change: impl FnOnce(&mut Value), words: &[&str]) {
    let mut document = two();
    change(&mut document);
    refused_text(&document.to_string(), words);
}

fn refused_text(text: &str, words: &[&str]) {
    let stage = Stage::new();
    stage.scene.write("c.json", text);
    fails(&stage.submit(&[]), 1, words);
    fails(&stage.submit(&["--dry-run"]), 1, words);
    fails(&stage.diff(&[]), 1, words);
    assert!(stage.aios.received().is_empty());
}

#[test]
fn a_key_that_aios_needs_must_be_there() {
    let keys = [
        "id",
        "regionId",
        "nodes",
        "gpus",
        "vcpus",
        "memory",
        "swap",
        "storage",
        "network",
        "reputation",
    ];
    for key in keys {
        let remove = |document: &mut Value| drop(document.as_object_mut().unwrap().remove(key));
        refused(remove, &["document 'c.json': ", &format!("missing field `{key}`")]);
    }
    refused(
        |document| drop(document["network"].as_object_mut().unwrap().remove("rxBandwidth")),
        &["network", "missing field `rxBandwidth`"],
    );
    refused(|document| document["nodeData"] = json!([]), &["unknown field `nodeData`"]);
}

#[test]
fn figures_that_no_cluster_has_are_refused() {
    let memory = |figure: Value| move |document: &mut Value| document["memory"] = figure;
    refused(memory(json!(-5)), &["memory: ", "`-5`"]);
    refused(memory(json!(1.5)), &["memory: ", "`1.5`"]);
    refused(memory(json!("64")), &["memory: ", "\"64\""]);
    refused(memory(json!(3001)), &["memory: is 3001, but the nodes' sum is 3000"]);
    let of_node = |figure: Value| {
        move |document: &mut Value| document["nodes"]["nodeData"][1]["swap"] = figure
    };
    refused(of_node(json!(-5)), &["nodes.nodeData[1]", "`-5`"]);
    refused(|document| document["nodes"]["count"] = json!(3), &["nodes.count: is 3, but"]);
    let stage = Stage::new();
    let mut huge = two();
    huge["memory"] = json!(1_u64 << 60);
    huge["nodes"]["nodeData"][0]["memory"] = json!(1_u64 << 60);
    stage.document(&huge);
    let run = stage.submit(&[]);
    ends(&run, 1, &["error: nodes.nodeData[0].memory: 1152921504606846976 is more than"]);
    assert!(stage.aios.received().is_empty());
}

#[test]
fn ids_that_aios_could_not_find_or_tell_apart_are_refused() {
    refused(|document| document["id"] = json!("a/b"), &["id: 'a/b' is no cluster's id"]);
    refused(|document| document["id"] = json!(".."), &["id: '..' is no cluster's id"]);
    refused(
        |document| document["nodes"]["nodeData"][1]["id"] = json!("a"),
        &["nodes.nodeData[1].id: 'a' is the id of nodes.nodeData[0] too"],
    );
    refused(
        |document| document["config"] = json!({ "a.b": 1 }),
        &["config.a.b: the key 'a.b' has"],
    );
}

#[test]
fn a_text_that_is_no_document_is_refused_with_its_place() {
    refused_text("{nope", &["document 'c.json': ", "line 1"]);
    refused_text("", &["document 'c.json': "]);
    refused_text("[]", &["document 'c.json': "]);
    refused_text("id: [c\n", &["document 'c.json': ", "line "]);
    let stage = Stage::new();
    let run = Run::of(stage.submitting(&[]).args(["--file", "no.json"]));
    assert_eq!(run.exit, 2, "{run:?}");
    std::fs::remove_file(stage.scene.path("c.json")).unwrap();
    fails(&stage.submit(&[]), 1, &["cannot read 'c.json': No such file"]);
    std::fs::create_dir(stage.scene.path("c.json")).unwrap();
    fails(&stage.submit(&[]), 1, &["cannot read 'c.json': Is a directory"]);
}

#[test]
fn bad_inventories_and_profiles_are_refused_here_too() {
    let submit = |scene: &Scene, dumps: &[&str]| {
        let aios = ["--parser", "http://127.0.0.1:1", "--gateway", "http://127.0.0.1:1"];
        Run::of(scene.command(&["submit", "--profile", "p.yaml"]).args(aios).args(dumps))
    };
    let changed = |change: fn(&mut Value)| {
        let mut node = node("a", 1);
        change(&mut node);
        Scene::new(&[("d.json", node.to_string())])
    };
    let negative = changed(|node| node["memory"] = json!(-5));
    fails(&submit(&negative, &["d.json"]), 1, &["'d.json': line 1 column ", "`-5`"]);
    let fraction = changed(|node| node["memory"] = json!(1.5));
    fails(&submit(&fraction, &["d.json"]), 1, &["'d.json': line 1 column ", "`1.5`"]);
    let huge = submit(&changed(|node| node["memory"] = json!(1_u64 << 60)), &["d.json"]);
    ends(&huge, 1, &["error: nodes.nodeData[0].memory: 1152921504606846976 is more than"]);
    let malformed = Scene::new(&[("d.json", "{nope".to_owned())]);
    fails(&submit(&malformed, &["d.json"]), 1, &["'d.json': line 1 column 2: "]);
    fails(&submit(&malformed, &["no.json"]), 1, &["cannot read 'no.json': No such file"]);
    let good = Scene::new(&[("d.json", inventory("a", 1).to_string())]);
    let twice = submit(&good, &["d.json", "d.json"]);
    ends(&twice, 6, &["error: the id 'a' is there 2 times, in 'd.json', 'd.json' again"]);
    let missing = submit(&good, &["d.json", "--expect-nodes", "2"]);
    ends(&missing, 6, &["error: 1 of 2 expected nodes has no inventory"]);
    good.write("p.yaml", "id: c\nregoinId: r\n");
    let misspelt = "profile 'p.yaml': 'regoinId' is no key here: did you mean 'regionId'?";
    fails(&submit(&good, &["d.json"]), 1, &[misspelt]);
}

#[test]
fn a_document_may_be_yaml_or_json_with_comments_or_come_by_standard_input() {
    let yaml: String = serde_saphyr::to_string(&two()).unwrap();
    let commented = two().to_string().replacen('{', "{ // the cluster\n /* its */ ", 1);
    for text in [yaml, commented] {
        let stage = Stage::new();
        stage.scene.write("c.json", &text);
        ends(&stage.submit(&[]), 0, &["AIOS has cluster 'c' with 2 nodes"]);
        stage.document(&two());
        stage.is_true();
    }
    let stage = Stage::new();
    let input = std::fs::File::open(stage.scene.path("c.json")).unwrap();
    let mut args: Vec<_> = stage.submitting(&[]).get_args().map(ToOwned::to_owned).collect();
    args.iter_mut().filter(|arg| *arg == "c.json").for_each(|arg| *arg = "-".into());
    let run = Run::of(stage.scene.command(&[]).args(args).stdin(input));
    ends(&run, 0, &["AIOS has cluster 'c' with 2 nodes"]);
    stage.is_true();
}

#[test]
fn what_a_document_leaves_out_has_its_default() {
    let mut short = two();
    for key in ["status", "config", "tags", "clusterMetadata"] {
        short.as_object_mut().unwrap().remove(key);
    }
    let stage = Stage::new();
    stage.document(&short);
    ends(&stage.submit(&[]), 0, &["AIOS has cluster 'c' with 2 nodes"]);
    assert_eq!(stage.writes()[0]["body"]["spec"]["values"]["status"], "live");
    stage.is_true();
}

#[test]
fn keys_of_a_node_that_nobody_knows_are_kept() {
    let mut document = two();
    document["nodes"]["nodeData"][0]["rack"] = json!({ "row": 3 });
    document["nodes"]["nodeData"][1]["vendor"] = json!("x");
    let stage = Stage::new();
    stage.document(&document);
    ends(&stage.submit(&[]), 0, &["AIOS has cluster 'c' with 2 nodes"]);
    assert_eq!(stage.stored()["nodes"], document["nodes"]);
    document["nodes"]["nodeData"][0]["rack"]["row"] = json!(4);
    stage.document(&document);
    assert_eq!(stage.diff(&[]).exit, 3);
    ends(&stage.submit(&[]), 0, &["is updated"]);
    assert_eq!(stage.writes().last(), Some(&json!({ "nodes.nodeData.0.rack.row": 4 })));
}
