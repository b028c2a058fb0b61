//! The steps: what each does, and what stops it.

use serde_json::json;

use super::stage::Stage;
use crate::infra::stage::OTHERS;
use crate::run::Run;
use crate::submit::stage::ends;
use crate::terminal::Terminal;

#[test]
fn the_whole_way_is_one_command_and_again_it_does_nothing() {
    let stage = Stage::new(1);
    stage.aios_has_made_it();
    stage.services_answer();
    let run = stage.onboard(&[]);
    ends(
        &run,
        0,
        &[
            "note: step 2 of 6, document",
            "GPUs           1, 16384 MiB",
            "note: step 4 of 6, submit",
            "note: the infrastructure is there",
            "note: step 6 of 6, endpoints",
        ],
    );
    stage.is_onboarded();
    let receipt = std::fs::read_to_string(stage.scene.path("c.receipt.json")).unwrap();
    assert!(receipt.contains("sha256"), "{receipt}");

    stage.aios.forget_received();
    let run = stage.onboard(&[]);
    ends(&run, 0, &["step 3 of 6, review: agreed to", "step 6 of 6, endpoints: done "]);
    assert!(stage.aios.received().is_empty());
    for secret in OTHERS {
        assert!(!format!("{run:?}{}", stage.journal()).contains(secret));
    }
}

#[test]
fn nothing_leaves_the_cluster_without_consent() {
    let stage = Stage::new(2);
    let run = Run::of(&mut stage.onboarding(&["a.json"]));
    ends(&run, 2, &["say --yes", "stopped at step 3 of 6, review: the same command goes on"]);
    let mut terminal = Terminal::start(&mut stage.onboarding(&["a.json"]));
    terminal.sees("Submit it to AIOS? [y/N]");
    terminal.types("n\n");
    assert_eq!(terminal.ends(), 1);
    assert!(stage.aios.received().is_empty());
    assert!(stage.scene.path("c.json").exists());
}

#[test]
fn it_stops_where_it_is_told_to() {
    let stage = Stage::new(3);
    ends(&stage.onboard(&["--until", "submit"]), 0, &["note: step 4 of 6, submit"]);
    assert_eq!(stage.asked(), (1, 0));
    let run = stage.onboard(&["--until", "everything"]);
    assert_eq!((run.exit, run.stderr.lines().count()), (2, 1), "{run:?}");
}

#[test]
fn a_document_that_has_changed_is_looked_at_again() {
    let stage = Stage::new(4);
    ends(&stage.onboard(&["--until", "review"]), 0, &["step 3 of 6, review"]);
    let text = std::fs::read_to_string(stage.scene.path("c.json")).unwrap();
    stage.scene.write("c.json", &text.replace("\"tags\": []", "\"tags\": [\"x\"]"));
    let run = Run::of(&mut stage.onboarding(&["a.json"]));
    ends(&run, 2, &["say --yes", "stopped at step 3 of 6"]);
    std::fs::remove_file(stage.scene.path("c.json")).unwrap();
    ends(&stage.onboard(&["--until", "submit"]), 0, &["note: step 2 of 6, document\n"]);
}

#[test]
fn a_task_that_failed_may_be_asked_for_again() {
    // As AIOS is shipped: with the gateway its creation does not come to its end.
    let stage = Stage::with(5, &json!({ "publicHostname": "h" }), std::time::Duration::ZERO);
    for tries in 1..3 {
        ends(&stage.onboard(&[]), 4, &["failed: ", "stopped at step 5 of 6, infrastructure"]);
        assert_eq!(stage.asked(), (1, tries));
    }
}

#[test]
fn a_journal_that_makes_no_sense_is_one_line_and_left_alone() {
    let stage = Stage::new(7);
    stage.scene.write("c.onboarding.json", "{\"cluster\": \"c\"");
    let run = stage.onboard(&[]);
    assert_eq!((run.exit, run.stderr.lines().count()), (1, 1), "{run:?}");
    assert!(run.stderr.contains("--restart begins anew"), "{run:?}");
    ends(&stage.onboard(&["--restart", "--until", "review"]), 0, &[]);
}

#[test]
fn what_is_there_is_not_asked_for_again_after_the_document_has_changed() {
    let stage = Stage::new(6);
    stage.aios_has_made_it();
    stage.services_answer();
    ends(&stage.onboard(&[]), 0, &["step 6 of 6, endpoints"]);
    let text = std::fs::read_to_string(stage.scene.path("c.json")).unwrap();
    stage.scene.write("c.json", &text.replace("\"tags\": []", "\"tags\": [\"x\"]"));
    for args in [&[][..], &["--restart"]] {
        ends(&stage.onboard(args), 0, &["step 4 of 6, submit", "is there already: 22 of 22"]);
        stage.is_onboarded();
    }
}

#[test]
fn a_profile_that_can_be_read_only_once_is_refused() {
    let stage = Stage::new(8);
    let run = Run::of(&mut stage.scene.command(&["onboard", "--profile", "-", "--yes"]));
    assert_eq!((run.exit, run.stderr.lines().count()), (2, 1), "{run:?}");
    assert!(run.stderr.contains("give a file"), "{run:?}");
}
