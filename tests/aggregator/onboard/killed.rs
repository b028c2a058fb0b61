//! Killed at every step, the same command goes on: the end is the same, and nothing is done twice.

use std::process::{Child, Stdio};
use std::time::Duration;

use fake_aios::{Fault, Route, Service};

use super::stage::Stage;
use crate::infra::stage::settings;
use crate::submit::stage::ends;
use crate::terminal::Terminal;

/// An answer that comes when nobody waits for it any more.
fn late() -> Fault {
    Fault::DelayAnswer(Duration::from_mins(1))
}

/// Starts it with consent, and lets it be until `is_there`; then it is killed.
fn killed_when(stage: &Stage, args: &[&str], is_there: impl Fn(&Stage) -> bool) {
    let mut command = stage.onboarding(&[&["--yes"], args].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let child: &mut Child = &mut command.spawn().unwrap();
    while !is_there(stage) {
        assert!(child.try_wait().unwrap().is_none(), "it ended before");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The same command, which is let to its end.
fn goes_on(stage: &Stage) {
    stage.aios.clear_faults();
    ends(&stage.onboard(&[]), 0, &["step 6 of 6, endpoints"]);
    stage.is_onboarded();
}

pub fn staged(test: u8) -> Stage {
    let stage = Stage::with(test, &settings(), Duration::from_millis(500));
    stage.aios_has_made_it();
    stage.services_answer();
    stage
}

#[test]
fn while_it_reads_the_dumps() {
    let stage = staged(11);
    // Nobody ever writes to its standard input.
    killed_when(&stage, &["-"], |_| {
        std::thread::sleep(Duration::from_millis(200));
        true
    });
    assert!(!stage.scene.path("c.json").exists());
    goes_on(&stage);
}

#[test]
fn while_it_asks_whether_the_document_is_right() {
    let stage = staged(12);
    let mut terminal = Terminal::start(&mut stage.onboarding(&["a.json"]));
    terminal.sees("Submit it to AIOS? [y/N]");
    terminal.interrupts();
    terminal.is_over();
    assert_eq!(stage.asked(), (0, 0));
    goes_on(&stage);
}

#[test]
fn while_aios_stores_the_cluster() {
    let stage = staged(13);
    stage.aios.inject(late().once().at(Service::Parser).on(Route::Create));
    killed_when(&stage, &["a.json"], |stage| stage.asked().0 == 1);
    goes_on(&stage);
}

#[test]
fn while_aios_is_asked_for_its_infrastructure() {
    let stage = staged(14);
    stage.aios.inject(late().once().at(Service::Gateway).on(Route::CreateInfra));
    killed_when(&stage, &["a.json"], |stage| stage.asked().1 == 1);
    assert_eq!(stage.journal()["steps"]["infrastructure"]["progress"], "asking");
    stage.aios.clear_faults();
    let run = stage.onboard(&[]);
    ends(&run, 0, &["AIOS was asked before, and its answer was not kept", "its task is not known"]);
    assert_eq!(stage.asked(), (1, 1));
}

#[test]
fn while_its_task_is_followed() {
    let stage = staged(15);
    killed_when(&stage, &["a.json"], |stage| {
        stage.journal()["steps"]["infrastructure"]["progress"]["scheduled"].is_string()
    });
    goes_on(&stage);
}

#[test]
fn while_it_waits_for_the_services() {
    let stage = Stage::new(16);
    stage.aios_has_made_it();
    killed_when(&stage, &["a.json"], |stage| {
        stage.journal()["steps"]["infrastructure"]["progress"] == "done"
    });
    stage.services_answer();
    goes_on(&stage);
}

#[test]
fn what_aios_has_not_heard_is_asked_again() {
    let stage = staged(17);
    stage.kubernetes.take("/");
    stage.aios.inject(Fault::Hang.once().at(Service::Gateway).on(Route::CreateInfra));
    killed_when(&stage, &["a.json"], |stage| stage.asked().1 == 1);
    stage.aios.clear_faults();
    // Nothing of it is in the cluster, yet.
    ends(&stage.onboard(&[]), 5, &["AIOS may be about to begin: run this again in "]);
    assert_eq!(stage.asked(), (1, 1));
    stage.some_time_passes();
    let run = stage.onboard(&[]);
    ends(&run, 5, &["AIOS is asked again", "nothing of it is in this cluster"]);
    assert_eq!(stage.asked(), (1, 2));
}

#[test]
fn what_nobody_can_see_is_neither_asked_again_nor_done() {
    let stage = staged(18);
    stage.aios.inject(late().once().at(Service::Gateway).on(Route::CreateInfra));
    killed_when(&stage, &["a.json"], |stage| stage.asked().1 == 1);
    stage.aios.clear_faults();
    stage.some_time_passes();
    stage.kubernetes.take("/");
    // Somebody's own, which AIOS would use.
    stage.kubernetes.put(
        "/api/v1/namespaces/metrics",
        serde_json::json!({ "metadata": { "name": "metrics" } }),
    );
    stage.kubernetes.refuse("/clusterrolebindings/");
    ends(&stage.onboard(&[]), 1, &["whether AIOS has begun cannot be told"]);
    assert_eq!(stage.asked(), (1, 1));
    assert_eq!(stage.journal()["steps"]["infrastructure"]["progress"], "asking");
}
