//! A container that has the host's /proc and /sys mounted elsewhere, in a network of its own.

use std::process::Command;

use crate::support::agent::{self, Run};

pub fn is_read_as_it_is() {
    let on_host = Run::of(agent::command().args(["--dump", "--detail"])).json();
    let folder = tempfile::tempdir().unwrap();
    let script = "set -e
        mkdir proc sys
        mount --rbind /proc proc
        mount --rbind /sys sys
        exec \"$0\" --dump --detail --root .";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "sh", "-c", script, agent::PATH]).current_dir(folder.path());
    let run = Run::of(&mut command);
    let mounted = run.json();
    assert_eq!(mounted["nodeData"], on_host["nodeData"], "{}", run.stderr);
    assert_eq!(mounted["devices"], on_host["devices"]);
    assert_eq!(mounted["probes"], on_host["probes"]);
}
