//! The real daemon.

use std::fs::File;
use std::iter::Sum;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use test_kubernetes::{SimulatedNode, wait};

use crate::environment::PATIENCE;
use crate::support::agent::command;

/// From one reading to the next, in seconds, unless a test wants it otherwise.
const INTERVAL: &str = "0.2";

/// A running agent.
pub struct Agent {
    child: Child,
    log: PathBuf,
    address: String,
}

impl Agent {
    /// Starts the agent of this node on this host.
    pub async fn start(node: &SimulatedNode, host: &Path, args: &[&str]) -> Self {
        Self::start_with(node, host, &node.kubeconfig_file(), args).await
    }

    /// Starts it with another kubeconfig.
    pub async fn start_with(
        node: &SimulatedNode,
        host: &Path,
        kubeconfig: &Path,
        args: &[&str],
    ) -> Self {
        let mut command = command();
        command.args(args);
        Self::start_as(command, node, host, kubeconfig).await
    }

    /// Starts it by this command, with what every agent is told.
    pub async fn start_as(
        mut command: Command,
        node: &SimulatedNode,
        host: &Path,
        kubeconfig: &Path,
    ) -> Self {
        let log = node.folder().join("agent.log");
        command.args(["--node-name", &node.name]).env("INVENTORY_INTERVAL", INTERVAL);
        command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        command.env("INVENTORY_LOG_LEVEL", "debug");
        command.arg("--root").arg(host).arg("--kubeconfig").arg(kubeconfig);
        command.stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let child = command.spawn().unwrap();
        let mut agent = Self { child, log, address: String::new() };
        agent.address = agent.wait_for_address().await;
        agent
    }

    async fn wait_for_address(&mut self) -> String {
        let find = async || {
            self.must_run();
            let listening = self.lines().into_iter().find(|line| line["message"] == "listening")?;
            Some(listening["address"].as_str()?.to_owned())
        };
        wait::until("the agent listens", PATIENCE, find).await.0
    }

    /// Panics where it has ended, with what it said.
    pub fn must_run(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("the agent ended with {status}:\n{}", self.log());
        }
    }

    /// What it said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    fn lines(&self) -> Vec<serde_json::Value> {
        // The last line may be half written.
        self.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// What it said to whoever has not asked for details.
    pub fn told(&self) -> Vec<serde_json::Value> {
        self.lines().into_iter().filter(|line| line["level"] != "DEBUG").collect()
    }

    /// Status and text of its answer.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Waits until it says that it is ready.
    pub async fn wait_until_ready(&mut self) -> Duration {
        let look = async || {
            self.must_run();
            let (status, text) = self.get("/readyz").await;
            ((status, text.as_str()) == (200, "ok\n")).then_some(())
        };
        wait::until("the agent is ready", PATIENCE, look).await.1
    }

    /// Waits until it says why it is not ready, with this word.
    pub async fn wait_until_not_ready(&mut self, word: &str) {
        let what = format!("the agent is not ready because of {word:?}");
        let look = async || {
            self.must_run();
            let (status, text) = self.get("/readyz").await;
            (status == 503 && text.contains(word)).then_some(())
        };
        wait::until(&what, PATIENCE, look).await;
    }

    /// The sum of this metric's samples that have all of `labels`; 0 where there is none.
    pub async fn metric<N: FromStr + Sum>(&self, name: &str, labels: &[&str]) -> N {
        let (_, text) = self.get("/metrics").await;
        let is_meant = |sample: &str| {
            let rest = sample.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('{'))
                && labels.iter().all(|label| sample.contains(label))
        };
        let samples = text.lines().filter_map(|line| line.rsplit_once(' '));
        let meant = samples.filter(|(sample, _)| is_meant(sample));
        let number = |value: &str| value.parse().ok().expect("a number");
        meant.map(|(_, value)| number(value)).sum()
    }

    /// Waits until it has read the host so many times more.
    pub async fn wait_for_readings(&mut self, more: u32) {
        for _ in 0..more {
            let name = "aios_inventory_agent_last_reading_timestamp_seconds";
            let last: f64 = self.metric(name, &[]).await;
            let look = async || {
                self.must_run();
                (self.metric::<f64>(name, &[]).await > last).then_some(())
            };
            wait::until("the host is read again", PATIENCE, look).await;
        }
    }

    /// Its resident memory in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Asks it to end, and says how it did and how long that took.
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let started = Instant::now();
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).unwrap();
        (self.child.wait().unwrap(), started.elapsed())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}
