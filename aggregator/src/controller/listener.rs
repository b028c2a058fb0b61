//! The small listener: `/healthz` and `/readyz` for kubelet and `/metrics` for Prometheus.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use axum::response::IntoResponse;
use axum::routing::get;
use inventory_common::metrics::exposition;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

use super::leader::Leader;
use super::shared::Shared;

/// Every address of this machine, of both families and of the one that every kernel knows.
const EVERYWHERE: [&str; 2] = ["[::]", "0.0.0.0"];

/// Listens at `ADDRESS:PORT`, or everywhere at `:PORT`.
pub async fn bind(address: &str) -> std::io::Result<TcpListener> {
    if !address.starts_with(':') {
        return TcpListener::bind(address).await;
    }
    let [both, old] = EVERYWHERE.map(|everywhere| format!("{everywhere}{address}"));
    match TcpListener::bind(both).await {
        Err(error) if error.kind() != ErrorKind::AddrInUse => TcpListener::bind(old).await,
        bound => bound,
    }
}

/// Answers kubelet and Prometheus, for ever.
pub async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    leader: Arc<Leader>,
    registry: Registry,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .with_state((shared, leader))
        .merge(Router::new().route("/metrics", get(metrics)).with_state(Arc::new(registry)));
    axum::serve(listener, router).await
}

/// `ok`, or what is not known on a line each.
async fn readyz(
    State((shared, leader)): State<(Arc<Shared>, Arc<Leader>)>,
) -> (StatusCode, String) {
    let mut unknown = shared.view().unknown();
    let trouble = leader.standing().borrow().trouble.clone();
    unknown.extend(trouble.map(|trouble| trouble.to_string()));
    match unknown {
        unknown if unknown.is_empty() => (StatusCode::OK, "ok\n".to_owned()),
        unknown => (StatusCode::SERVICE_UNAVAILABLE, unknown.join("\n") + "\n"),
    }
}

async fn metrics(State(registry): State<Arc<Registry>>, headers: HeaderMap) -> impl IntoResponse {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let told = exposition(&registry, accept);
    let told = told.map_err(|_unwritten| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok::<_, StatusCode>(([(CONTENT_TYPE, told.content_type)], told.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_host_it_listens_everywhere_and_with_one_there_alone() {
        let everywhere = bind(":0").await.unwrap().local_addr().unwrap();
        assert!(everywhere.ip().is_unspecified(), "{everywhere}");
        let here = bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert!(here.ip().is_loopback(), "{here}");
    }

    #[tokio::test]
    async fn a_port_that_somebody_has_is_not_taken_in_part() {
        let held = bind(":0").await.unwrap();
        let port = held.local_addr().unwrap().port();
        assert_eq!(bind(&format!(":{port}")).await.unwrap_err().kind(), ErrorKind::AddrInUse);
    }
}
