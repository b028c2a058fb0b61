//! A run that broke is finished by running it again.

use std::process::Stdio;
use std::time::Duration;

use fake_aios::{Fault, Route, Service};

use super::stage::{Stage, ends, heavy};

fn staged() -> Stage {
    let stage = Stage::new();
    stage.document(&heavy(30));
    stage
}

#[test]
fn pieces_that_break_are_sent_by_the_next_run() {
    for fault in [
        Fault::RegistryDown,
        Fault::Reset,
        Fault::Html { status: 502 },
        Fault::DatabaseDown { after: Duration::from_millis(5) },
    ] {
        let stage = staged();
        stage.aios.inject(fault.clone().always().at(Service::Gateway).on(Route::Update));
        let run = stage.submit(&[]);
        println!("{fault:?}: {run:?}");
        assert_eq!((run.exit, run.stderr.lines().count()), (5, 1), "{run:?}");
        assert_eq!(stage.stored()["nodes"]["count"], 0);
        assert!(!stage.scene.path("c.receipt.json").exists());
        stage.aios.clear_faults();
        ends(&stage.submit(&[]), 0, &["AIOS's cluster 'c' is updated, in "]);
        stage.is_true();
    }
}

/// Waits until AIOS has received so many updates.
fn wait_for_updates(stage: &Stage, updates: usize) {
    while stage.aios.count(Service::Gateway, Route::Update) < updates {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_registry_that_goes_down_in_the_middle_is_told() {
    let stage = staged();
    let slow = Fault::DelayAnswer(Duration::from_millis(200));
    stage.aios.inject(slow.always().at(Service::Gateway).on(Route::Update));
    let mut child = stage.submitting(&[]).stderr(Stdio::null()).spawn().unwrap();
    wait_for_updates(&stage, 2);
    stage.aios.stop(Service::Registry);
    assert_eq!(child.wait().unwrap().code(), Some(5));
    stage.aios.resume(Service::Registry);
    stage.aios.clear_faults();
    ends(&stage.submit(&[]), 0, &["AIOS's cluster 'c' is updated, in "]);
    stage.is_true();
}

#[test]
fn a_run_that_is_killed_in_the_middle_is_finished_by_the_next() {
    for updates in 1..4 {
        let stage = staged();
        let slow = Fault::DelayAnswer(Duration::from_millis(200));
        stage.aios.inject(slow.always().at(Service::Gateway).on(Route::Update));
        let mut child = stage.submitting(&[]).stderr(Stdio::null()).spawn().unwrap();
        wait_for_updates(&stage, updates);
        child.kill().unwrap();
        child.wait().unwrap();
        stage.aios.clear_faults();
        assert_eq!(stage.stored()["nodes"]["count"], 0);
        stage.aios.forget_received();
        ends(&stage.submit(&[]), 0, &["AIOS's cluster 'c' is updated"]);
        stage.is_true();
        assert_eq!(stage.aios.count(Service::Parser, Route::Create), 0);
    }
}

#[test]
fn one_that_is_killed_while_it_creates_is_finished_by_the_next() {
    for fault in [Fault::DelayAnswer(Duration::from_mins(1)), Fault::Hang] {
        let stage = staged();
        stage.aios.inject(fault.once().at(Service::Parser));
        let mut child = stage.submitting(&[]).stderr(Stdio::null()).spawn().unwrap();
        while stage.aios.count(Service::Parser, Route::Create) == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        ends(&stage.submit(&[]), 0, &["AIOS"]);
        stage.is_true();
    }
}

#[test]
fn what_comes_back_within_the_time_is_waited_for() {
    for service in [Service::Parser, Service::Gateway, Service::Registry] {
        let stage = Stage::new();
        stage.aios.stop(service);
        let mut command = stage.command("submit", &["--log-level", "debug"]);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines =
            std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
        // It has been refused once.
        assert!(lines.any(|line| line.unwrap().contains("asking again")));
        stage.aios.resume(service);
        let rest: Vec<String> = lines.map(Result::unwrap).collect();
        assert!(child.wait().unwrap().success(), "{rest:#?}");
        stage.is_true();
    }
}

#[test]
fn an_answer_that_is_lost_again_and_again_is_asked_for_within_the_time() {
    let stage = Stage::new();
    stage.aios.inject(Fault::Reset.once().at(Service::Parser));
    stage.aios.inject(Fault::DatabaseDown { after: Duration::ZERO }.once().at(Service::Gateway));
    let run = crate::run::Run::of(&mut stage.command("submit", &["--retry-for", "60"]));
    ends(&run, 0, &["AIOS has cluster 'c' with 2 nodes"]);
    stage.is_true();
}
