//! The small listeners: `/healthz` and `/readyz` for kubelet and `/metrics` for Prometheus, and by
//! itself `/cluster.json`, for those who may enter the pod.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use axum::response::IntoResponse;
use axum::routing::get;
use inventory_common::cluster::{Document, RawDocument};
use inventory_common::metrics::exposition;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

use super::Shared;
use super::leader::Leader;
use super::picture::{Picture, measured};
use crate::cluster::difference::without_secrets;

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

/// Answers with the cluster's document, for ever.
pub async fn serve_cluster(listener: TcpListener, shared: Arc<Shared>) -> std::io::Result<()> {
    let router = Router::new().route("/cluster.json", get(cluster)).with_state(shared);
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

/// The document as it would be submitted now, without secrets.
async fn cluster(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let text = document(&shared).map_err(|line| (StatusCode::SERVICE_UNAVAILABLE, line + "\n"))?;
    Ok::<_, (StatusCode, String)>(([(CONTENT_TYPE, "application/json")], text))
}

fn document(shared: &Shared) -> Result<String, String> {
    let view = shared.view();
    if !view.is_whole() {
        return Err(view.unknown().join("\n"));
    }
    let picture = Picture::of(&view).ok_or("there is no ClusterOnboarding 'cluster'")?;
    let measured = measured(&view, &picture.coverage).ok_or("the nodes cannot be summed")?;
    let mut profile = picture.onboarding.spec.profile;
    let noted = picture.coverage.note_in(&mut profile.cluster_metadata);
    noted.map_err(|error| error.to_string())?;
    let document = RawDocument::try_from(Document::new(profile, measured));
    let document = document.map(|document| document.map(without_secrets));
    let text = document.and_then(|document| serde_json::to_string_pretty(&document));
    text.map(|text| text + "\n").map_err(|error| error.to_string())
}
