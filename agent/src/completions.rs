//! How a command line may go on, for the shell that asks while it is typed, and the script by which it asks.

use std::ffi::{OsStr, OsString};

use anyhow::Context;
use clap_complete::env::{EnvCompleter, Shells};

use crate::cli::{CompletionsArgs, Shell, command};
use crate::show::write_all;

/// The variable in which a script says which shell asks.
const ASKS: &str = "INVENTORY_COMPLETE";

/// The answer for the shell that asks how a command line may go on; absent where none does.
pub fn answer(args: impl Iterator<Item = OsString>) -> Option<Vec<u8>> {
    answer_to(&std::env::var_os(ASKS)?, args)
}

/// The answer to a shell: how what stands behind the program's name and `--` may go on. Where that cannot be
/// told it is empty: nobody reads an error while he types. Absent where this is no shell that is known.
fn answer_to(shell: &OsStr, args: impl Iterator<Item = OsString>) -> Option<Vec<u8>> {
    let shells = Shells::builtins();
    let shell = shells.completer(shell.to_str()?)?;
    let words = args.skip(2).collect();
    let here = std::env::current_dir().ok();
    let mut answer = Vec::new();
    let written = shell.write_complete(&mut command(), words, here.as_deref(), &mut answer);
    Some(written.map(|()| answer).unwrap_or_default())
}

/// Prints the script.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<()> {
    let name = env!("CARGO_PKG_NAME");
    let shell: &dyn EnvCompleter = match args.shell {
        Shell::Bash => &clap_complete::env::Bash,
        Shell::Zsh => &clap_complete::env::Zsh,
        Shell::Fish => &clap_complete::env::Fish,
    };
    let mut script = Vec::new();
    let written = shell.write_registration(ASKS, name, name, name, &mut script);
    written.context("cannot make the script")?;
    tell(&script)
}

/// Writes to standard output what a shell reads, byte by byte: it separates words by what no terminal shows.
pub fn tell(text: &[u8]) -> anyhow::Result<()> {
    write_all(&mut std::io::stdout().lock(), text).context("cannot write to standard output")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(shell: &str, words: &[&str]) -> String {
        let args = ["x", "--", "inventory-agent"].iter().chain(words).map(OsString::from);
        String::from_utf8(answer_to(shell.as_ref(), args).unwrap()).unwrap()
    }

    #[test]
    fn a_shell_is_told_how_its_words_may_go_on() {
        assert!(told("fish", &["cap"]).starts_with("capture\t"));
        assert!(told("fish", &["capture", "--keep"]).starts_with("--keep-serials\t"));
        assert_eq!(
            told("fish", &["--dump", "--format", "y"]),
            "yaml\tFor machines, and people who edit\n"
        );
        let none = answer_to("tcsh".as_ref(), std::iter::empty());
        assert_eq!(none, None, "the variable is another's");
    }
}
