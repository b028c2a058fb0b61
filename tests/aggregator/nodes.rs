//! What `nodes` lists, whatever is missing.

use serde_json::json;

use crate::run::Run;
use crate::scene::{Scene, inventory, node};
use crate::terminal::Terminal;

fn nodes(scene: &Scene, args: &[&str]) -> Run {
    Run::of(scene.command(&["nodes"]).args(args))
}

#[test]
fn nodes_are_listed_from_dumps_of_either_kind() {
    let scene = Scene::new(&[
        ("a", inventory("a-1", 1024).to_string()),
        ("b", node("b-2", 2048).to_string()),
    ]);
    let run = nodes(&scene, &["a", "b"]);
    assert_eq!((run.exit, run.stderr.as_str()), (0, ""));
    let expected = "\
NODE   STATE   GPUS  MODELS  GPU MEMORY  VCPUS  MEMORY  DISKS  DISK SIZE  NICS  BANDWIDTH
a-1    whole      1  V100        16 GiB     16   1 GiB      1    512 GiB     1   5 Gbit/s
b-2    whole      1  V100        16 GiB     16   2 GiB      1    512 GiB     1   5 Gbit/s
total  2 of 2     2              32 GiB     32   3 GiB      2      1 TiB     2  10 Gbit/s
";
    assert_eq!(run.stdout, expected);
    let run = nodes(&scene, &["a", "b", "--node", "b-2", "--format", "json"]);
    let value = run.json();
    assert_eq!(value["nodes"].as_array().unwrap().len(), 1, "{value}");
    assert_eq!(value["nodes"][0]["figures"]["memoryMib"], 2048);
    assert_eq!(value["totals"]["figures"]["memoryMib"], 3072, "the totals are the cluster's");
}

#[test]
fn what_is_missing_or_unknown_is_listed_and_stops_nothing() {
    let mut dark = inventory("a", 1);
    dark["unknowns"] = json!([{ "field": "network.txBandwidth", "device": "eth0" }]);
    let scene = Scene::new(&[("a", dark.to_string()), ("b", inventory("b", 1).to_string())]);
    let run = nodes(&scene, &["a", "b", "--expect-nodes", "3", "--trouble"]);
    assert_eq!(run.exit, 0, "{run:?}");
    assert_eq!(run.stdout.lines().count(), 3, "{run:?}");
    for word in ["a      partial", "≥ 5 Gbit/s", "total  1 of 3"] {
        assert!(run.stdout.contains(word), "{word}: {run:?}");
    }
    let lines: Vec<&str> = run.stderr.lines().collect();
    let [missing, dark] = lines.as_slice() else { panic!("{run:?}") };
    assert!(missing.starts_with("warning: 1 of 3 expected nodes has no inventory"), "{run:?}");
    assert!(dark.contains("the link speed of 'eth0' is unknown"), "{run:?}");
}

#[test]
fn what_cannot_be_read_or_is_not_there_is_one_line() {
    let scene = Scene::new(&[("odd", "{nope".to_owned()), ("a", inventory("a", 1).to_string())]);
    for (args, exit, words) in [
        (&["odd"][..], 1, "'odd': line 1 column 2: "),
        (&["a", "--node", "b"], 1, "there is no node 'b'"),
        (&["--kubeconfig", "none.yaml"], 1, "no DUMP is given, and the cluster cannot be read"),
        (&["a", "--watch"], 2, "'--watch'"),
        (&["--watch", "--every", "0"], 2, "'--every <SECONDS>'"),
    ] {
        let run = nodes(&scene, args);
        assert_eq!((run.exit, run.stdout.as_str()), (exit, ""), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains(words), "{run:?}");
    }
}

#[test]
fn only_a_terminal_that_wants_it_gets_color() {
    let scene = Scene::new(&[("a", inventory("a", 1).to_string())]);
    let escapes = |text: &str| text.contains('\u{1b}');
    assert!(!escapes(&nodes(&scene, &["a"]).stdout));
    assert!(escapes(&nodes(&scene, &["a", "--color", "always"]).stdout));
    let at_terminal = |set: &[(&str, &str)]| {
        let mut command = scene.command(&["nodes", "a"]);
        let mut terminal = Terminal::start_with(&mut command, set);
        assert_eq!(terminal.ends(), 0);
        terminal.sees("total");
        terminal.shown()
    };
    assert!(escapes(&at_terminal(&[])));
    assert!(!escapes(&at_terminal(&[("NO_COLOR", "1")])));
}
