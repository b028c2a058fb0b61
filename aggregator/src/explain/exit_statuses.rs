//! How the programs end.

use super::topic::{Group, Told, Topic};
use crate::exit::Ended;

pub fn topics() -> Vec<Topic> {
    let of_aggregator = |(ended, told): &(Ended, Told)| (ended.status(), AGGREGATOR, *told);
    let of_agent = |(status, told): &(u8, Told)| (*status, AGENT, *told);
    let all = AGGREGATORS.iter().map(of_aggregator).chain(AGENTS.iter().map(of_agent));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(status, ..)| *status);
    all.into_iter().map(|(status, of, told)| topic(status, of, told)).collect()
}

fn topic(status: u8, of: &'static str, told: Told) -> Topic {
    let name = NAMES.iter().find(|(of, _)| *of == status).map_or("", |(_, name)| name);
    Topic::new(Group::ExitStatus, name, told).of([of])
}

const AGGREGATOR: &str = "inventory-aggregator";
const AGENT: &str = "inventory-agent";

const NAMES: [(u8, &str); 8] =
    [(0, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5"), (6, "6"), (130, "130")];

/// What each of the aggregator's means.
const AGGREGATORS: [(Ended, Told); 8] = [
    (
        Ended::Done,
        Told {
            meaning: "done; diff: the same; preflight and endpoints: all is as it should be; infra status: all of it is there",
            source: ENDED,
            remedy: "",
        },
    ),
    (
        Ended::Failed,
        Told {
            meaning: "failed here and not at AIOS, or a person said no; preflight and endpoints: something is not as it must be",
            source: ENDED,
            remedy: LINE,
        },
    ),
    (
        Ended::Misused,
        Told {
            meaning: "the command line cannot be meant: a word that nobody knows, plain http without --allow-http, nobody to ask",
            source: ENDED,
            remedy: LINE,
        },
    ),
    (
        Ended::Different,
        Told {
            meaning: "diff: different; preflight and endpoints: nothing fails, and something was not tried or wants a look; infra: only a part is there or gone",
            source: ENDED,
            remedy: "the output says what",
        },
    ),
    (
        Ended::Refused,
        Told {
            meaning: "AIOS refused, or its task failed",
            source: ENDED,
            remedy: "standard error has its words; without any, who runs the network sees why in the registry's log",
        },
    ),
    (
        Ended::Unreachable,
        Told {
            meaning: "AIOS could not be reached, made no sense, or took too long",
            source: ENDED,
            remedy: "run it again: what AIOS has already is not sent twice",
        },
    ),
    (
        Ended::NotCovered,
        Told {
            meaning: "not every node is there and fully known, so nothing was printed or sent",
            source: ENDED,
            remedy: "standard error names each node with what to do; document has --allow-partial",
        },
    ),
    (
        Ended::Interrupted,
        Told {
            meaning: "whoever ran it ended it before its end (Ctrl-C)",
            source: ENDED,
            remedy: "run it again: what AIOS has already is not sent twice",
        },
    ),
];

/// What each of the agent's means.
const AGENTS: [(u8, Told); 4] = [
    (
        0,
        Told {
            meaning: "done: --dump printed a whole inventory, capture saved a whole one, the daemon was told to end",
            source: AGENT_ENDED,
            remedy: "",
        },
    ),
    (1, Told { meaning: "nothing could be done", source: AGENT_ENDED, remedy: LINE }),
    (2, Told { meaning: "the command line cannot be meant", source: AGENT_ENDED, remedy: LINE }),
    (
        3,
        Told {
            meaning: "done, and something could not be read: figures that are less than the truth are named",
            source: AGENT_ENDED,
            remedy: "standard error names each; --dump --explain has the reasons",
        },
    ),
];

const ENDED: &str = "the process; each command's --help has its own words";
const AGENT_ENDED: &str = "the process";
const LINE: &str = "standard error has one line that says what, where and what to do";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_way_to_end_is_told() {
        let told: BTreeSet<u8> = AGGREGATORS.iter().map(|(ended, _)| ended.status()).collect();
        let ends: BTreeSet<u8> = Ended::ALL.iter().map(|ended| ended.status()).collect();
        assert_eq!(told, ends);
        assert!(topics().iter().all(|topic| !topic.name.is_empty()));
    }

    #[test]
    fn the_agent_s_are_those_of_its_code() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../agent/src/exit.rs");
        let text = std::fs::read_to_string(file).unwrap();
        let numbers = text.lines().filter_map(|line| {
            let (_, number) = line.strip_prefix("const ")?.split_once(": u8 = ")?;
            number.trim_end_matches(';').parse().ok()
        });
        let code: BTreeSet<u8> = numbers.chain([0]).collect();
        assert_eq!(code, AGENTS.iter().map(|(status, _)| *status).collect());
    }
}
