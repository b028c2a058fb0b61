//! A real Prometheus, and what it answers.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use test_kubernetes::wait;

/// How long it may take to come up, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(90);

/// The programs, which a package has.
pub const PROGRAMS: [&str; 2] = ["promtool", "prometheus"];

/// Why there is no Prometheus; absent where there is one.
pub fn missing() -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there =
        |name: &&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    let missing = PROGRAMS.iter().find(|name| !is_there(name))?;
    Some(format!("there is no {missing}: tests/run prometheus"))
}

/// The files of alerts in the chart.
pub fn rules() -> [PathBuf; 2] {
    ["agent", "aggregator"].map(|of| monitoring().join(format!("{of}.rules.yaml")))
}

/// What the chart has for Prometheus and Grafana.
pub fn monitoring() -> PathBuf {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize();
    project.expect("the project's folder").join("deploy/chart/monitoring")
}

/// A running Prometheus with the chart's alerts, which ends with the test.
pub struct Prometheus {
    child: Child,
    log: PathBuf,
    url: String,
}

impl Prometheus {
    /// Starts it in this folder, with these `scrape_configs`.
    pub async fn start(folder: &Path, scrape_configs: &Value) -> Self {
        let config = serde_json::json!({
            "global": { "scrape_interval": "1s", "evaluation_interval": "1s" },
            "rule_files": rules(), "scrape_configs": scrape_configs,
        });
        let (file, log) = (folder.join("prometheus.yaml"), folder.join("prometheus.log"));
        // JSON is YAML.
        std::fs::write(&file, config.to_string()).expect("a file");
        let mut command = Command::new(PROGRAMS[1]);
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
        command.arg("--web.listen-address=127.0.0.1:0");
        command.stdout(Stdio::null()).stderr(std::fs::File::create(&log).expect("a log"));
        let child = command.spawn().expect("prometheus starts");
        let mut started = Self { child, log, url: String::new() };
        started.url = started.listens().await;
        started
    }

    async fn listens(&mut self) -> String {
        let look = async || {
            let log = self.must_run();
            let line = log.lines().find(|line| line.contains("\"Listening on\""))?;
            let (_, address) = line.split_once("address=")?;
            Some(format!("http://{}", address.split_whitespace().next()?))
        };
        wait::until("Prometheus listens", PATIENCE, look).await.0
    }

    /// What it said; panics where it has ended.
    fn must_run(&mut self) -> String {
        let log = std::fs::read_to_string(&self.log).expect("a log");
        if let Some(status) = self.child.try_wait().expect("its state") {
            panic!("Prometheus ended with {status}:\n{log}");
        }
        log
    }

    /// What it answers to a question of its API; absent while it does not.
    pub async fn get(&self, path: &str) -> Option<Value> {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let answer = client.get(format!("{}/api/v1/{path}", self.url)).send().await.ok()?;
        answer.json::<Value>().await.ok()
    }

    /// The samples that an expression finds now. Panics where Prometheus does not understand it.
    pub async fn query(&self, expr: &str) -> Vec<Value> {
        let answer = self.get(&format!("query?query={}", encoded(expr))).await;
        let answer = answer.unwrap_or_else(|| panic!("no answer to {expr}"));
        assert_eq!(answer["status"], "success", "{expr}: {answer}");
        answer["data"]["result"].as_array().expect("samples").clone()
    }

    /// Waits until an expression finds something.
    pub async fn until_found(&self, expr: &str) -> Vec<Value> {
        let look = async || Some(self.query(expr).await).filter(|found| !found.is_empty());
        wait::until(&format!("Prometheus finds {expr}"), PATIENCE, look).await.0
    }

    /// The state of each alert, by its name. Waits until each was looked at once, and panics where one
    /// cannot be.
    pub async fn alerts(&self) -> Vec<(String, String)> {
        let look = async || {
            let answer = self.get("rules").await?;
            let groups = answer["data"]["groups"].as_array()?;
            let rules = groups.iter().flat_map(|group| group["rules"].as_array().expect("rules"));
            let seen: Vec<&Value> = rules.collect();
            let is_new = seen.iter().any(|rule| rule["health"] == "unknown");
            let text = |rule: &Value, key: &str| rule[key].as_str().expect("text").to_owned();
            let wrong: Vec<_> = seen.iter().filter(|rule| rule["health"] == "err").collect();
            assert!(wrong.is_empty(), "{wrong:?}");
            let states = seen.iter().map(|rule| (text(rule, "name"), text(rule, "state")));
            (!is_new && !seen.is_empty()).then(|| states.collect())
        };
        wait::until("every alert is looked at", PATIENCE, look).await.0
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The text as a part of a query.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => all.push(byte.into()),
            _ => write!(all, "%{byte:02X}").expect("text"),
        }
        all
    })
}
