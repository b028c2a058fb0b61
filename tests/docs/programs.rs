//! Programs of others that some tests ask for, and a machine may lack.

use libtest_mimic::Trial;

/// Those that examples may ask for.
const KNOWN: [&str; 2] = ["curl", "man"];

/// A test that counts as ignored, aloud, where one of these programs is not there. With `CI=true` it fails
/// instead: there everything must have been tried.
pub fn asking(trial: Trial, programs: &[&str]) -> Trial {
    let missing = programs.iter().find(|program| !is_there(program));
    let must_run = std::env::var("CI").is_ok_and(|it| it == "true");
    match missing {
        Some(program) if !must_run => {
            eprintln!("skipped '{}': there is no {program}", trial.name());
            trial.with_ignored_flag(true)
        }
        _ => trial,
    }
}

/// The programs that these commands ask for.
pub fn asked_by(commands: &str) -> Vec<&'static str> {
    let has_word = |program: &&str| commands.split_whitespace().any(|word| word == *program);
    KNOWN.into_iter().filter(has_word).collect()
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
