//! Completions in a zsh that somebody types into.

use std::process::Command;

use crate::pages::stage::Stage;
use crate::run::Run;

/// Starts a zsh on a terminal of its own, types a line and a tab there, and prints what the line has become.
/// Control-X writes it into a file, behind which there is nothing more to wait for.
const TYPED: &str = r#"
zmodload zsh/zpty
zpty shell zsh -f
zpty -w shell "autoload -Uz compinit; compinit -u -d $HOME/.zcompdump; source <($1 completions zsh)"
zpty -w shell "tell() { print -r -- \$BUFFER > $HOME/line.new; mv $HOME/line.new $HOME/line }; zle -N tell; bindkey '^X' tell"
zpty -w -n shell "$2"$'\t\x18'
for try in {1..600}; do [[ -e $HOME/line ]] && break; zpty -r -t shell heard; sleep 0.1; done
zpty -d shell
cat $HOME/line
"#;

/// What zsh makes of these lines, where that is not what it should.
pub fn wrong() -> Vec<String> {
    let lines = [
        ("inventory-aggregator onb", "inventory-aggregator onboard "),
        ("inventory-aggregator infra cr", "inventory-aggregator infra create "),
        ("inventory-aggregator diff --format j", "inventory-aggregator diff --format json "),
        ("inventory-aggregator explain removab", "inventory-aggregator explain removable "),
        ("inventory-agent capt", "inventory-agent capture "),
    ];
    let told = lines.iter().filter_map(|(typed, expected)| {
        let run = completed(typed);
        let is_right = run.exit == 0 && run.stdout.strip_suffix('\n') == Some(*expected);
        (!is_right).then(|| format!("{typed}: {run:?}"))
    });
    told.collect()
}

fn completed(typed: &str) -> Run {
    let stage = Stage::new("");
    let program = typed.split(' ').next().unwrap_or_default();
    let mut command: Command = stage.command();
    Run::of(command.args(["120", "zsh", "-f", "-c", TYPED, "zsh", program, typed]))
}
