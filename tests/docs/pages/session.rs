//! The steps of a page in one bash, one after another, as one would type them.

use std::os::unix::process::CommandExt;
use std::process::Command;

use super::step::{Act, Step};

/// How long a page may take.
const PATIENCE: &str = "400";

/// Stands before what tells of a step, and in no output.
const MARK: char = '\u{1e}';

/// How a step went.
#[derive(Debug)]
pub struct Went {
    pub printed: String,
    pub status: i32,
}

/// Runs the steps in this command's folder and environment, and says how each went. Those that were not
/// come to are absent.
pub fn run(mut bash: Command, steps: &[Step]) -> Vec<Went> {
    let folder = tempfile::tempdir().expect("a folder");
    let (script, output) = (folder.path().join("script"), folder.path().join("output"));
    std::fs::write(&script, text(steps)).expect("a script");
    let file = std::fs::File::create(&output).expect("a file");
    let errors = file.try_clone().expect("the same file");
    // What goes on in the background is ended with the rest.
    bash.args(["--kill-after=5", PATIENCE, "bash", "--norc"]).arg(&script).process_group(0);
    let mut child = bash.stdout(file).stderr(errors).spawn().expect("bash");
    child.wait().expect("an end");
    let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    let _nothing_is_left =
        rustix::process::kill_process_group(group.expect("a group"), rustix::process::Signal::KILL);
    let output = std::fs::read(&output).expect("output");
    went(&String::from_utf8_lossy(&output))
}

/// Each step in turn, with a mark before and behind it; how the last one ended is kept for the next.
fn text(steps: &[Step]) -> String {
    "status=0\n".to_owned() + &steps.iter().map(line).collect::<String>()
}

fn line(step: &Step) -> String {
    let done = match &step.act {
        Act::Run { command, .. } => format!("eval {}", quoted(command)),
        Act::Write { name, text } => {
            let (name, text) = (quoted(name), quoted(text));
            format!("mkdir -p \"$(dirname {name})\" && printf %s {text} >{name}")
        }
    };
    format!("printf '{MARK}'\n(exit $status)\n{done}\nstatus=$?\nprintf '{MARK}%s{MARK}' $status\n")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn went(output: &str) -> Vec<Went> {
    let mut parts = output.split(MARK).skip(1);
    let mut all = Vec::new();
    while let (Some(printed), Some(status)) = (parts.next(), parts.next()) {
        let printed = printed.to_owned();
        all.push(Went { printed, status: status.parse().unwrap_or(-1) });
        // What was printed in the background between two steps belongs to neither.
        parts.next();
    }
    all
}
