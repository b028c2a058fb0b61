//! Runs a fake AIOS until Ctrl-C, so that the whole way from nodes to a stored cluster can be tried
//! without AIOS.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use fake_aios::{FakeAios, Options, Service, Tls};

/// A stand-in for AIOS's Parser, cluster controller gateway, clusters registry, tasks service,
/// membership service, and the registries of add-ons.
///
/// Prints each service's address and answers until Ctrl-C. Nothing is kept.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Listen on this address; there is no authentication, as in AIOS.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// Take free ports instead of the usual ones.
    #[arg(long)]
    any_port: bool,
    /// Port of the Parser.
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    parser: u16,
    /// Port of the gateway.
    #[arg(long, value_name = "PORT", default_value_t = 5000)]
    gateway: u16,
    /// Port of the clusters registry.
    #[arg(long, value_name = "PORT", default_value_t = 3000)]
    registry: u16,
    /// Port of the tasks service; AIOS has it on 8000, as the Parser.
    #[arg(long, value_name = "PORT", default_value_t = 8001)]
    tasks: u16,
    /// Port of the membership service.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    membership: u16,
    /// Port of the registries of add-ons.
    #[arg(long, value_name = "PORT", default_value_t = 8002)]
    addons: u16,
    /// Port of the control endpoint: POST and DELETE /faults, POST
    /// /membership/CLUSTER/nodes|sync|join|leave|edit|before-update, POST /services/SERVICE/stop|start, GET /clusters
    /// and /requests.
    #[arg(long, value_name = "PORT", default_value_t = 8900)]
    control: u16,
    /// How many seconds a task of create-cluster-infra takes.
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    task_seconds: u64,
    /// Answer as the Parser over TLS, with this certificate chain (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Clusters that are stored already: onboarding documents as JSON.
    #[arg(value_name = "FILE")]
    clusters: Vec<PathBuf>,
}

impl Arguments {
    fn options(&self) -> anyhow::Result<Options> {
        let ports = [
            (Service::Parser, self.parser),
            (Service::Gateway, self.gateway),
            (Service::Registry, self.registry),
            (Service::Tasks, self.tasks),
            (Service::Membership, self.membership),
            (Service::Addons, self.addons),
            (Service::Control, self.control),
        ];
        let tls = self.tls_certificate.as_deref().zip(self.tls_key.as_deref());
        Ok(Options {
            listen: self.listen,
            ports: if self.any_port { [].into() } else { ports.into() },
            parser_tls: tls.map(|(certificate, key)| read_tls(certificate, key)).transpose()?,
            clusters: self
                .clusters
                .iter()
                .map(|file| read_cluster(file))
                .collect::<Result<_, _>>()?,
            task_delay: Duration::from_secs(self.task_seconds),
        })
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("'{}' cannot be read", file.display()))
}

fn read_cluster(file: &Path) -> anyhow::Result<serde_json::Value> {
    serde_json::from_slice(&read(file)?).with_context(|| format!("'{}' is no JSON", file.display()))
}

fn read_tls(certificates: &Path, key: &Path) -> anyhow::Result<Tls> {
    Ok(Tls { certificates_pem: read(certificates)?, key_pem: read(key)? })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where stderr is gone there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "fake-aios: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let fake = FakeAios::start(&Arguments::parse().options()?)?;
    print_addresses(&fake)?;
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be waited for")
}

fn print_addresses(fake: &FakeAios) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for service in Service::ALL {
        writeln!(out, "{} {}", service.name(), fake.url(service))?;
    }
    out.flush()
}
