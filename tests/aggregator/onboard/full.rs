//! A disk that is full, at every write in turn: what is there stays whole, and nothing is done twice.

use std::process::Command;

use crate::run::Run;
use crate::submit::stage::ends;
use crate::terminal::Terminal;

/// Files grow by so many bytes from one run to the next.
const STEP_BYTES: usize = 24;

/// The same command where no file becomes larger than this. Whoever writes more is told so, as on a full disk.
fn limited(command: &Command, bytes: usize) -> Command {
    let mut limited = Command::new("bash");
    let script = r#"trap '' XFSZ; exec prlimit --fsize="$0" "$@""#;
    limited.args(["-c", script, &bytes.to_string()]).arg(command.get_program());
    limited.args(command.get_args()).current_dir(command.get_current_dir().unwrap());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

#[test]
fn on_a_disk_that_is_full_it_stops_and_goes_on_where_there_is_room() {
    let stage = super::killed::staged(19);
    ends(&Run::of(&mut limited(&stage.onboarding(&["--yes", "a.json"]), 0)), 1, &["'./c.json'"]);
    assert!(!stage.scene.path("c.json").exists());
    // The document is the largest file: from there on it is the others that grow.
    let mut terminal = Terminal::start(&mut stage.onboarding(&["a.json"]));
    terminal.sees("Submit it to AIOS? [y/N]");
    terminal.interrupts();
    terminal.is_over();
    let (mut refused, mut bytes) = (0, 0);
    loop {
        let command = stage.onboarding(&["--yes", "a.json"]);
        let run = Run::of(&mut limited(&command, bytes));
        if run.exit == 0 {
            break;
        }
        let last = run.stderr.lines().last().unwrap_or_default();
        assert!(last.contains("File too large (os error 27)"), "{bytes}: {}", run.stderr);
        assert_eq!(run.exit, 1, "{}", run.stderr);
        for file in ["c.json", "c.onboarding.json", "c.receipt.json"] {
            if let Ok(text) = std::fs::read_to_string(stage.scene.path(file)) {
                serde_json::from_str::<serde_json::Value>(&text).unwrap();
            }
        }
        refused += 1;
        bytes += STEP_BYTES;
    }
    assert!(refused > 10, "hardly anything was refused");
    ends(&stage.onboard(&[]), 0, &["step 6 of 6, endpoints"]);
    assert_eq!(stage.asked(), (1, 1));
}
