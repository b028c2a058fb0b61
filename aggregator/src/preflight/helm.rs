//! Helm on this machine.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::check::Check;

/// What this check stands under.
pub const SECTION: &str = "helm";

/// How long Helm may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// The first version that the page takes.
const LEAST: u32 = 3;

/// Whether there is a Helm on this machine, and a new one.
pub async fn helm() -> Check {
    judge(said("helm").await)
}

/// What this program says of its version, or why it says nothing.
async fn said(program: &str) -> Result<String, String> {
    let mut command = Command::new(program);
    command.args(["version", "--short"]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output =
        output.map_err(|_| format!("helm says nothing within {} s", PATIENCE.as_secs()))?;
    let output = output.map_err(|error| format!("there is no helm to ask here: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn judge(said: Result<String, String>) -> Check {
    let (name, advice) =
        ("Helm", "install Helm 3 or later here: the gateway and the add-ons need it");
    let said = match said {
        Ok(said) => said,
        Err(why) => return Check::warning(SECTION, name, why).advised(advice),
    };
    match major(&said) {
        Some(major) if major >= LEAST => Check::pass(SECTION, name, said),
        Some(_) => Check::warning(SECTION, name, said).advised(advice),
        None => {
            let seen = format!("it says '{said}', which is no version");
            Check::warning(SECTION, name, seen).advised(advice)
        }
    }
}

/// The first number of a version such as `v3.19.0+g3d8990f`; Helm 2 puts a word before its own.
fn major(said: &str) -> Option<u32> {
    let version = said.strip_prefix("Client: ").unwrap_or(said).strip_prefix('v')?;
    version.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::State;

    #[tokio::test]
    async fn it_is_asked_for_its_version_in_short() {
        assert_eq!(said("echo").await.as_deref(), Ok("version --short"));
        let none = said("/there/is/no/helm").await.unwrap_err();
        assert!(none.starts_with("there is no helm to ask here: "), "{none}");
    }

    #[test]
    fn helm_is_new_enough_from_3_on() {
        let state = |said: &str| judge(Ok(said.to_owned())).state;
        assert_eq!(state("v3.19.0+g3d8990f"), State::Pass);
        assert_eq!(state("v4.0.1+g1234567"), State::Pass);
        assert_eq!(state("Client: v2.17.0+ga690bad"), State::Warning);
        assert_eq!(state(""), State::Warning);
        assert_eq!(judge(Err("there is none".into())).state, State::Warning);
    }
}
