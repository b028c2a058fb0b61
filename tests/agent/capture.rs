//! A capture is this machine for whoever reads it elsewhere, and what cannot be written is one
//! clear line.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::agent::{Run, command};
use crate::support::sketch;

/// A user that owns nothing.
const NOBODY: u32 = 65534;

fn capture(file: &Path, args: &[&str]) -> Command {
    let mut capture = command();
    capture.arg("capture").arg(file).args(args);
    capture
}

fn dump(root: &Path, args: &[&str]) -> Run {
    Run::of(command().arg("--dump").args(args).arg("--root").arg(root))
}

/// One line on standard error with all of `words`, and nothing done.
fn refuses(capture: &mut Command, words: &[&str]) {
    let run = Run::of(capture);
    assert_eq!((run.exit, run.stderr.lines().count()), (1, 1), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "no {word:?} in {}", run.stderr);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn this_machine_captured_is_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("here.tar.gz");
    let said = Run::of(&mut capture(&file, &["--keep-serials"]));
    assert_eq!((said.exit, said.stdout.as_str()), (0, ""), "{said:?}");
    assert!(said.stderr.contains("here.tar.gz") && said.stderr.ends_with("kept\n"), "{said:?}");
    let unpack = Command::new("tar").arg("xzf").arg(&file).current_dir(folder.path()).status();
    assert!(unpack.unwrap().success());
    for args in [&[][..], &["--detail"], &["--detail", "--count-remote-disks"]] {
        let here = dump(Path::new("/"), args);
        for root in [&file, &folder.path().join("here")] {
            let there = dump(root, args);
            assert_eq!((there.exit, there.stdout), (here.exit, here.stdout.clone()), "{args:?}");
        }
    }
}

#[test]
fn what_a_user_may_not_read_is_captured_as_just_that() {
    let folder = tempfile::tempdir().unwrap();
    if folder.path().metadata().unwrap().uid() != 0 {
        eprintln!("skipped: only root can become another user");
        return;
    }
    // Where the other user may write, beside where it may not.
    let open = folder.path().join("open");
    std::fs::create_dir(&open).unwrap();
    for path in [folder.path(), &open] {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let file = open.join("nobody.tar.gz");
    let said = Run::of(capture(&file, &["--keep-serials"]).uid(NOBODY).gid(NOBODY));
    assert_eq!(said.exit, 0, "{said:?}");
    let dump = |root: &Path| {
        let mut dump = command();
        dump.args(["--dump", "--detail", "--root"]).arg(root).uid(NOBODY).gid(NOBODY);
        Run::of(&mut dump).stdout
    };
    assert_eq!(dump(&file), dump(Path::new("/")));
    std::os::unix::fs::chown(&open, Some(0), Some(0)).unwrap();
    refuses(capture(&file, &[]).uid(NOBODY).gid(NOBODY), &["cannot write", "Permission denied"]);
    assert_eq!(names(&open), ["nobody.tar.gz"]);
}

#[test]
fn a_capture_may_go_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    sketch::write(&sketch::tree(include_str!("whole.host")), folder.path());
    let root = folder.path().to_str().unwrap();
    let file = tempfile::tempdir().unwrap().keep().join("capture.tar.gz");
    assert_eq!(Run::of(&mut capture(&file, &["--root", root])).exit, 0);
    let output = capture(Path::new("-"), &["--root", root]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("standard output") && said.contains("replaced"), "{said}");
    assert_eq!(output.stdout, std::fs::read(&file).unwrap());
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

#[test]
fn what_cannot_be_written_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    refuses(&mut capture(path, &[]), &[path.to_str().unwrap(), "is a folder"]);
    refuses(&mut capture(&path.join("no/x.tar.gz"), &[]), &["no/x.tar.gz", "No such file"]);
    refuses(&mut capture(Path::new("/dev/full"), &[]), &["'/dev/full'", "No space left"]);
    refuses(&mut capture(&path.join("x"), &["--root", "/no/such"]), &["'/no/such'"]);
    assert!(names(path).is_empty());
}

#[test]
fn a_reader_that_has_seen_enough_is_told_that_it_has_no_capture() {
    let mut capture = capture(Path::new("-"), &[]);
    let mut child = capture.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
}
