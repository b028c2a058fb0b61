//! `explain` says what the programs' words mean.

use inventory_common::{GpuState, Rule};

use crate::run::Run;
use crate::scene::aggregator;

fn explained(args: &[&str]) -> Run {
    Run::of(aggregator().arg("explain").args(args))
}

#[test]
fn without_a_word_every_word_is_listed() {
    let run = explained(&[]);
    assert_eq!((run.exit, run.stderr.as_str()), (0, ""));
    let names: Vec<&str> =
        run.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for rule in Rule::ALL {
        assert!(names.contains(&rule.id()), "{rule}");
    }
    for name in ["gpu-lost", "no-link", "partial", "SpeedsKnown", "SpeedUnknown", "IdTaken", "130"]
    {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn a_word_is_explained_with_where_it_comes_from_and_what_to_do() {
    let run = explained(&["library-missing"]);
    assert_eq!(run.exit, 0);
    for word in ["GPU state", "nvml-library", GpuState::LibraryMissing.meaning()] {
        assert!(
            run.stdout.split_whitespace().collect::<Vec<_>>().join(" ").contains(word),
            "{run:?}"
        );
    }
}

#[test]
fn a_word_that_is_two_things_is_explained_as_both() {
    let run = explained(&["absent", "--format", "json"]);
    let topics = run.json();
    assert_eq!([&topics[0]["group"], &topics[1]["group"]], ["outcome", "cause"]);
    assert!(topics.get(2).is_none(), "{topics}");
}

#[test]
fn a_word_that_nobody_knows_is_told_with_the_nearest() {
    let run = explained(&["removeable"]);
    assert_eq!((run.exit, run.stdout.as_str()), (2, ""));
    assert_eq!(run.stderr, "error: nothing is known of 'removeable': did you mean 'removable'?\n");
    let run = explained(&["\u{1b}[2Jxyzzy"]);
    assert_eq!((run.exit, run.stderr.lines().count()), (2, 1));
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
}
