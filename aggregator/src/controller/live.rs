//! The cluster at a glance as it is now, and its document, for those who may enter the pod. It only tells,
//! and nothing that is secret.

mod changes;
mod document;
mod guard;
mod pages;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use k8s_openapi::jiff::Timestamp;
use kube::Client;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::leader::Leader;
use super::shared::Shared;
use guard::Hosts;

/// What a page is made from.
pub struct Source {
    client: Client,
    shared: Arc<Shared>,
    leader: Arc<Leader>,
    /// When this process began: what another one counted is something else.
    began: Timestamp,
    /// One page is made at a time: that of a large cluster takes a while, and some memory.
    turn: Arc<Semaphore>,
}

impl Source {
    /// What a page is made from, in this process.
    pub fn new(client: Client, shared: Arc<Shared>, leader: Arc<Leader>) -> Self {
        let (began, turn) = (Timestamp::now(), Arc::new(Semaphore::new(1)));
        Self { client, shared, leader, began, turn }
    }

    /// Makes something when it is its turn, and lets others be served meanwhile.
    async fn make<T: Send + 'static>(
        self: Arc<Self>,
        make: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, StatusCode> {
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        // It is held until the work is done, also where nobody waits for that any more.
        let work = move || turn.map(|_turn| make(&self));
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_closed)) => Err(StatusCode::SERVICE_UNAVAILABLE),
            Err(error) => {
                tracing::error!(%error, "a page was not made");
                Err(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    /// What a page is called that is made now. Another name is another page.
    fn revision(&self, number: u64) -> String {
        format!("{}-{number}", self.began.as_millisecond())
    }
}

/// Answers at this address, for ever.
pub async fn serve(listener: TcpListener, source: Source, address: &str) -> std::io::Result<()> {
    let (source, hosts) = (Arc::new(source), Arc::new(Hosts::of(address)));
    let router = Router::new()
        .route("/", get(pages::cluster))
        .route("/node/{name}", get(pages::node))
        .route("/changes", get(changes::changes))
        .route("/cluster.json", get(document::document))
        .fallback(async || (StatusCode::NOT_FOUND, "there is no such page\n"))
        .layer(from_fn_with_state(hosts, guard::guard))
        .with_state(Arc::clone(&source));
    tokio::select! {
        served = axum::serve(listener, router) => served,
        never = watch_leader(&source) => match never {},
    }
}

/// Who leads is on the page.
async fn watch_leader(source: &Source) -> Infallible {
    let mut standing = source.leader.standing();
    while standing.changed().await.is_ok() {
        source.shared.seen();
    }
    std::future::pending().await
}
