//! What AIOS may answer when a cluster is submitted: how that ends, what is said, what is stored.

use std::time::Duration;

use fake_aios::{FakeAios, Fault, FaultRule, Policy, PolicyAction, Route, Service};

use super::stage::{Stage, ends};

/// Whether AIOS has the cluster afterwards.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stored {
    Whole,
    Nothing,
}

use Stored::{Nothing, Whole};

/// What is prepared, the arguments, the exit status, the words for whoever ran it, what is stored.
type Case =
    (&'static str, fn(&FakeAios), &'static [&'static str], i32, &'static [&'static str], Stored);

fn on_create(aios: &FakeAios, fault: Fault) {
    let rule: FaultRule = fault.always().at(Service::Parser).on(Route::Create);
    aios.inject(rule);
}

const SHORT: Duration = Duration::from_millis(20);

const CASES: &[Case] = &[
    ("accepted", |_| (), &[], 0, &["note: AIOS has cluster 'c' with 2 nodes\n"], Whole),
    (
        "refused by policy",
        |aios| aios.set_policy(PolicyAction::CreateCluster, Some(Policy::Deny("too old".into()))),
        &[],
        4,
        &["refused: the network's policy does not allow it", "too old"],
        Nothing,
    ),
    (
        "a policy that is broken",
        |aios| aios.set_policy(PolicyAction::CreateCluster, Some(Policy::Raise)),
        &[],
        4,
        &["refused: the network's policy"],
        Nothing,
    ),
    (
        "a policy that cannot be run",
        |aios| aios.set_policy(PolicyAction::CreateCluster, Some(Policy::ExecutorDown)),
        &[],
        5,
        &["a part of AIOS is down: try again later"],
        Nothing,
    ),
    (
        "refused by the registry",
        // A database that only fails to store is one: the text is the same.
        |aios| on_create(aios, Fault::DatabaseDown { after: SHORT }),
        &[],
        4,
        &["AIOS has refused the cluster, and does not say why: ask whoever runs the network"],
        Nothing,
    ),
    (
        "a database that was down while it was sent",
        |aios| aios.inject(Fault::DatabaseDown { after: SHORT }.once().at(Service::Parser)),
        &[],
        0,
        &["AIOS has cluster 'c' with 2 nodes"],
        Whole,
    ),
    (
        "the bare form",
        |_| (),
        &["--bare"],
        4,
        &["this Parser takes the document in its envelope only: leave --bare out", "'body'"],
        Nothing,
    ),
    (
        "the gateway is down",
        |aios| aios.stop(Service::Gateway),
        &[],
        5,
        &["no connection, and nothing was sent: ", "check the address, and that AIOS runs there"],
        Nothing,
    ),
    (
        "the Parser is down",
        |aios| aios.stop(Service::Parser),
        &[],
        5,
        &["/api/createCluster: no connection, and nothing was sent: "],
        Nothing,
    ),
    (
        "the Parser does not reach the gateway",
        |aios| on_create(aios, Fault::GatewayDown),
        &[],
        5,
        &["/api/createCluster: a part of AIOS is down: try again later"],
        Nothing,
    ),
    (
        "the registry is down",
        |aios| aios.stop(Service::Registry),
        &[],
        5,
        &["a part of AIOS is down: try again later"],
        Nothing,
    ),
    (
        "the database is down",
        |aios| aios.inject(Fault::DatabaseDown { after: SHORT }),
        &[],
        5,
        &["/clusters/read/c: a part of AIOS is down: try again later"],
        Nothing,
    ),
    (
        "the Parser is not set up for it",
        |aios| on_create(aios, Fault::TaskDatabase),
        &[],
        4,
        &["this service does nothing of the kind as it was set up"],
        Nothing,
    ),
    (
        "the connection is reset",
        |aios| on_create(aios, Fault::Reset),
        &[],
        5,
        &["the connection ended before there was a whole answer", "does not have it: submit again"],
        Nothing,
    ),
    (
        "the answer is lost",
        |aios| on_create(aios, Fault::LoseAnswer),
        &[],
        0,
        &["AIOS has cluster 'c' with 2 nodes"],
        Whole,
    ),
    (
        "the answer is cut",
        |aios| on_create(aios, Fault::CutBody),
        &[],
        0,
        &["AIOS has cluster 'c' with 2 nodes"],
        Whole,
    ),
    (
        "a timeout before the commit",
        |aios| on_create(aios, Fault::Hang),
        &["--timeout", "1"],
        5,
        &["no whole answer within 1 s", "does not have it: submit again"],
        Nothing,
    ),
    (
        "a timeout after the commit",
        |aios| on_create(aios, Fault::DelayAnswer(Duration::from_mins(1))),
        &["--timeout", "1"],
        0,
        &["AIOS has cluster 'c' with 2 nodes"],
        Whole,
    ),
    (
        "slow bytes",
        |aios| aios.inject(Fault::Slow { piece: 200, pause: Duration::from_millis(1) }),
        &[],
        0,
        &["AIOS has cluster 'c' with 2 nodes"],
        Whole,
    ),
    (
        "bytes that are too slow",
        |aios| on_create(aios, Fault::Slow { piece: 1, pause: Duration::from_secs(10) }),
        &["--timeout", "1"],
        0,
        &["AIOS has cluster 'c' with 2 nodes"],
        Whole,
    ),
    (
        "a redirect",
        |aios| {
            let location = "https://login.example/here?secret=1".to_owned();
            on_create(aios, Fault::Redirect { status: 307, location });
        },
        &[],
        5,
        &[
            "what answers is not AIOS: it answers 307 and points to 'https://login.example/here': check the address",
        ],
        Nothing,
    ),
    (
        "a page of a proxy that looks like success",
        |aios| on_create(aios, Fault::Html { status: 200 }),
        &[],
        5,
        &["what answers is not AIOS: it answers 200 with an HTML page: check the address"],
        Nothing,
    ),
    (
        "a page of a proxy that finds nobody behind it",
        |aios| on_create(aios, Fault::Html { status: 502 }),
        &[],
        5,
        &["a part of AIOS is down: try again later; its words: \"502 Bad Gateway\""],
        Nothing,
    ),
    (
        "what is read back is a page of a proxy",
        |aios| aios.inject(Fault::Html { status: 200 }.always().at(Service::Gateway)),
        &[],
        5,
        &["/clusters/read/c: what answers is not AIOS"],
        Nothing,
    ),
];

#[test]
fn each_answer_is_read_for_what_it_is() {
    for (name, prepare, args, exit, words, stored) in CASES {
        let stage = Stage::new();
        prepare(&stage.aios);
        let run = stage.submit(args);
        println!("{name}: {run:?}");
        ends(&run, *exit, words);
        assert_eq!((run.stdout.as_str(), run.stderr.lines().count()), ("", 1), "{name}");
        assert_eq!(stage.aios.stored("c").is_some(), *stored == Whole, "{name}");
        if *stored == Whole {
            stage.aios.clear_faults();
            stage.is_true();
        }
    }
}
