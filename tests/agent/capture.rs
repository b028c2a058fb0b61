//! What `capture` writes and says, and that what cannot be written is one clear line.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::agent::{Run, command};
use crate::support::sketch;

fn capture(file: &Path, args: &[&str]) -> Command {
    let mut capture = command();
    capture.arg("capture").arg(file).args(args);
    capture
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
