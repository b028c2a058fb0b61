//! What happens in a storm, and when: from a seed to a list of events. Pure.

use std::sync::Arc;
use std::time::Duration;

use fake_aios::{Change, Fault, Service};
use serde_json::json;
use test_kubernetes::proxy::{Mode, Moment};

use crate::dice::Dice;
use crate::environment::{Environment, cases};

cases![the_same_seed_has_the_same_storm, whatever_is_hit_is_left_alone_until_that_is_over];

/// The programs: so many agents, and then the aggregators.
pub const AGENTS: usize = 5;
pub const AGGREGATORS: usize = 2;

/// Something that goes wrong for a while.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A program is killed, and started again.
    Killed(usize),
    /// An aggregator is killed in the middle of its next write to AIOS, and started again.
    Caught(usize, Moment),
    /// A program sleeps.
    Stopped(usize),
    /// A program's clock goes wrong by so many seconds.
    Clock(usize, i64),
    /// So is the API server to a program.
    Api(usize, Mode),
    /// So is AIOS to an aggregator.
    Aios(usize, Mode),
    /// So is AIOS to everybody.
    Fault(Fault),
    /// A service of AIOS is gone.
    Gone(Service),
    /// Others change AIOS's copy, beside ours or right in it.
    Others(Change),
    /// Others change which entries there are, while nobody of ours can write.
    Moved(Change),
    /// etcd is killed.
    Etcd,
    /// The API server is killed.
    ApiServer,
}

/// An event with its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub at: Duration,
    pub lasts: Duration,
    pub event: Event,
}

/// What an event hits. Nothing is hit by two at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    Program(usize),
    Plane,
    Aios,
    Copy,
}

/// How long an API server takes to be there again.
const START: Duration = Duration::from_secs(12);

impl Entry {
    /// When what it hits may be hit again.
    fn is_over_at(&self) -> Duration {
        let more = if self.event == Event::ApiServer { START } else { Duration::ZERO };
        self.at + self.lasts + more
    }
}

impl Event {
    pub fn hits(&self) -> Hit {
        match self {
            Self::Killed(who)
            | Self::Caught(who, _)
            | Self::Stopped(who)
            | Self::Clock(who, _)
            | Self::Api(who, _)
            | Self::Aios(who, _) => Hit::Program(*who),
            Self::Etcd | Self::ApiServer => Hit::Plane,
            Self::Fault(_) | Self::Gone(_) => Hit::Aios,
            Self::Others(_) | Self::Moved(_) => Hit::Copy,
        }
    }
}

/// From one event to the next, in milliseconds.
const PAUSES_MS: (u64, u64) = (200, 900);

/// Others write when there may be something to write to.
const OTHERS: Duration = Duration::from_secs(8);

/// AIOS may be well for so many seconds first.
const CALM_SECONDS: (u64, u64) = (0, 6);

/// The storm of this seed.
pub fn script(seed: u64, length: Duration, has_clocks: bool) -> Vec<Entry> {
    let mut dice = Dice::new(seed);
    let calm = Duration::from_secs(dice.between(CALM_SECONDS.0, CALM_SECONDS.1));
    let (mut at, mut script) = (Duration::ZERO, Vec::<Entry>::new());
    // Whoever changes ours again and again is given way to, for longer than a test may take.
    let mut deck = [whole_deck(&mut dice, has_clocks), of_ours()].concat();
    dice.shuffle(&mut deck);
    loop {
        at += Duration::from_millis(dice.between(PAUSES_MS.0, PAUSES_MS.1));
        if at >= length {
            return script;
        }
        let is_free = |(event, _): &(Event, u64)| {
            let mut last = script.iter().rev().filter(|entry| entry.event.hits() == event.hits());
            let begin = match event {
                Event::Others(_) | Event::Moved(_) => OTHERS,
                Event::Aios(..) | Event::Fault(_) | Event::Gone(_) => calm,
                _ => Duration::ZERO,
            };
            begin <= at && last.next().is_none_or(|last| last.is_over_at() < at)
        };
        if let Some(place) = deck.iter().position(is_free) {
            let (event, lasts_ms) = deck.remove(place);
            script.push(Entry { at, lasts: Duration::from_millis(lasts_ms), event });
        } else if at > OTHERS {
            deck.extend(whole_deck(&mut dice, has_clocks));
            dice.shuffle(&mut deck);
        }
    }
}

/// One event of each kind, and of the frequent ones more, with how long they last in milliseconds.
fn whole_deck(dice: &mut Dice, has_clocks: bool) -> Vec<(Event, u64)> {
    let mut deck = [of_programs(dice, has_clocks), of_ways(dice), of_aios(dice)].concat();
    deck.push((Event::Etcd, dice.between(500, 4000)));
    deck.push((Event::ApiServer, dice.between(500, 2000)));
    deck
}

/// What others change of ours, and an entry of theirs.
fn of_ours() -> Vec<(Event, u64)> {
    let swap = |node| json!({ format!("nodes.nodeData.{node}.swap"): 777 });
    let edits = (0..AGENTS).map(swap).chain([json!({ "memory": 1 })]);
    let edits = edits.map(|edit| (Event::Others(Change::Edit(edit)), 0));
    let theirs = json!({
        "id": "theirs", "memory": 7, "swap": 1, "vcpus": { "count": 1 },
        "gpus": { "count": 0, "memory": 0 }, "storage": { "disks": 1, "size": 1 },
        "network": { "interfaces": 1, "txBandwidth": 1, "rxBandwidth": 1 },
    });
    // More entries without a Node than one are for a person to look at.
    let moves = [Change::Sync, Change::Join(theirs)].map(|change| (Event::Moved(change), 2500));
    edits.chain(moves).collect()
}

