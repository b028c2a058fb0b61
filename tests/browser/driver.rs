//! Chromium, driven by its driver.

use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The driver, and how it says at which port it listens.
const DRIVER: &str = "chromedriver";
const LISTENS: &str = "started successfully on port ";

/// Headless, without a sandbox since containers have none to give, and asking nobody for anything.
const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
];

/// How long a script may take: axe-core on a large page, on a machine that is busy.
const SCRIPT_TIMEOUT_MS: u64 = 120_000;

/// Why there is no browser; absent where there is one.
pub fn missing() -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|folder: PathBuf| folder.join(DRIVER));
    let is_there = places.any(|file| file.is_file());
    (!is_there).then(|| format!("there is no {DRIVER}: tests/run browser"))
}

/// The driver's process, which ends with the test.
struct Driver {
    child: Child,
    port: String,
    /// What browser and driver leave behind goes with it.
    _folder: TempDir,
}

impl Driver {
    fn start() -> Self {
        let mut command = Command::new(DRIVER);
        let folder = tempfile::tempdir().expect("a folder");
        command.env("TMPDIR", folder.path());
        let command = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the driver starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.by_ref().find_map(|line| {
            let line = line.expect("the driver speaks");
            line.split_once(LISTENS).map(|(_, port)| port.trim_end_matches('.').to_owned())
        });
        // Else it would wait for somebody to read the rest.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.expect("the driver says its port"), _folder: folder }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// What a test that cannot go on says.
pub type Result<T = ()> = std::result::Result<T, CmdError>;

/// A browser for a test, which ends with it. Its errors and warnings are kept for those that ask for them.
pub async fn browse<F: Future<Output = Result>>(test: impl FnOnce(Client) -> F) {
    let driver = Driver::start();
    let wishes = json!({
        "goog:chromeOptions": { "args": FLAGS },
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "script": SCRIPT_TIMEOUT_MS },
    });
    let Value::Object(wishes) = wishes else { unreachable!() };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let address = format!("http://127.0.0.1:{}", driver.port);
    let client = builder.capabilities(wishes).connect(&address).await.expect("a browser");
    let ended = AssertUnwindSafe(test(client.clone())).catch_unwind().await;
    // A browser that is left to itself would stay.
    client.close().await.expect("the browser ends");
    match ended {
        Ok(ended) => ended.unwrap_or_else(|error| panic!("{error}")),
        Err(panic) => resume_unwind(panic),
    }
}
