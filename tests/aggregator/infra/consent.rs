//! At a terminal one is asked, and sees how it goes.

use fake_aios::Service;

use super::stage::Stage;
use crate::terminal::Terminal;

const LAST: &str = "Let AIOS do this? [y/N] ";

#[test]
fn nothing_is_sent_unless_somebody_says_yes() {
    for answer in ["n\n", "\n", "whatever\n", "\u{4}"] {
        let stage = Stage::new();
        for command in ["create", "remove"] {
            let mut terminal = Terminal::start(&mut stage.infra(command, &["--allow-http"]));
            terminal.sees(LAST);
            let told = if command == "create" {
                "binds the ServiceAccount"
            } else {
                "rights that it gave stay"
            };
            assert!(terminal.shown().contains(told), "{}", terminal.shown());
            terminal.types(answer);
            assert_eq!(terminal.ends(), 1);
            terminal.sees("note: nothing was sent");
        }
        assert!(stage.handed().is_empty());
    }
}

#[test]
fn whoever_says_yes_is_asked_for_what_else_there_is() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let tasks = stage.aios.url(Service::Tasks);
    let args = ["--allow-http", "--wait", "--tasks", &tasks];
    let mut terminal = Terminal::start(&mut stage.infra("create", &args));
    terminal.sees(LAST);
    terminal.types("y\n");
    terminal.sees("Make texts of them? [y/N] ");
    terminal.types("yes\n");
    assert_eq!(terminal.ends(), 0);
    terminal.sees("AIOS stores texts now");
    stage.kubernetes.remove_infrastructure();
    let mut terminal = Terminal::start(&mut stage.infra("remove", &args));
    terminal.sees(LAST);
    terminal.types("y\n");
    terminal.sees("Take away what AIOS leaves behind");
    terminal.types("y\n");
    assert_eq!(terminal.ends(), 0);
    assert!(stage.kubernetes.paths().is_empty());
}

#[test]
fn whoever_wants_no_question_is_asked_none() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let tasks = stage.aios.url(Service::Tasks);
    let args = ["--allow-http", "--yes", "--wait", "--tasks", &tasks];
    let mut terminal = Terminal::start(&mut stage.infra("create", &args));
    assert_eq!(terminal.is_over(), Some(0));
    terminal.sees("left as they are");
    stage.kubernetes.remove_infrastructure();
    let mut terminal = Terminal::start(&mut stage.infra("remove", &args));
    assert_eq!(terminal.is_over(), Some(0));
    terminal.sees("'infra remove --wait --clean-up' takes them away");
}

#[test]
fn ctrl_c_ends_a_question_that_comes_after_waiting() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let tasks = stage.aios.url(Service::Tasks);
    let args = ["--allow-http", "--wait", "--tasks", &tasks];
    let mut terminal = Terminal::start(&mut stage.infra("create", &args));
    terminal.sees(LAST);
    terminal.types("y\n");
    terminal.sees("Make texts of them? [y/N] ");
    terminal.interrupts();
    assert_eq!(terminal.is_over(), None);
}

#[test]
fn ctrl_c_leaves_the_terminal_as_it_was() {
    let stage = Stage::new();
    stage.aios.set_task_writer_running(false);
    let tasks = stage.aios.url(Service::Tasks);
    let args = ["--allow-http", "--yes", "--wait", "--tasks", &tasks];
    let mut terminal = Terminal::start(&mut stage.infra("create", &args));
    terminal.sees("is pending");
    terminal.interrupts();
    assert_eq!(terminal.ends(), 130);
    terminal.sees("the task goes on at AIOS");
    let shown = terminal.shown();
    let (hidden, there) =
        (shown.matches("\u{1b}[?25l").count(), shown.matches("\u{1b}[?25h").count());
    assert!(there >= hidden, "{shown:?}");
    let last = shown.lines().rev().find(|line| !line.trim().is_empty()).unwrap();
    assert!(last.contains("note: interrupted"), "{shown:?}");
}