fn of_programs(dice: &mut Dice, has_clocks: bool) -> Vec<(Event, u64)> {
    let aggregator = |dice: &mut Dice| dice.pick(&[AGENTS, AGENTS + 1]);
    let agent = |dice: &mut Dice| dice.pick(&[0, 1, 2, 3, 4]);
    let mut deck = Vec::new();
    for _ in 0..2 {
        deck.push((Event::Killed(agent(dice)), dice.between(100, 3000)));
    }
    deck.push((Event::Killed(aggregator(dice)), dice.between(100, 3000)));
    for moment in [Moment::Sent, Moment::Answered] {
        deck.push((Event::Caught(aggregator(dice), moment), dice.between(3000, 8000)));
    }
    deck.push((Event::Stopped(agent(dice)), dice.between(500, 15_000)));
    deck.push((Event::Stopped(aggregator(dice)), dice.between(500, 4000)));
    // Longer than a Lease lasts, or than one is held that cannot be renewed.
    let away = dice.pick(&[Event::Stopped, |who| Event::Api(who, Mode::Closed)]);
    deck.push((away(aggregator(dice)), dice.between(11_000, 20_000)));
    if has_clocks {
        for who in [agent(dice), aggregator(dice)] {
            let seconds = dice.pick(&[-86_400, -3600, -30, 30, 3600, 86_400]);
            deck.push((Event::Clock(who, seconds), dice.between(1000, 8000)));
        }
    }
    deck
}

/// How an API server may be, and AIOS's services where they are asked the same way.
const WAYS: [Mode; 10] = [
    Mode::Closed,
    Mode::Slow(Duration::from_hours(1)),
    Mode::Slow(Duration::from_millis(1500)),
    Mode::Half,
    Mode::Status(500),
    Mode::Status(503),
    Mode::Throttle(1),
    Mode::Conflict,
    Mode::Gone,
    Mode::Cut(Duration::from_millis(300)),
];

/// How many of them make sense for AIOS.
const AIOS_WAYS: usize = 6;

fn of_ways(dice: &mut Dice) -> Vec<(Event, u64)> {
    let api = WAYS.map(|mode| {
        let who = dice.between(0, u64::try_from(AGENTS + AGGREGATORS).unwrap() - 1);
        (Event::Api(usize::try_from(who).unwrap(), mode), dice.between(500, 4000))
    });
    let leader = |dice: &mut Dice| dice.pick(&[AGENTS, AGENTS + 1]);
    let aios = [(); 3].map(|()| {
        let (who, mode) = (leader(dice), dice.pick(&WAYS[..AIOS_WAYS]));
        (Event::Aios(who, mode), dice.between(300, 2000))
    });
    [&api[..], &aios[..]].concat()
}

/// How many of AIOS's faults come before any comes again.
const FAULTS: usize = 5;

fn of_aios(dice: &mut Dice) -> Vec<(Event, u64)> {
    let moment = |dice: &mut Dice| Duration::from_millis(dice.between(100, 3000));
    let mut faults = [
        Fault::GatewayDown,
        Fault::RegistryDown,
        Fault::DatabaseDown { after: Duration::from_millis(500) },
        Fault::DelayRequest(moment(dice)),
        Fault::DelayAnswer(moment(dice)),
        Fault::Reset,
        Fault::LoseAnswer,
        Fault::LoseAnswer,
        Fault::CutBody,
        Fault::Html { status: 502 },
    ];
    // Mostly it is well, or nothing would ever be written.
    dice.shuffle(&mut faults);
    let faults = faults.into_iter().take(FAULTS);
    let mut deck: Vec<_> =
        faults.map(|fault| (Event::Fault(fault), dice.between(300, 1500))).collect();
    let service = dice.pick(&[Service::Gateway, Service::Parser]);
    deck.push((Event::Gone(service), dice.between(300, 2000)));
    let number = dice.between(1, 1_000_000);
    for edit in [
        json!({ "config.urlMap.publicGateway": format!("http://{number}") }),
        json!({ "clusterMetadata.theirs": number }),
        json!({ "nodes.nodeData.0.nodeMetadata.theirs": number }),
    ] {
        deck.push((Event::Others(Change::Edit(edit)), 0));
    }
    deck
}

async fn the_same_seed_has_the_same_storm(_: Arc<Environment>) {
    let length = Duration::from_mins(1);
    let storm = script(7, length, true);
    assert_eq!(storm, script(7, length, true));
    assert_ne!(storm, script(8, length, true));
    assert!(storm.iter().all(|entry| entry.at < length) && storm.len() > 40, "{}", storm.len());
    let has_clock = |storm: &[Entry]| storm.iter().any(|it| matches!(it.event, Event::Clock(..)));
    assert!(has_clock(&storm) && !has_clock(&script(7, length, false)));
}

async fn whatever_is_hit_is_left_alone_until_that_is_over(_: Arc<Environment>) {
    let storm = script(7, Duration::from_mins(5), true);
    for (place, entry) in storm.iter().enumerate() {
        let end = entry.is_over_at();
        let meanwhile = storm[place + 1..].iter().take_while(|later| later.at <= end);
        for later in meanwhile {
            assert_ne!(entry.event.hits(), later.event.hits(), "{entry:?} {later:?}");
        }
    }
}
