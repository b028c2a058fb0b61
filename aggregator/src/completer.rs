//! How a command line may go on, for whoever asks while it is typed: a shell by the script that
//! `completions` prints, or kubectl.

mod kubectl;

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};

use clap_complete::env::{EnvCompleter, Shells};

use crate::called::{Called, PLUGIN};
use crate::cli::Shell;
use crate::exit::{Ended, say};

/// The variable in which a script says which shell asks.
const ASKS: &str = "INVENTORY_COMPLETE";

/// The answer for whoever asks how a command line may go on; absent where nobody does.
pub fn answer(called: Called, args: &[OsString]) -> Option<Vec<u8>> {
    if called == Called::Completer {
        return Some(kubectl::answer(args.to_vec()).into_bytes());
    }
    answer_to(&std::env::var_os(ASKS)?, called.command(), args)
}

/// The answer to a shell: how what stands behind `--` may go on. Where that cannot be told it is empty:
/// nobody reads an error while he types. Absent where this is no shell that is known.
fn answer_to(shell: &OsStr, mut command: clap::Command, args: &[OsString]) -> Option<Vec<u8>> {
    let shells = Shells::builtins();
    let shell = shells.completer(shell.to_str()?)?;
    let words: Vec<OsString> =
        args.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    let here = std::env::current_dir().ok();
    let mut answer = Vec::new();
    let written = shell.write_complete(&mut command, words, here.as_deref(), &mut answer);
    Some(written.map(|()| answer).unwrap_or_default())
}

/// The script by which a shell asks.
pub fn script(shell: Shell, called: Called) -> std::io::Result<Vec<u8>> {
    let name = match called {
        // What follows the word `kubectl` is for kubectl's own script to complete.
        Called::Plugin | Called::Completer => PLUGIN,
        Called::Itself => env!("CARGO_PKG_NAME"),
    };
    let mut script = Vec::new();
    completer(shell).write_registration(ASKS, name, name, name, &mut script)?;
    Ok(script)
}

const fn completer(shell: Shell) -> &'static dyn EnvCompleter {
    match shell {
        Shell::Bash => &clap_complete::env::Bash,
        Shell::Zsh => &clap_complete::env::Zsh,
        Shell::Fish => &clap_complete::env::Fish,
    }
}

/// Writes to standard output what a shell reads, byte by byte: it separates words by what no terminal shows.
pub fn tell(text: &[u8]) -> Ended {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say("error", &format!("cannot write to standard output: {error}"));
            Ended::Failed
        }
        _ => Ended::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(shell: &str, words: &[&str]) -> String {
        let args = ["x", "--", "inventory-aggregator"].iter().chain(words).map(OsString::from);
        let args: Vec<OsString> = args.collect();
        let answer = answer_to(shell.as_ref(), Called::Itself.command(), &args);
        String::from_utf8(answer.unwrap()).unwrap()
    }

    #[test]
    fn a_shell_is_told_how_its_words_may_go_on() {
        assert!(told("fish", &["infra", "cr"]).starts_with("create\t"));
        assert_eq!(told("fish", &["diff", "--format", "j"]), "json\tFor programs\n");
        assert_eq!(told("fish", &["explain", "gpu-l"]), "gpu-lost\n");
        assert!(!told("fish", &[""]).contains("reach"), "it is hidden");
        let none = answer_to("tcsh".as_ref(), Called::Itself.command(), &[]);
        assert_eq!(none, None, "the variable is another's");
    }

    #[test]
    fn a_script_asks_the_program_by_the_name_that_is_typed() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let text = |called| String::from_utf8(script(shell, called).unwrap()).unwrap();
            let (own, plugin) = (text(Called::Itself), text(Called::Plugin));
            assert!(own.contains("inventory-aggregator") && own.contains(ASKS), "{own}");
            assert!(
                plugin.contains("kubectl-aios") && !plugin.contains("kubectl aios"),
                "{plugin}"
            );
        }
    }
}
