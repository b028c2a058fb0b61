//! Completions, and kubectl's plugin.

use std::os::unix::fs::symlink;
use std::process::Command;

use tempfile::TempDir;

use crate::run::{self, Run};

/// A folder with the aggregator in it under these names.
fn named(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        symlink(env!("CARGO_BIN_EXE_inventory-aggregator"), folder.path().join(name)).unwrap();
    }
    folder
}

/// The aggregator, called by this name.
fn called(name: &str, args: &[&str]) -> Run {
    let folder = named(&[name]);
    Run::of(run::command(folder.path().join(name).to_str().unwrap()).args(args))
}

/// bash, which finds the aggregator under these names.
fn bash(names: &[&str], script: &str) -> Run {
    let folder = named(names);
    let path = std::env::var("PATH").unwrap();
    let mut command: Command = run::command("bash");
    command.args(["--norc", "-c", script]);
    command.env("PATH", format!("{}:{path}", folder.path().display()));
    Run::of(&mut command)
}

#[test]
fn as_kubectl_s_plugin_its_usage_says_what_is_typed() {
    for (args, usage) in [
        (&["--help"][..], "Usage: kubectl aios [OPTIONS] <COMMAND>\n"),
        (&["diff", "--help"], "Usage: kubectl aios diff [OPTIONS]"),
        (&["infra", "create", "--help"], "Usage: kubectl aios infra create [OPTIONS]"),
    ] {
        let run = called("kubectl-aios", args);
        assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(run.stdout.contains(usage), "{args:?}: {}", run.stdout);
    }
    let run = called("kubectl-aios", &["explain", "optical"]);
    assert_eq!(run.exit, 0, "{run:?}");
    let run = called("inventory-aggregator", &["--help"]);
    assert!(run.stdout.contains("Usage: inventory-aggregator [OPTIONS] <COMMAND>\n"));
}

#[test]
fn kubectl_is_told_how_a_command_line_may_go_on() {
    let run = called("kubectl_complete-aios", &["infra", "cr"]);
    assert_eq!((run.exit, run.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(
        matches!(lines.as_slice(), [create, ":4"] if create.starts_with("create\t")),
        "{run:?}"
    );
}

/// Completes the last of some words as bash does, and prints what it is offered.
const COMPLETE: &str = r#"
source <("$1" completions bash)
function=$(complete -p "$1" | sed 's/.*-F \([^ ]*\).*/\1/')
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9 COMPREPLY=()
$function "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
echo "${COMPREPLY[*]}"
"#;

#[test]
fn bash_completes_commands_options_and_values() {
    for (line, offered) in [
        ("inventory-aggregator onb", "onboard"),
        ("inventory-aggregator infra cr", "create"),
        ("inventory-aggregator diff --form", "--format"),
        ("inventory-aggregator diff --format ''", "table json"),
        ("inventory-aggregator explain gpu-", "gpu-lost"),
        ("inventory-aggregator no-such-command x", ""),
        ("kubectl-aios infra cr", "create"),
    ] {
        let names = ["inventory-aggregator", "kubectl-aios"];
        let run = bash(&names, &format!("set -- {line}\n{COMPLETE}"));
        assert_eq!((run.stdout.trim(), run.stderr.as_str()), (offered, ""), "{line}");
    }
}

#[test]
fn a_variable_of_another_s_changes_nothing() {
    let folder = named(&["inventory-aggregator"]);
    let path = folder.path().join("inventory-aggregator");
    for value in ["", "1", "no-shell"] {
        let mut command = run::command(path.to_str().unwrap());
        let run = Run::of(command.arg("--version").env("INVENTORY_COMPLETE", value));
        assert!(run.stdout.starts_with("inventory-aggregator "), "{value:?}: {run:?}");
    }
}
