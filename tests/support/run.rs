//! One run of a binary under test.

use std::process::{Command, Stdio};

use serde_json::Value;

/// A command of the binary at `path`, with nothing of this machine's environment that it minds.
pub fn command(path: &str) -> Command {
    let mut command = Command::new(path);
    let begins = ["INVENTORY_", "KUBERNETES_"];
    let minded = |name: &str| {
        begins.iter().any(|begin| name.starts_with(begin))
            || name.to_ascii_uppercase().ends_with("_PROXY")
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(minded) || name == "NODE_NAME" {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// What one run gave.
#[derive(Debug)]
pub struct Run {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Runs `command` to its end. A run that a signal ended is a failure of the test.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the binary starts");
        let exit = output.status.code().unwrap_or_else(|| panic!("ended by {}", output.status));
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        Self { exit, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON: {error}\n{}{}", self.stdout, self.stderr))
    }
}
