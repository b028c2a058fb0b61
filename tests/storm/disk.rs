//! A disk that is full: the programs write nothing but their logs, and go on without.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use inventory_common::resource::OnboardingConditionType::InSync;
use test_kubernetes::judge::copy;
use test_kubernetes::wait;

use crate::environment::{Environment, cases};
use crate::process::Process;
use crate::scene::PATIENCE;
use crate::world::World;

cases![programs_whose_logs_nobody_can_write_work];

async fn programs_whose_logs_nobody_can_write_work(_: Arc<Environment>) {
    let mut world = World::with_agents(1).await;
    world.add_aggregator().await;
    let commands = world.programs.iter().map(crate::program::Program::command);
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let start = |mut command| Process::start_to(&mut command, full(), Path::new("/dev/null"));
    let mut processes: Vec<Process> = commands.map(start).collect();
    let is_right = async || {
        processes.iter_mut().for_each(Process::must_run);
        let status = world.scene.onboarding().await.status?;
        status.is(InSync).then_some(())
    };
    wait::until("AIOS's copy is right", PATIENCE, is_right).await;
    let unfinished = copy::unfinished(world.recorder.truth(), world.scene.stored().as_ref());
    assert!(unfinished.is_empty(), "{unfinished:?}");
}
