//! Without the gateway's address a cluster can be created, and nothing is read back.

use std::time::Duration;

use fake_aios::{Fault, Policy, PolicyAction, Service};
use serde_json::json;

use super::stage::{Stage, cluster, ends, fails, many, two};
use crate::run::Run;
use crate::scene::node;

fn submit(stage: &Stage, args: &[&str]) -> Run {
    let parser = stage.aios.url(Service::Parser);
    let mut command = stage.scene.command(&["submit", "--file", "c.json", "--parser", &parser]);
    command.env("INVENTORY_RETRY_FOR", "0");
    Run::of(command.args(args))
}

const GIVE: &str = "give --gateway";

#[test]
fn the_parser_s_answer_is_taken_for_it_and_said_to_be_no_more() {
    let stage = Stage::new();
    let run = submit(&stage, &["--receipt", "-"]);
    let note = "note: so the Parser says, and it was not read back: give --gateway for that\n";
    ends(&run, 0, &["note: AIOS has cluster 'c' with 2 nodes\n", note]);
    assert_eq!(run.json()["parser"], stage.aios.url(Service::Parser));
    assert_eq!(run.json().get("gateway"), None);
    assert_eq!(stage.aios.received().iter().filter(|it| it.service == Service::Gateway).count(), 0);
    stage.is_true();
}

#[test]
fn what_a_policy_rewrites_is_seen_all_the_same() {
    let stage = Stage::new();
    let rewrite = json!({ "regionId": "other" }).as_object().cloned().unwrap();
    stage.aios.set_policy(PolicyAction::CreateCluster, Some(Policy::Rewrite(rewrite)));
    ends(&submit(&stage, &[]), 0, &["warning: AIOS stored something else", "\"other\""]);
}

#[test]
fn what_only_the_gateway_can_do_names_it() {
    let stage = Stage::storing(two());
    let words = ["the cluster may be there already", GIVE];
    fails(&submit(&stage, &[]), 5, &words);
    let stage = Stage::storing(cluster(vec![node("other", 1)]));
    fails(&submit(&stage, &["--adopt"]), 5, &words);
    let stage = Stage::new();
    stage.document(&many(600, 1));
    fails(&submit(&stage, &[]), 1, &["larger than AIOS takes at once", GIVE]);
    assert!(stage.aios.received().is_empty());
    fails(
        &Run::of(&mut stage.scene.command(&["diff", "--file", "c.json"])),
        1,
        &["gateway is not known", GIVE],
    );
}

#[test]
fn an_answer_that_is_lost_is_not_sent_again() {
    for fault in
        [Fault::LoseAnswer, Fault::DelayAnswer(Duration::from_mins(1)), Fault::Html { status: 502 }]
    {
        let stage = Stage::new();
        stage.aios.inject(fault.always().at(Service::Parser));
        let run = submit(&stage, &["--timeout", "1", "--retry-for", "20"]);
        fails(&run, 5, &["only the gateway can tell what AIOS has of it", GIVE]);
        assert_eq!(stage.writes().len(), 1);
    }
    let stage = Stage::new();
    stage.aios.inject(Fault::GatewayDown.always().at(Service::Parser).times(2));
    ends(&submit(&stage, &["--retry-for", "60"]), 0, &["AIOS has cluster 'c'"]);
}

#[test]
fn refusals_are_refusals() {
    let stage = Stage::new();
    fails(&submit(&stage, &["--bare"]), 4, &["leave --bare out"]);
    stage.aios.set_policy(PolicyAction::CreateCluster, Some(Policy::Deny("no".to_owned())));
    fails(&submit(&stage, &[]), 4, &["policy"]);
    stage.aios.stop(Service::Parser);
    fails(&submit(&stage, &[]), 5, &["no connection, and nothing was sent"]);
}

#[test]
fn a_dry_run_says_that_it_does_not_look() {
    let stage = Stage::new();
    ends(&submit(&stage, &["--dry-run"]), 0, &["would be created with 2 nodes, unless", GIVE]);
    assert!(stage.aios.received().is_empty());
}
