//! The variables that the programs mind.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Arg, Command};

use super::commands::written;
use super::table::{code, table};

/// Those that are no option.
const OTHERS: [(&str, &str); 6] = [
    ("KUBECONFIG", "kubeconfigs, merged as kubectl merges them, where `--kubeconfig` names none"),
    (
        "KUBERNETES_SERVICE_HOST",
        "set by kubelet: the program is in a pod, and takes the pod's account",
    ),
    ("HTTPS_PROXY, HTTP_PROXY", "the proxy through which AIOS's services are asked"),
    ("NO_PROXY", "hosts that are asked past the proxy"),
    ("NO_COLOR", "no color, whatever the terminal"),
    ("INVENTORY_COMPLETE", "set by the shell that asks for completions"),
];

/// The page.
pub fn page(programs: &[Command]) -> String {
    let mut seen: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for program in programs {
        let mut program = program.clone();
        program.build();
        collect(&program, program.get_name(), &mut seen);
    }
    let rows = seen.into_iter().map(|(name, (option, commands))| {
        let commands: Vec<String> = commands.iter().map(|it| code(short(it))).collect();
        [code(&name), code(&option), commands.join(", ")]
    });
    let others = OTHERS.map(|(name, is)| [code(name), is.to_owned()]);
    format!(
        "# Environment\n\nAn option on the command line goes before its variable. A flag is set by `true`, and not by `false`, \
         `0` or nothing. What may be given several times takes one value from the environment unless its help says \
         otherwise.\n\n{}\nBeside the options:\n\n{}",
        table(["variable", "option", "of"], rows),
        table(["variable", "is"], others)
    )
}

/// What most variables are of goes without saying.
fn short(command: &str) -> &str {
    command.strip_prefix("inventory-aggregator ").unwrap_or(command)
}

fn collect(command: &Command, name: &str, seen: &mut BTreeMap<String, (String, BTreeSet<String>)>) {
    let own = command.get_arguments().filter(|arg| !arg.is_hide_set());
    for (variable, arg) in own.filter_map(variable) {
        let (_, commands) = seen.entry(variable).or_insert_with(|| (written(arg), BTreeSet::new()));
        commands.insert(name.to_owned());
    }
    for below in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        collect(below, &format!("{name} {}", below.get_name()), seen);
    }
}

fn variable(arg: &Arg) -> Option<(String, &Arg)> {
    Some((arg.get_env()?.to_string_lossy().into_owned(), arg))
}
