//! What the program's own file and process keep from whoever would misuse them.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::elf;
use crate::run::Run;
use crate::scene::{Scene, inventory};

#[test]
fn the_program_is_loaded_so_that_a_slip_is_hard_to_use() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_inventory-aggregator")).unwrap();
    assert_eq!(elf::lacks(&program), [""; 0]);
}

/// Whether the program leaves a core when it is told to. It waits for its standard input until then.
fn leaves_a_core(program: &str, args: &[&str], folder: &Path) -> bool {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -c unlimited; exec \"$0\" \"$@\"", program]).args(args);
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let is_it = || {
        let name = std::fs::read_to_string(format!("/proc/{}/comm", child.id())).unwrap();
        program.ends_with(name.trim()) || program.contains(&format!("/{}", name.trim()))
    };
    while !is_it() {
        std::thread::yield_now();
    }
    // It asks for the file that is not there once it has begun in earnest.
    std::thread::sleep(std::time::Duration::from_millis(500));
    kill_process(Pid::from_child(&child), Signal::ABORT).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(Signal::ABORT.as_raw()), "{status}");
    status.core_dumped()
}

#[test]
fn a_crash_leaves_no_core_with_credentials_in_it() {
    let scene = Scene::new(&[]);
    let folder = scene.folder.path();
    if !leaves_a_core("/bin/cat", &[], folder) {
        println!("not seen: this machine keeps no cores");
        return;
    }
    let program = env!("CARGO_BIN_EXE_inventory-aggregator");
    assert!(!leaves_a_core(program, &["document", "--profile", "p.yaml", "-"], folder));
}

#[test]
fn a_document_with_a_join_command_is_its_owner_s_alone() {
    let mode = |profile: &str| {
        let scene = Scene::new(&[("a.json", inventory("a", 1).to_string())]);
        scene.write("p.yaml", profile);
        let run: Run = scene.document(&["--output", "c.json", "a.json"]);
        assert_eq!(run.exit, 0, "{run:?}");
        std::fs::metadata(scene.path("c.json")).unwrap().permissions().mode() & 0o077
    };
    let profile =
        "id: c\nregionId: r\nclusterMetadata: {additionalInfo: {owner: me, KEY: s3cr3t-join}}\n";
    assert_eq!(mode(&profile.replace("KEY", "joinCommand")), 0);
    assert_ne!(mode(&profile.replace("KEY", "remark")), 0);
}
