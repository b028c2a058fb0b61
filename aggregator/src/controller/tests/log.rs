//! What the log tells: each change once, and what is still so not again.

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::Arc;

use axum::http::StatusCode;
use fake_aios::Change;
use inventory_common::resource::NodeInventory;
use serde_json::json;
use tracing::subscriber::DefaultGuard;

use super::super::transition::Transition;
use super::lacks_memory;
use super::stage::{STATUS, Stage};

/// What is logged from its start on, of this thread.
pub struct Log {
    file: Arc<File>,
    _guard: DefaultGuard,
}

impl Log {
    pub fn start() -> Self {
        let file = Arc::new(tempfile::tempfile().unwrap());
        let lines = tracing_subscriber::fmt().with_ansi(false).without_time().with_target(false);
        let lines = lines.with_writer(Arc::clone(&file)).finish();
        Self { file, _guard: tracing::subscriber::set_default(lines) }
    }

    /// What was logged since it was last asked.
    pub fn take(&self) -> String {
        let (mut file, mut text) = (&*self.file, String::new());
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        file.set_len(0).unwrap();
        file.rewind().unwrap();
        text
    }

    /// The lines with this in them.
    fn lines(&self, has: &str) -> Vec<String> {
        let text = self.take();
        text.lines().filter(|line| line.contains(has)).map(|line| line.trim().to_owned()).collect()
    }
}

#[tokio::test]
async fn conditions_are_logged_when_they_change() {
    let log = Log::start();
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.leads().await;
    let told = log.lines("condition=");
    assert_eq!(told.len(), 5, "{told:#?}");
    assert!(told.iter().all(|line| line.starts_with("INFO as it should be")), "{told:#?}");
    stage.shows(&stage.statuses().pop().unwrap());
    stage.leads().await;
    assert_eq!(log.lines("condition="), Vec::<String>::new());
    stage.reports("a", lacks_memory);
    stage.leads().await;
    let told = log.lines("condition=");
    let [node, cluster] = told.as_slice() else { panic!("{told:#?}") };
    assert!(
        node.starts_with(r#"WARN not as it should be node="a" object="NodeInventory""#),
        "{node}"
    );
    let said = r#"WARN not as it should be object="ClusterOnboarding" condition="Covered""#;
    assert!(cluster.starts_with(said), "{cluster}");
}

#[tokio::test]
async fn what_a_person_is_waited_for_with_is_no_warning() {
    let log = Log::start();
    let mut stage = Stage::new(&["a"], &json!({ "submit": "Manual" }));
    stage.leads().await;
    let told = log.lines(r#"condition="Submitted""#);
    assert!(told[0].starts_with("INFO waits for a person"), "{told:?}");
}

#[tokio::test]
async fn a_trouble_with_the_api_server_is_told_when_it_begins_and_when_it_is_over() {
    let log = Log::start();
    let mut stage = Stage::new(&["a"], &json!({}));
    for (refused, begun, over) in [
        (STATUS, "the status is not written", "the status is written again"),
        ("/events", "Events are not written", "Events are written again"),
    ] {
        stage.api.refuse(refused, StatusCode::FORBIDDEN);
        stage.reports("a", lacks_memory);
        stage.leads().await;
        assert_eq!(log.lines(begun).len(), 1, "{refused}");
        stage.reports("a", |_| ());
        stage.leads().await;
        assert_eq!(log.lines(begun).len(), 0, "{refused}");
        stage.api.relent();
        stage.reports("a", lacks_memory);
        stage.leads().await;
        assert_eq!(log.lines(over).len(), 1, "{refused}");
    }
}

#[tokio::test]
async fn what_was_put_right_is_told_and_so_are_changes_of_which_no_event_tells() {
    let log = Log::start();
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.leads().await;
    stage.aios.change("c", &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
    log.take();
    stage.leads().await;
    let told = log.lines("AIOS's copy was put right");
    assert!(
        told[0].contains(r#"node="a" differences=1"#) && told[0].contains("requests=1"),
        "{told:?}"
    );
    for (transitions, events, told) in [(100, 100, 0), (101, 100, 1)] {
        let change = |n| Transition::new("Complete", true, "R".to_owned(), format!("{n}"));
        let change = |n| change(n).of::<NodeInventory>(&format!("{transitions}-{n}"), "u");
        stage.keeper.reporter.tell((0..transitions).map(change).collect()).await;
        assert_eq!(stage.api.written("/events").len(), events);
        assert_eq!(log.lines("more conditions have changed than Events tell of").len(), told);
    }
}
