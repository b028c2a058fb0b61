//! Bad usage gets one clear line and the right exit status.

use std::process::Stdio;

use crate::support::agent::{Run, command};

fn run(args: &[&str]) -> Run {
    Run::of(command().args(args))
}

/// Nothing on standard output, and one line with all of `words` on standard error.
fn refuses(args: &[&str], exit: i32, words: &[&str]) {
    let run = run(args);
    assert_eq!(run.exit, exit, "{args:?}: {run:?}");
    assert_eq!(run.stdout, "", "{args:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{args:?}: {}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "{args:?}: no {word:?} in {}", run.stderr);
    }
}

#[test]
fn a_root_that_is_no_host_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path().to_str().unwrap();
    refuses(&["--dump", "--root", "/no/such/root"], 1, &["'/no/such/root'", "No such file"]);
    refuses(&["--dump", "--root", empty], 1, &[empty, "neither 'proc' nor 'sys'"]);
    refuses(&["--dump", "--root", ""], 2, &["--root"]);
}

#[test]
fn a_root_with_either_of_proc_and_sys_is_a_host() {
    for folder in ["proc", "sys"] {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(folder)).unwrap();
        let run = run(&["--dump", "--root", root.path().to_str().unwrap()]);
        // It has none of the figures.
        assert_eq!(run.exit, 3, "{folder}: {run:?}");
    }
}

#[test]
fn a_table_has_colour_where_it_is_wanted() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("proc")).unwrap();
    let root = root.path().to_str().unwrap();
    for (color, has_colour) in [("always", true), ("never", false), ("auto", false)] {
        let run = run(&["--dump", "--root", root, "--format", "table", "--color", color]);
        assert_eq!(run.stdout.contains('\x1b'), has_colour, "{color}: {run:?}");
    }
}

#[test]
fn a_file_that_is_no_capture_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    refuses(&["--dump", "--root", path], 1, &[path]);
    std::fs::write(path, "no archive").unwrap();
    refuses(&["--dump", "--root", path], 1, &[path, "no usable capture"]);
}

#[test]
fn words_that_nobody_knows_are_refused() {
    refuses(&["--dump", "--frob"], 2, &["'--frob'", "--help"]);
    refuses(&["--dump", "--format", "xml"], 2, &["'xml'", "json, yaml, table"]);
    refuses(&["frob"], 2, &["'frob'"]);
    refuses(&["--detail"], 2, &["--dump"]);
}

#[test]
fn statements_that_state_nothing_are_refused() {
    refuses(&["--dump", "--link-speed", "eth0=fast"], 2, &["'eth0=fast'", "NAME=MBPS"]);
    refuses(&["--dump", "--link-speed", "eth0"], 2, &["NAME=MBPS"]);
    refuses(&["--dump", "--gpu-memory", "H100=0"], 2, &["MODEL=MIB"]);
    refuses(&["--dump", "--node-id", "a b"], 2, &["'a b'", "63"]);
}

#[test]
fn help_and_version_go_to_standard_output() {
    for args in [&["--help"][..], &["-h"], &["--version"], &["capture", "--help"]] {
        let run = run(args);
        assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(run.stdout.contains("inventory-agent"), "{args:?}");
    }
}

#[test]
fn without_a_cluster_the_daemon_says_what_to_give_it() {
    let nowhere = |command: &mut std::process::Command| {
        Run::of(command.env("KUBECONFIG", "/no/such/file").args(["--node-name", "n"]))
    };
    let run = nowhere(&mut command());
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{run:?}");
    assert!(run.stderr.contains("give --kubeconfig, or run in a pod"), "{run:?}");
    let run = nowhere(command().args(["--kubeconfig", "/no/such/kubeconfig"]));
    assert_eq!(run.exit, 1);
    assert!(run.stderr.contains("'/no/such/kubeconfig'"), "{run:?}");
    refuses(&["--interval", "0"], 2, &["'0'", "seconds"]);
    refuses(&["--interval", "soon"], 2, &["'soon'", "seconds"]);
    refuses(&["--log-level", "loud"], 2, &["'loud'"]);
}

#[test]
fn every_option_has_an_environment_name_and_help() {
    for args in [&["--help"][..], &["capture", "--help"]] {
        let help = run(args).stdout;
        let starts: Vec<usize> = help.match_indices("\n      --").map(|(at, _)| at).collect();
        assert!(!starts.is_empty(), "{help}");
        for (start, end) in starts.iter().zip(starts.iter().skip(1).chain([&help.len()])) {
            let option: Vec<&str> = help[*start..*end].split_whitespace().collect();
            // Kubernetes' users know NODE_NAME by this name.
            let option = option.join(" ");
            let has_name =
                ["[env: INVENTORY_", "[env: NODE_NAME="].map(|name| option.contains(name));
            assert!(has_name.contains(&true), "{option:?}");
            assert!(option.split(' ').count() > 4, "no help: {option:?}");
        }
    }
}

#[test]
fn options_can_come_from_the_environment() {
    let run = Run::of(command().arg("--dump").env("INVENTORY_NODE_ID", "from-env"));
    assert!(run.stdout.contains("\"id\": \"from-env\""), "{run:?}");
    let run = Run::of(command().arg("--dump").env("INVENTORY_FORMAT", "xml"));
    assert_eq!(run.exit, 2);
}

#[test]
fn a_reader_that_stops_early_ends_it_quietly() {
    let mut child = command()
        .args(["--dump", "--detail"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panic") && !stderr.contains("pipe"), "{stderr}");
    assert!(matches!(output.status.code(), Some(0 | 3)), "{:?}", output.status);
}

#[test]
fn shells_are_told_how_to_ask_and_how_a_line_goes_on() {
    for shell in ["bash", "zsh", "fish"] {
        let run = run(&["completions", shell]);
        assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{shell}");
        assert!(run.stdout.contains("inventory-agent"), "{run:?}");
    }
    refuses(&["completions", "tcsh"], 2, &["'tcsh'", "bash, zsh, fish"]);
    let asked = ["--", "inventory-agent", "capture", "--keep"];
    let run = Run::of(command().args(asked).env("INVENTORY_COMPLETE", "fish"));
    assert_eq!((run.exit, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("--keep-serials\t"), "{run:?}");
    let run = Run::of(command().arg("--version").env("INVENTORY_COMPLETE", "1"));
    assert!(run.stdout.starts_with("inventory-agent "), "the variable is another's: {run:?}");
}
