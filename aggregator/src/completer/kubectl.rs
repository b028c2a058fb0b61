//! How a command line of kubectl's plugin may go on. kubectl runs `kubectl_complete-aios` with what was
//! typed after `kubectl aios`, the last word being the one that is typed now (empty where it is not begun),
//! and reads what cobra's programs print: a candidate a line, with a tab before what it is, and at last a
//! line `:N` of what the shell is to do.

use std::ffi::OsString;

use clap_complete::CompletionCandidate;
use clap_complete::engine::complete;

use crate::called::Called;

/// The shell puts no space behind a candidate, as behind a folder's name.
const NO_SPACE: u8 = 2;
/// The shell adds no files of its own: where files are meant they are among the candidates.
const NO_FILES: u8 = 4;

/// The answer. Where no candidates can be told there are none: nobody reads an error while he types.
pub fn answer(args: Vec<OsString>) -> String {
    told(&candidates(args))
}

fn candidates(mut args: Vec<OsString>) -> Vec<CompletionCandidate> {
    if args.len() < 2 {
        args.push(OsString::new());
    }
    let (last, here) = (args.len() - 1, std::env::current_dir().ok());
    complete(&mut Called::Completer.command(), args, last, here.as_deref()).unwrap_or_default()
}

fn told(candidates: &[CompletionCandidate]) -> String {
    let lines = candidates.iter().filter_map(line);
    let is_folder = |it: &CompletionCandidate| it.get_value().as_encoded_bytes().ends_with(b"/");
    let is_open = !candidates.is_empty() && candidates.iter().all(is_folder);
    let directive = if is_open { NO_SPACE | NO_FILES } else { NO_FILES };
    lines.chain([format!(":{directive}\n")]).collect()
}

/// A line of the candidate; absent where it has characters that a line cannot hold.
fn line(candidate: &CompletionCandidate) -> Option<String> {
    let value = candidate.get_value().to_str()?;
    if value.chars().any(char::is_control) {
        return None;
    }
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.lines().next().unwrap_or_default();
    let tab = if help.is_empty() { "" } else { "\t" };
    Some(format!("{value}{tab}{help}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(words: &[&str]) -> Vec<String> {
        let args = ["kubectl_complete-aios"].iter().chain(words).map(OsString::from);
        answer(args.collect()).lines().map(str::to_owned).collect()
    }

    fn values(words: &[&str]) -> Vec<String> {
        let value = |line: String| line.split('\t').next().unwrap_or_default().to_owned();
        lines(words).into_iter().map(value).collect()
    }

    #[test]
    fn commands_are_told_with_what_they_do() {
        assert_eq!(values(&["onb"]), ["onboard", ":4"]);
        assert!(lines(&["onb"])[0].contains('\t'));
        assert!(values(&[""]).contains(&"infra".to_owned()));
        assert_eq!(values(&[]), values(&[""]));
        assert!(!values(&[""]).contains(&"reach".to_owned()), "it is hidden");
    }

    #[test]
    fn options_and_their_values_are_told() {
        assert_eq!(values(&["diff", "--form"]), ["--format", ":4"]);
        assert_eq!(values(&["diff", "--format", ""]), ["table", "json", ":4"]);
        assert_eq!(values(&["explain", "gpu-"]), ["gpu-lost", ":4"]);
        assert_eq!(values(&["diff", "--format", "no-such-format"]), [":4"]);
    }

    #[test]
    fn behind_a_folder_s_name_comes_no_space() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        let begin = folder.path().join("in");
        let begin = begin.to_str().unwrap();
        assert_eq!(values(&["document", "--profile", begin]), [&format!("{begin}ner/"), ":6"]);
        std::fs::write(folder.path().join("in.yaml"), "").unwrap();
        assert_eq!(values(&["document", "--profile", begin]).last().unwrap(), ":4");
    }
}
