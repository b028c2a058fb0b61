//! A leader that sleeps in the middle of its work, for longer than its Lease lasts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use inventory_common::resource::ConditionStatus::True;
use inventory_common::resource::OnboardingConditionType::InSync;
use rustix::process::{Signal, kill_process};
use test_kubernetes::judge::Truth;
use test_kubernetes::proxy::Moment;
use test_kubernetes::wait;

use crate::environment::{Environment, cases};
use crate::scene::{PATIENCE, Scene};
use crate::world::World;

cases![a_leader_that_slept_past_its_lease_writes_nothing_more];

async fn a_leader_that_slept_past_its_lease_writes_nothing_more(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let mut world = World::new(scene, Truth::new());
    // It does not care how late an answer is.
    world.add_aggregator_with(&["--timeout", "600"]).await;
    world.programs[0].restart();
    world.scene.until_condition(InSync, True, "Equal").await;
    world.add_aggregator().await;
    world.programs[1].restart();

    // It has asked for AIOS's copy, and sleeps before it hears of it.
    let (leader, sleeps) = (world.programs[0].id().unwrap(), Arc::new(AtomicBool::new(false)));
    let is_asleep = Arc::clone(&sleeps);
    world.set_hook(Some(Box::new(move |_, passage| {
        let is_read = passage.method == "GET" && passage.path.contains("/clusters/read/");
        let is_meant = is_read && passage.moment == Moment::Answered;
        if is_meant && !is_asleep.swap(true, Ordering::SeqCst) {
            kill_process(leader, Signal::STOP).unwrap();
        }
    })));
    world.scene.report("a", 1).await;
    let is_asleep = async || sleeps.load(Ordering::SeqCst).then_some(());
    wait::until("the leader sleeps", PATIENCE, is_asleep).await;

    // Another one leads, and knows better by the time it wakes.
    world.scene.until_nodes(&["a"], 1).await;
    world.scene.report("a", 2).await;
    world.scene.until_nodes(&["a"], 2).await;
    let name = world.programs[0].name.clone();
    let before = world.recorder.writes_by(&name);
    world.programs[0].signal(Signal::CONT);
    let follows = async || world.programs[0].log().contains("leading no more").then_some(());
    wait::until("it leads no more", PATIENCE, follows).await;
    world.scene.report("a", 3).await;
    world.scene.until_nodes(&["a"], 3).await;
    assert_eq!(world.recorder.writes_by(&name), before);
    world.programs.iter_mut().for_each(crate::program::Program::must_run);
}
