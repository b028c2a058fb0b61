//! What is kept of a submission.

use fake_aios::{Fault, Route, Service};
use serde_json::{Value, json};

use super::stage::{Stage, ends, fails, heavy, two};

fn receipt(stage: &Stage, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(stage.scene.path(name)).unwrap()).unwrap()
}

#[test]
fn a_receipt_says_when_where_and_what() {
    let stage = Stage::new();
    ends(&stage.submit(&[]), 0, &[]);
    let receipt = receipt(&stage, "c.receipt.json");
    assert_eq!(receipt["parser"], stage.aios.url(Service::Parser));
    assert_eq!(receipt["gateway"], stage.aios.url(Service::Gateway));
    assert_eq!(receipt["answers"], json!(["created"]));
    let time = receipt["time"].as_str().unwrap();
    assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    assert_eq!(receipt["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(receipt.as_object().unwrap().len(), 5);
}

#[test]
fn the_same_document_has_the_same_hash_and_another_has_another() {
    let hash = |document: &Value| {
        let stage = Stage::new();
        stage.document(document);
        let run = stage.submit(&["--receipt", "-"]);
        assert!(!stage.scene.path("c.receipt.json").exists());
        run.json()["sha256"].as_str().unwrap().to_owned()
    };
    let mut other = two();
    other["regionId"] = json!("r2");
    assert_eq!(hash(&two()), hash(&two()));
    assert_ne!(hash(&two()), hash(&other));
}

#[test]
fn each_write_has_its_answer() {
    let stage = Stage::new();
    stage.document(&heavy(30));
    ends(&stage.submit(&["--receipt", "r.json"]), 0, &[]);
    let answers = receipt(&stage, "r.json")["answers"].as_array().unwrap().clone();
    let updates = stage.aios.count(Service::Gateway, Route::Update);
    assert_eq!((answers.len(), &answers[0]), (1 + updates, &json!("created")));

    let stage = Stage::new();
    stage.aios.inject(Fault::LoseAnswer.once().at(Service::Parser));
    ends(&stage.submit(&[]), 0, &[]);
    let answers = receipt(&stage, "c.receipt.json")["answers"].clone();
    let answer = answers[0].as_str().unwrap();
    assert!(
        answer.starts_with("created, as reading back shows, although: POST http://"),
        "{answer}"
    );
}

#[test]
fn nothing_sent_and_nothing_stored_have_no_receipt() {
    let stage = Stage::storing(two());
    ends(&stage.submit(&[]), 0, &["nothing was sent"]);
    assert!(!stage.scene.path("c.receipt.json").exists());
    let stage = Stage::new();
    ends(&stage.submit(&["--bare"]), 4, &[]);
    assert!(!stage.scene.path("c.receipt.json").exists());
}

#[test]
fn a_receipt_that_cannot_be_written_is_told_although_aios_has_the_cluster() {
    let stage = Stage::new();
    let run = stage.submit(&["--receipt", "no/r.json"]);
    ends(&run, 1, &["note: AIOS has cluster 'c' with 2 nodes", "error: ", "'no/r.json'"]);
    stage.is_true();
    let stage = Stage::new();
    fails(&stage.submit(&["--bare", "--receipt", "no/r.json"]), 4, &["'body'"]);
}
