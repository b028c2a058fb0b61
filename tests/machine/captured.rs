//! This machine, captured: the capture is this machine for whoever reads it elsewhere.

use std::path::Path;
use std::process::Command;

use crate::nobody;
use crate::support::agent::{self, Run};

/// What is asked of the machine and of its capture.
const QUESTIONS: [&[&str]; 3] =
    [&["--dump"], &["--dump", "--detail"], &["--dump", "--detail", "--count-remote-disks"]];

pub fn is_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    gives_the_same(folder.path(), agent::command);
}

/// What only root may read is captured as just that.
pub fn by_nobody_is_what_nobody_sees() {
    let folder = nobody::folder();
    let open = folder.path().join("open");
    std::fs::create_dir(&open).unwrap();
    nobody::own(&open);
    gives_the_same(&open, || nobody::command(&folder));
}

/// Nobody may write where root wrote before, and leaves nothing behind.
pub fn leaves_nothing_where_it_may_not_write() {
    let folder = nobody::folder();
    let file = folder.path().join("x.tar.gz");
    let run = Run::of(nobody::command(&folder).arg("capture").arg(&file));
    assert_eq!((run.exit, run.stderr.lines().count()), (1, 1), "{run:?}");
    assert!(run.stderr.contains("cannot write") && run.stderr.contains("Permission denied"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// As the archive, and as the folder that it unpacks to.
fn gives_the_same(folder: &Path, agent: impl Fn() -> Command) {
    let file = folder.join("here.tar.gz");
    let said = Run::of(agent().arg("capture").arg(&file).arg("--keep-serials"));
    assert_eq!((said.exit, said.stdout.as_str()), (0, ""), "{said:?}");
    assert!(said.stderr.contains("here.tar.gz") && said.stderr.ends_with("kept\n"), "{said:?}");
    let unpack = Command::new("tar").arg("xzf").arg(&file).current_dir(folder).status();
    assert!(unpack.unwrap().success());
    for question in QUESTIONS {
        let here = Run::of(agent().args(question));
        for root in [&file, &folder.join("here")] {
            let there = Run::of(agent().args(question).arg("--root").arg(root));
            assert_eq!(there.stdout, here.stdout, "{question:?}, {}", root.display());
            assert_eq!(there.exit, here.exit, "{question:?}, {}", root.display());
        }
    }
}
