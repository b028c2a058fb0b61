//! Bad usage gets one clear line and the right exit status.

use std::process::Stdio;

use crate::run::Run;
use crate::scene::{Scene, aggregator, inventory};

fn refuses(args: &[&str], words: &[&str]) {
    let run = Run::of(aggregator().args(args));
    assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{args:?}: {run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{args:?}: {}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "{args:?}: no {word:?} in {}", run.stderr);
    }
}

#[test]
fn words_that_nobody_knows_are_refused() {
    refuses(&["frob"], &["'frob'", "--help"]);
    refuses(&["document", "--frob"], &["'--frob'"]);
    refuses(&["document"], &["--profile <FILE>"]);
    refuses(&["document", "d.json"], &["--profile <FILE>"]);
    let document = ["document", "--profile", "p", "d"];
    for (option, value) in [
        ("--format", "xml"),
        ("--expect-nodes", "0"),
        ("--expect-nodes", "-1"),
        ("--node-selector", "gpu"),
    ] {
        refuses(&[&document[..], &[option, value]].concat(), &[value, option]);
    }
    refuses(&["report", "--format", "json"], &["'--format'"]);
    for (option, value) in [("--expect-nodes", "0"), ("--node-selector", "gpu")] {
        refuses(&["report", "d", option, value], &[value, option]);
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for args in [&["--help"][..], &["-h"], &["--version"], &["document", "--help"]] {
        let run = Run::of(aggregator().args(args));
        assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(run.stdout.contains("inventory-aggregator"), "{args:?}");
    }
    let run = Run::of(&mut aggregator());
    assert_eq!(run.exit, 2);
    assert!(run.stderr.contains("Usage:"), "{run:?}");
}

#[test]
fn every_option_has_an_environment_name_and_help() {
    let commands =
        ["document", "preflight", "endpoints", "reach", "explain", "nodes", "report", "onboard"];
    for command in commands {
        let help = Run::of(aggregator().args([command, "--help"])).stdout;
        let starts: Vec<usize> = help.match_indices("\n      --").map(|(at, _)| at).collect();
        assert!(starts.len() > 2, "{help}");
        for (start, end) in starts.iter().zip(starts.iter().skip(1).chain([&help.len()])) {
            let option: Vec<&str> = help[*start..*end].split_whitespace().collect();
            assert!(option.join(" ").contains("[env: INVENTORY_"), "{command}: {option:?}");
            assert!(option.len() > 4, "{command}: no help: {option:?}");
        }
    }
}

#[test]
fn what_runs_in_pods_alone_is_not_offered_to_people() {
    let help = Run::of(aggregator().arg("--help")).stdout;
    assert!(help.contains("\n  preflight ") && !help.contains("\n  reach"), "{help}");
}

#[test]
fn options_can_come_from_the_environment() {
    let scene = Scene::new(&[("d.json", inventory("a", 1).to_string())]);
    let run = Run::of(scene.command(&["document", "d.json"]).env("INVENTORY_PROFILE", "p.yaml"));
    assert_eq!(run.json()["id"], "c", "{run:?}");
    let mut command = scene.command(&["document", "--profile", "p.yaml", "d.json"]);
    assert_eq!(Run::of(command.env("INVENTORY_EXPECT_NODES", "2")).exit, 6);
    assert_eq!(Run::of(command.env("INVENTORY_ALLOW_PARTIAL", "true")).exit, 0);
}

#[test]
fn a_reader_that_stops_early_ends_it_quietly() {
    let lines: Vec<String> =
        (0..2000).map(|n| inventory(&format!("n{n}"), 1).to_string()).collect();
    let scene = Scene::new(&[("lines", lines.join("\n"))]);
    let mut command = scene.command(&["document", "--profile", "p.yaml", "lines"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panic") && !stderr.contains("pipe"), "{stderr}");
    assert_eq!(output.status.code(), Some(0));
}
