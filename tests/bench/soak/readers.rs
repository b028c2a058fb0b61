//! Those who ask for pages and metrics all the time, and go in the middle of an answer.

use std::time::Duration;

use crate::every;
use crate::hosts::Agent;
use crate::support::cluster::name;
use crate::support::controller::Controller;

const EVERY: Duration = Duration::from_millis(500);

/// How long somebody follows the page before they close it.
const FOLLOWED: Duration = Duration::from_secs(2);

/// Reads for ever, each time by a new connection.
pub async fn read(controller: &Controller, agents: &[&Agent]) {
    let node = format!("/node/{}", name(0));
    let pages = ["/", "/cluster.json", &node].map(|path| controller.page(path));
    let metrics = agents.iter().map(|agent| agent.metrics.clone());
    let all: Vec<String> = pages.into_iter().chain([controller.metrics()]).chain(metrics).collect();
    let changes = controller.page("/changes");
    tokio::join!(
        every(EVERY, async |_| {
            for url in &all {
                reqwest::get(url).await.expect("an answer").bytes().await.expect("all of it");
            }
        }),
        every(FOLLOWED, async |_| {
            let mut answer = reqwest::get(&changes).await.expect("an answer");
            let follow = async { while answer.chunk().await.expect("a change").is_some() {} };
            // Nobody waits for its end.
            let _closed = tokio::time::timeout(FOLLOWED, follow).await;
        }),
    );
}
