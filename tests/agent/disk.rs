//! Trees on disk are read as trees in memory are, whatever stands where a file should, and nothing
//! on disk makes the agent wait.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use inventory_agent::probe::Depth;
use inventory_common::Inventory;
use rustix::fs::{CWD, FileType, Mode};
use tempfile::TempDir;

use crate::robustness::{HOST, damaged, damages, files_read, read};
use crate::support::agent::{Run, command};
use crate::support::sketch;

/// The host on disk, with one file at a time replaced.
pub struct OnDisk(TempDir);

impl OnDisk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        sketch::write(&sketch::tree(HOST), folder.path());
        Self(folder)
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// Runs `test` while `replace` has put something else where `file` was.
    fn with(&self, file: &Path, replace: impl FnOnce(&Path), test: impl FnOnce(&Path)) {
        let parent = self.0.path().join(file.parent().unwrap()).canonicalize().unwrap();
        let at = parent.join(file.file_name().unwrap());
        let content = std::fs::read(&at).unwrap();
        std::fs::remove_file(&at).unwrap();
        replace(&at);
        test(self.0.path());
        let _gone_already = std::fs::remove_file(&at).or_else(|_| std::fs::remove_dir(&at));
        std::fs::write(&at, content).unwrap();
    }
}

#[test]
fn a_damaged_tree_on_disk_is_read_as_in_memory() {
    let host = OnDisk::new();
    for file in files_read(Depth::Figures) {
        // An error number takes a capture, which is read into memory anyway.
        let shapes =
            damages().into_iter().filter(|(name, _)| !name.starts_with('E') && *name != "huge");
        for (damage, node) in shapes {
            let replace = |at: &Path| node.iter().for_each(|node| sketch::put(node, at));
            host.with(&file, replace, |root| {
                let wanted = read(damaged(&file, node.as_ref()), Depth::Figures);
                let run = Run::detail(root, &["--node-id".to_owned(), "node".to_owned()]);
                let found: Inventory = serde_json::from_str(&run.stdout).unwrap();
                let context = format!("{} {damage}", file.display());
                assert_eq!(found.node_data, wanted.node_data, "{context}");
                assert_eq!(found.devices, wanted.devices, "{context}");
                assert_eq!(found.probes, wanted.probes, "{context}");
                let is_whole = wanted.probes.iter().all(|probe| probe.outcome.is_whole());
                assert_eq!(run.exit, if is_whole { 0 } else { 3 }, "{context}");
            });
        }
    }
}

#[test]
fn a_fifo_does_not_make_it_wait() {
    let host = OnDisk::new();
    let replace = |at: &Path| rustix::fs::mknodat(CWD, at, FileType::Fifo, Mode::RWXU, 0).unwrap();
    for file in files_read(Depth::Detail) {
        host.with(&file, replace, |root| {
            let mut command = command();
            command.args(["--dump", "--detail", "--root"]).arg(root);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let exit = ended(command.spawn().unwrap(), &file);
            assert!([0, 3].contains(&exit), "{}: {exit}", file.display());
        });
    }
}

/// The exit status of a child that ends by itself; one that hangs is killed, and fails the test.
fn ended(mut child: Child, file: &Path) -> i32 {
    let patience = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap();
        }
        if Instant::now() > patience {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("hangs on {}", file.display());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn links_do_not_lead_out_of_the_root() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("size"), "2097152\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tree = format!("{HOST}\nsys/block/sdz -> {}\n", outside.path().display());
    sketch::write(&sketch::tree(&tree), folder.path());
    let run = Run::detail(folder.path(), &[]);
    assert_eq!(run.exit, 3, "{run:?}");
    assert!(run.stderr.contains("'sdz': sys/block/sdz does not exist"), "{}", run.stderr);
}
