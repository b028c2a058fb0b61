//! The controller's process, and what it uses.

use std::future::Future;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use test_kubernetes::wait;

use super::cluster::{Cluster, PATIENCE};
use super::process::Process;

/// A running controller; killed in the end.
pub struct Controller {
    /// Its process.
    pub process: Process,
    address: SocketAddr,
    page: SocketAddr,
}

impl Controller {
    /// Starts this binary with the chart's rights.
    pub async fn start(cluster: &Cluster, binary: &Path, args: &[&str]) -> Self {
        let (address, page) = (free_address(), free_address());
        let mut command = Command::new(binary);
        command.args(["run", "--listen", &address.to_string(), "--cluster-listen"]);
        command.arg(page.to_string()).arg("--kubeconfig").arg(cluster.kubeconfig().await);
        let log = cluster.folder().join("controller.log");
        Self { process: Process::start(command.args(args), &log), address, page }
    }

    /// Waits until it says that it is ready.
    pub fn ready(&self) -> impl Future<Output = ()> + use<> {
        let address = self.address;
        async move {
            let look = async || is_ready(address).then_some(());
            wait::until("the controller is ready", PATIENCE, look).await;
        }
    }

    /// Where its page is.
    pub fn page(&self, path: &str) -> String {
        format!("http://{}{path}", self.page)
    }

    /// Where its metrics are.
    pub fn metrics(&self) -> String {
        format!("http://{}/metrics", self.address)
    }

    /// Asks for what is served at this path so many times, one after the other, and prints how large it is.
    pub fn ask(&self, path: &str, times: usize) -> impl Future<Output = ()> + use<> {
        let url = self.page(path);
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
        let process = &mut self.process;
        process.forget_peak();
        let (begin, cpu) = (Instant::now(), process.cpu());
        process.lives_until(happens).await;
        let [rss, peak] = ["VmRSS:", "VmHWM:"].map(|key| process.memory_mib(key));
        let (took, cpu) = (begin.elapsed().as_secs_f64(), process.cpu().saturating_sub(cpu));
        println!("{what}\t{took:.2}\t{:.2}\t{rss:.1}\t{peak:.1}", cpu.as_secs_f64());
    }
}

/// An address of this machine that nobody listens at.
pub fn free_address() -> SocketAddr {
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
