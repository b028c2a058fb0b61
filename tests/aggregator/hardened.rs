//! What the program's own file and process keep from whoever would misuse them.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::elf;
use crate::run::Run;
use crate::scene::{Scene, inventory};

#[test]
fn the_program_is_loaded_so_that_a_slip_is_hard_to_use() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_inventory-aggregator")).unwrap();
    assert_eq!(elf::lacks(&program), [""; 0]);
    // One that is linked to a fixed address (ET_EXEC) is told.
    let mut fixed = program;
    fixed[16] = 2;
    assert_eq!(elf::lacks(&fixed), ["an address that changes (PIE)"]);
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

/// What an image may have in it beside the folders: programs, libraries, names, certificates, and whose they are.
const PLACES: [&str; 5] = ["usr/bin", "usr/lib", "etc", "usr/share/doc", "var/lib/dpkg/status.d"];

/// The files below a folder, by their paths from there.
fn files(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| {
        if path.is_dir() && !path.is_symlink() { files(root, &path) } else { vec![path] }
    });
    files.map(|path| path.strip_prefix(root).map(Path::to_owned).unwrap_or(path)).collect()
}

#[test]
fn the_image_has_two_programs_and_what_they_need() {
    if !Path::new("/usr/share/ca-certificates/mozilla").exists() {
        println!("not seen: this is no Debian with ca-certificates");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    let aggregator = Path::new(env!("CARGO_BIN_EXE_inventory-aggregator"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/root");
    let run = Run::of(Command::new(script).arg(&root).arg(aggregator));
    assert_eq!(run.exit, 0, "{run:?}");
    let files = files(&root, &root);
    let in_folder = |name: &str| files.iter().filter(move |path| path.starts_with(name)).count();
    assert_eq!(in_folder("usr/bin"), 1, "{files:?}");
    for file in files.iter().filter(|file| !["lib", "lib64"].contains(&file.to_str().unwrap())) {
        let is_known = PLACES.iter().any(|place| file.starts_with(place));
        let is_loader = file.starts_with("usr/lib64");
        assert!(is_known || is_loader, "{}", file.display());
        let mode = std::fs::symlink_metadata(root.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o6022, 0, "{}: {mode:o}", file.display());
    }
    assert!(in_folder("etc/ssl") == 1 && in_folder("var/lib/dpkg/status.d") > 1, "{files:?}");
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
