//! The storm itself.

use std::sync::Arc;

use fake_aios::Node;
use inventory_common::resource::ConditionStatus::True;
use inventory_common::resource::OnboardingConditionType::InSync;

use crate::dice;
use crate::environment::{Environment, cases};
use crate::play::play;
use crate::program::{Program, missing_for_clocks};
use crate::scene::ID;
use crate::script::{AGENTS, AGGREGATORS, script};
use crate::world::World;

cases![nothing_goes_in_a_storm_and_a_minute_after_it_all_is_right];

async fn nothing_goes_in_a_storm_and_a_minute_after_it_all_is_right(_: Arc<Environment>) {
    let (seed, length) = dice::storm();
    let no_clocks = missing_for_clocks();
    if let Some(missing) = &no_clocks {
        eprintln!("    no clock goes wrong: {missing}");
    }
    let mut world = World::with_agents(AGENTS).await;
    for _ in 0..AGGREGATORS {
        world.add_aggregator().await;
    }
    let admin = world.scene.cluster.admin.clone();
    world.recorder.follow(&admin);
    let names: Vec<_> = world.nodes.iter().map(|node| node.name.clone()).collect();
    world.scene.aios.set_nodes(ID, names.into_iter().map(placeholder).collect());
    world.programs.iter_mut().for_each(Program::restart);
    if seed % FIRST != 0 {
        world.scene.until_condition(InSync, True, "Equal").await;
    }
    play(&mut world, script(seed, length, no_clocks.is_none()), length).await;
    let took = world.until_right().await;
    world.recorder.judge();
    eprintln!("    right after {:.1} s; {}", took.as_secs_f64(), world.recorder.told());
}

/// In one storm of so many it is the first submission that comes into it.
const FIRST: u64 = 3;

/// A node as AIOS's own membership service sees it, which knows little.
fn placeholder(name: String) -> Node {
    Node { name, vcpus: 4, memory_mib: 1, gpu_info: None }
}
