//! Lets a storm happen.

use std::time::{Duration, Instant};

use fake_aios::Change;
use rustix::process::{Signal, kill_process};
use test_kubernetes::proxy::{Mode, Moment};
use test_kubernetes::wait;

use crate::recorder::what;
use crate::scene::{ID, PATIENCE};
use crate::script::{AGENTS, AGGREGATORS, Entry, Event};
use crate::world::World;

/// From one look to the next.
const PAUSE: Duration = Duration::from_millis(20);

/// How often the programs get new tokens.
const TOKENS: Duration = Duration::from_mins(4);

/// What is so at a moment of a storm.
pub struct Play<'a> {
    world: &'a mut World,
    /// How AIOS is to each aggregator, were it not for the next.
    ways: [Mode; AGGREGATORS],
    /// Whether no aggregator reaches AIOS now.
    is_apart: bool,
    sleeps: [bool; AGENTS + AGGREGATORS],
}

/// Plays a script of this length, and is back once everything runs and is reached again.
pub async fn play(world: &mut World, script: Vec<Entry>, length: Duration) {
    let (ways, sleeps) = ([Mode::Pass; AGGREGATORS], [false; AGENTS + AGGREGATORS]);
    let mut play = Play { world, ways, is_apart: false, sleeps };
    let (begin, mut renewed) = (Instant::now(), Instant::now());
    let mut ends: Vec<(Duration, Event)> = Vec::new();
    let mut script = script.into_iter().peekable();
    while begin.elapsed() < length {
        let now = begin.elapsed();
        for (_, event) in ends.extract_if(.., |(at, _)| *at <= now) {
            play.end(&event).await;
        }
        if let Some(entry) = script.next_if(|entry| entry.at <= now) {
            eprintln!("    {:5.1} s: {:?}", now.as_secs_f64(), entry.event);
            play.begin(&entry.event).await;
            ends.push((begin.elapsed() + entry.lasts, entry.event));
        }
        if renewed.elapsed() > TOKENS {
            play.world.renew_tokens().await;
            renewed = Instant::now();
        }
        play.world.programs.iter_mut().for_each(crate::program::Program::must_run);
        play.world.recorder.judge();
        tokio::time::sleep(PAUSE).await;
    }
    for (_, event) in ends {
        play.end(&event).await;
    }
    play.world.scene.cluster.plane.until_ready().await;
    for node in 0..AGENTS {
        let is_said = async || play.world.nodes[node].try_set_ready(true).await.ok();
        wait::until("kubelet says that the pod is ready", PATIENCE, is_said).await;
    }
}

/// Kills an aggregator once it writes to AIOS next.
fn catch(world: &mut World, who: usize, moment: Moment) {
    let program = &mut world.programs[who];
    program.may_be_killed();
    let (name, id) = (program.name.clone(), program.id().unwrap());
    let mut is_caught = false;
    world.set_hook(Some(Box::new(move |by, passage| {
        let is_meant = by == name && passage.moment == moment && what(passage).is_some();
        if is_meant && !is_caught {
            eprintln!("    {name} is caught");
            kill_process(id, Signal::KILL).unwrap();
            is_caught = true;
        }
    })));
}

impl Play<'_> {
    async fn begin(&mut self, event: &Event) {
        let world = &mut *self.world;
        match event {
            Event::Killed(who) => {
                world.programs[*who].kill();
                self.is_ready(*who, false).await;
            }
            Event::Caught(who, moment) => catch(world, *who, *moment),
            Event::Stopped(who) => {
                world.programs[*who].signal(Signal::STOP);
                self.sleeps[*who] = true;
            }
            Event::Clock(who, seconds) => world.programs[*who].set_clock(*seconds),
            Event::Api(who, mode) => world.api[*who].set(*mode),
            Event::Aios(who, mode) => {
                self.ways[*who - AGENTS] = *mode;
                self.set_ways();
            }
            Event::Fault(fault) => world.scene.aios.inject(fault.clone().always()),
            Event::Gone(service) => world.scene.aios.stop(*service),
            Event::Others(change) => self.change(change),
            Event::Moved(change) => self.change_alone(change).await,
            Event::Etcd => world.scene.cluster.plane.stop_etcd(),
            Event::ApiServer => world.scene.cluster.plane.stop_api_server(),
        }
    }

    async fn end(&mut self, event: &Event) {
        let world = &mut *self.world;
        match event {
            Event::Killed(who) => {
                world.programs[*who].restart();
                self.is_ready(*who, true).await;
            }
            Event::Caught(who, _) => {
                world.set_hook(None);
                world.programs[*who].kill();
                world.programs[*who].restart();
            }
            Event::Stopped(who) => {
                world.programs[*who].signal(Signal::CONT);
                self.sleeps[*who] = false;
            }
            Event::Clock(who, _) => world.programs[*who].set_clock(0),
            Event::Api(who, _) => world.api[*who].set(Mode::Pass),
            Event::Aios(who, _) => {
                self.ways[*who - AGENTS] = Mode::Pass;
                self.set_ways();
            }
            Event::Fault(_) => world.scene.aios.clear_faults(),
            Event::Gone(service) => world.scene.aios.resume(*service),
            Event::Others(_) => {}
            Event::Moved(_) => {
                self.is_apart = false;
                self.set_ways();
            }
            Event::Etcd => world.scene.cluster.plane.start_etcd(),
            Event::ApiServer => world.scene.cluster.plane.launch_api_server(),
        }
    }

    fn set_ways(&self) {
        for (aggregator, mode) in self.ways.iter().enumerate() {
            let mode = if self.is_apart { Mode::Closed } else { *mode };
            self.world.set_aios(aggregator, mode);
        }
    }

    /// What kubelet would say of an agent's pod, if the API server hears it.
    async fn is_ready(&self, who: usize, is_ready: bool) {
        if let Some(node) = self.world.nodes.get(who) {
            let said = tokio::time::timeout(Duration::from_secs(1), node.try_set_ready(is_ready));
            if !matches!(said.await, Ok(Ok(()))) {
                eprintln!("    nobody hears that {} is ready: {is_ready}", node.name);
            }
        }
    }

    /// There is nothing to change while AIOS has no copy.
    fn change(&self, change: &Change) {
        if self.world.scene.stored().is_some() {
            self.world.scene.aios.change(ID, change).unwrap();
        }
    }

    /// AIOS has no compare-and-set: an entry that comes between our reading and our writing may be lost, and
    /// nobody can tell. So none comes then: whoever has read cannot write until it has read again.
    async fn change_alone(&mut self, change: &Change) {
        self.is_apart = true;
        self.set_ways();
        let is_done = async || (!self.world.recorder.is_writing()).then_some(());
        wait::until("AIOS is done with what it was asked", PATIENCE, is_done).await;
        if self.sleeps[AGENTS..].iter().any(|sleeps| *sleeps) {
            eprintln!("    somebody sleeps who may have read: nothing is changed");
        } else {
            self.change(change);
        }
    }
}
