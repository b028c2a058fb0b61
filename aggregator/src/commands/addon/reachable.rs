//! Whether what is to be registered answers, as its registry will look.

use std::time::Duration;

use anyhow::Context;
use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::aios::{AddonKind, Base, Check, Health, Transport, health};
use crate::exit::say;
use crate::kubernetes::kubeconfig::{Reach, reach};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// Looks at a public URL from here, and says what is wrong with it. Absent is a kind without one.
pub async fn must_answer(
    kind: &AddonKind,
    url: Option<&str>,
    transport: &Transport,
) -> anyhow::Result<Result<(), String>> {
    let Some(url) = url else { return Ok(Ok(())) };
    let base: Base = url.parse().context("the add-on's public URL")?;
    if let Some(place) = unreachable(reach(url)) {
        say("warning", &format!("the public URL '{base}' {place}"));
    }
    let answer = match kind.check {
        Check::Nothing => Ok(()),
        Check::Health(path) => match health(transport, &base, path).await {
            Health::Well => Ok(()),
            Health::Status(status) => Err(format!(
                "'{base}/{path}' answers {status}, and its registry wants a good answer there"
            )),
            Health::Silent(why) => {
                Err(format!("'{base}/{path}' cannot be reached from here: {why}"))
            }
        },
        Check::Listens => {
            connect(url).await.map_err(|why| format!("'{base}' cannot be reached from here: {why}"))
        }
    };
    Ok(answer)
}

fn unreachable(reach: Option<Reach>) -> Option<&'static str> {
    match reach {
        Some(Reach::Machine) => Some("is this machine's own, and nobody reaches it from elsewhere"),
        Some(Reach::Network) => {
            Some("is a private one, and reached only from within the same network")
        }
        Some(Reach::World) | None => None,
    }
}

async fn connect(url: &str) -> Result<(), String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(80);
    match timeout(CONNECT, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_elapsed) => Err(format!("no connection within {} s", CONNECT.as_secs())),
    }
}
