//! A program's commands with their options, as its command line says.

use clap::{Arg, ArgAction, Command};

use super::table::{code, table};

/// The page of a program.
pub fn page(mut command: Command) -> String {
    command.build();
    let name = command.get_name().to_owned();
    let mut text = format!(
        "# {name}\n\nEvery option can come from the environment: [environment.md](environment.md). What the words in its \
         output mean: [words.md](words.md).\n\n"
    );
    text += &commands(&command);
    sections(&mut command, &name, &mut text);
    text.trim_end().to_owned() + "\n"
}

/// The commands, each with its first line.
fn commands(command: &Command) -> String {
    let rows = visible(command).map(|it| {
        let name = format!("{} {}", command.get_name(), it.get_name());
        [format!("[`{}`](#{})", it.get_name(), name.replace(' ', "-")), first_line(it)]
    });
    table(["command", "does"], rows) + "\n"
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help")
}

fn first_line(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// The command itself, and all below it.
fn sections(command: &mut Command, name: &str, text: &mut String) {
    *text += &section(command, name);
    let below: Vec<String> = visible(command).map(|it| it.get_name().to_owned()).collect();
    for each in below {
        let command = command.find_subcommand_mut(&each).expect("one of them");
        sections(command, &format!("{name} {each}"), text);
    }
}

fn section(command: &mut Command, name: &str) -> String {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string);
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("\n       ", "\n");
    let positional = command.get_positionals().filter(|arg| !arg.is_hide_set()).map(argument);
    let options = command.get_opts().chain(command.get_arguments().filter(|arg| is_flag(arg)));
    let mut options: Vec<&Arg> = options.filter(|arg| !arg.is_hide_set()).collect();
    options.sort_by_key(|arg| arg.get_long());
    options.dedup_by_key(|arg| arg.get_long());
    let rows = positional.chain(options.into_iter().map(argument));
    format!(
        "## {name}\n\n{}\n\n```text\n{usage}\n```\n\n{}\n",
        about.unwrap_or_default(),
        table(["option", "variable", "unless told", "is"], rows)
    )
}

fn is_flag(arg: &Arg) -> bool {
    !arg.is_positional()
        && !matches!(
            arg.get_action(),
            ArgAction::Help | ArgAction::HelpLong | ArgAction::HelpShort | ArgAction::Version
        )
}

/// An option or a word of the command line: how it is written, its variable, its default, and what it is.
fn argument(arg: &Arg) -> [String; 4] {
    let env = arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let default: Vec<_> = arg.get_default_values().iter().map(|it| it.to_string_lossy()).collect();
    let default = if arg.get_action().takes_values() { default.join(", ") } else { String::new() };
    [code(&written(arg)), code(&env), code(&default), told(arg)]
}

/// As it is typed.
pub fn written(arg: &Arg) -> String {
    let names: Vec<&str> =
        arg.get_value_names().into_iter().flatten().map(clap::builder::Str::as_str).collect();
    let value = if arg.get_action().takes_values() { names.join(" ") } else { String::new() };
    match arg.get_long() {
        None => value,
        Some(long) if value.is_empty() => format!("--{long}"),
        Some(long) => format!("--{long} {value}"),
    }
}

fn told(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let help = help.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let values: Vec<String> =
        arg.get_possible_values().iter().map(|value| code(value.get_name())).collect();
    if values.is_empty() || !arg.get_action().takes_values() {
        return help;
    }
    format!("{help}: {}", values.join(", "))
}
