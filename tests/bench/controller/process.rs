//! The controller's process, and what it uses.

use std::fs;
use std::future::Future;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use test_kubernetes::wait;

use crate::cluster::{Cluster, PATIENCE};

/// The kernel counts CPU time in these, on every architecture that there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running controller; killed in the end.
pub struct Controller {
    child: Child,
    address: SocketAddr,
    page: SocketAddr,
    log: PathBuf,
}

impl Controller {
    /// Starts it with the chart's rights.
    pub async fn start(cluster: &Cluster) -> Self {
        let (address, page) = (free_address(), free_address());
        let log = cluster.folder().join("controller.log");
        let file = fs::File::create(&log).expect("a log");
        let child = Command::new(binary())
            .args(["run", "--listen", &address.to_string(), "--cluster-listen"])
            .args([&page.to_string(), "--kubeconfig"])
            .arg(cluster.kubeconfig().await)
            .stdout(Stdio::null())
            .stderr(file)
            .spawn();
        Self {
            child: child.expect("the release binary starts: build it first"),
            address,
            page,
            log,
        }
    }

    /// Waits until it says that it is ready.
    pub fn ready(&self) -> impl Future<Output = ()> + use<> {
        let address = self.address;
        async move {
            let look = async || is_ready(address).then_some(());
            wait::until("the controller is ready", PATIENCE, look).await;
        }
    }

    /// Asks for what is served at this path so many times, one after the other, and prints how large it is.
    pub fn ask(&self, path: &str, times: usize) -> impl Future<Output = ()> + use<> {
        let url = format!("http://{}{path}", self.page);
        async move {
            for time in 0..times {
                let answer = reqwest::get(&url).await.expect("an answer");
                let bytes =
                    answer.error_for_status().expect("a page").bytes().await.expect("all of it");
                if time == 0 {
                    println!("{url}\t{} bytes", bytes.len());
                }
            }
        }
    }

    /// Waits for what is to happen, and prints what that took.
    pub async fn during(&mut self, what: &str, happens: impl Future<Output = ()>) {
        self.forget_peak();
        let (begin, cpu) = (Instant::now(), self.cpu());
        tokio::select! {
            () = happens => {}
            () = self.ended() => panic!("the controller has ended:\n{}", self.log()),
        }
        let [rss, peak] = ["VmRSS:", "VmHWM:"].map(|key| self.memory_mib(key));
        let (took, cpu) = (begin.elapsed().as_secs_f64(), self.cpu().saturating_sub(cpu));
        println!("{what}\t{took:.2}\t{:.2}\t{rss:.1}\t{peak:.1}", cpu.as_secs_f64());
    }

    async fn ended(&mut self) {
        while self.child.try_wait().expect("its state").is_none() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn cpu(&self) -> Duration {
        let stat = self.read("stat");
        // The name before may hold anything.
        let (_, fields) = stat.rsplit_once(')').expect("a name");
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: u32 = ticks.map(|ticks| ticks.parse::<u32>().expect("ticks")).sum();
        Duration::from_secs_f64(f64::from(ticks) / TICKS_PER_SECOND)
    }

    fn memory_mib(&self, key: &str) -> f64 {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("a size");
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("KiB");
        kib / 1024.0
    }

    /// Lets the peak begin anew.
    fn forget_peak(&self) {
        fs::write(self.file("clear_refs"), "5").expect("an own process");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("an own process")
    }

    fn file(&self, name: &str) -> PathBuf {
        format!("/proc/{}/{name}", self.child.id()).into()
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The binary that the second argument names; else the release binary, beside the profile that this
/// program was built with.
fn binary() -> PathBuf {
    if let Some(named) = std::env::args_os().nth(2) {
        return named.into();
    }
    let own = std::env::current_exe().expect("a path");
    let target = own.ancestors().nth(3).expect("target/PROFILE/examples/controller");
    target.join("release/inventory-aggregator")
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}

fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let mut answer = String::new();
    stream.write_all(b"GET /readyz HTTP/1.0\r\n\r\n").is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.split_whitespace().nth(1) == Some("200")
}
