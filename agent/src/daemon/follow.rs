//! Follows one object: its state now, and every change of it, by a list and a watch of one name.

use std::convert::Infallible;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::StreamExt;
use kube::api::{Api, ListParams, WatchEvent, WatchParams};
use kube::{Error, Resource};
use serde::de::DeserializeOwned;

use super::api::Trouble;

/// How long the API server keeps a watch open at most: as long as clients may ask for.
pub const WATCH_SECONDS: u32 = 290;

/// So much shorter some nodes' watches are than others'. Two watches, and kubelet's figures each ten minutes, stay below
/// a request each hundred seconds.
const WATCH_SPREAD_SECONDS: u32 = 50;

/// A watch that ends sooner is not opened again at once.
const SHORT: Duration = Duration::from_secs(10);

/// The pauses between tries while the API server does not answer.
pub const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(500))
    .with_max_delay(Duration::from_secs(20))
    .without_max_times()
    .with_jitter();

/// What is learnt of an object.
#[derive(Debug)]
pub enum Notice<K> {
    /// How it was when it was asked for.
    Listed(Listed<K>),
    /// It was made or changed.
    Changed(K),
    /// It was deleted, and was like this at the end.
    Deleted(K),
    /// Nobody can tell any more: this went wrong.
    Lost(Trouble),
}

/// The answer to a question.
#[derive(Debug)]
pub struct Listed<K> {
    /// The object; absent where it is not there.
    pub object: Option<K>,
    /// Of which version of all the cluster this was true.
    pub version: String,
    /// When it was asked.
    pub asked: Instant,
}

/// How following has ended for now.
struct Ended {
    /// How long there was a watch.
    watched: Duration,
    /// How long the API server asks to wait.
    word: Duration,
}

/// Follows the object of this name for ever, and tells what is learnt of it in its order.
pub async fn follow<K>(api: &Api<K>, name: &str, tell: impl AsyncFn(Notice<K>))
where
    K: Resource + Clone + Debug + DeserializeOwned,
{
    let mut pauses = PAUSES.build();
    loop {
        let Ended { watched, word } = follow_once(api, name, &tell).await;
        if watched >= SHORT {
            pauses = PAUSES.build();
        }
        // Many nodes hear the same word: after it each waits its own time.
        tokio::time::sleep(word + pauses.next().unwrap_or(SHORT)).await;
    }
}

/// Lists, and watches from there on until that fails.
async fn follow_once<K>(api: &Api<K>, name: &str, tell: &impl AsyncFn(Notice<K>)) -> Ended
where
    K: Resource + Clone + Debug + DeserializeOwned,
{
    let selector = format!("metadata.name={name}");
    let asked = Instant::now();
    let listed = match api.list(&ListParams::default().fields(&selector)).await {
        Ok(listed) => listed,
        Err(error) => {
            let trouble = Trouble::from(error);
            let word = trouble.retry_after();
            tell(Notice::Lost(trouble)).await;
            return Ended { watched: Duration::ZERO, word };
        }
    };
    let version = listed.metadata.resource_version.unwrap_or_default();
    let object = listed.items.into_iter().next();
    tell(Notice::Listed(Listed { object, version: version.clone(), asked })).await;
    let (begun, watch) = (Instant::now(), watch_params(&selector, name));
    let Err(error) = watch_on(api, &watch, version, tell).await;
    let trouble = Trouble::from(error);
    tracing::debug!(node = name, trouble = trouble.told(), "a watch has ended");
    Ended { watched: begun.elapsed(), word: trouble.retry_after() }
}

/// How the node's watches are opened. Agents that have begun together, as after the API server was away, would open all
/// of them anew in the same second again and again: each node's last their own time.
fn watch_params(selector: &str, name: &str) -> WatchParams {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let shorter = hasher.finish() % u64::from(WATCH_SPREAD_SECONDS);
    let seconds = u32::try_from(shorter).map_or(WATCH_SECONDS, |shorter| WATCH_SECONDS - shorter);
    WatchParams::default().fields(selector).timeout(seconds)
}

/// Watches from this version on, again and again, until that fails.
async fn watch_on<K>(
    api: &Api<K>,
    watch: &WatchParams,
    mut version: String,
    tell: &impl AsyncFn(Notice<K>),
) -> Result<Infallible, Error>
where
    K: Resource + Clone + Debug + DeserializeOwned,
{
    let mut pauses = PAUSES.build();
    loop {
        let opened = Instant::now();
        let mut events = std::pin::pin!(api.watch(watch, &version).await?);
        while let Some(event) = events.next().await {
            let notice = match event? {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                    version = object.meta().resource_version.clone().unwrap_or(version);
                    Notice::Changed(object)
                }
                WatchEvent::Deleted(object) => {
                    version = object.meta().resource_version.clone().unwrap_or(version);
                    Notice::Deleted(object)
                }
                WatchEvent::Bookmark(bookmark) => {
                    version = bookmark.metadata.resource_version;
                    continue;
                }
                WatchEvent::Error(status) => return Err(Error::Api(status)),
            };
            tell(notice).await;
        }
        if opened.elapsed() < SHORT {
            tokio::time::sleep(pauses.next().unwrap_or(SHORT)).await;
        } else {
            pauses = PAUSES.build();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_watches_of_many_nodes_do_not_end_in_the_same_second() {
        let mut ends: BTreeMap<u32, usize> = BTreeMap::new();
        for number in 0..5_000 {
            let watch = watch_params("", &format!("node-{number}"));
            *ends.entry(watch.timeout.unwrap()).or_default() += 1;
        }
        assert!(ends.keys().all(|seconds| (241..=290).contains(seconds)), "{ends:?}");
        // A hundred a second where they are spread evenly.
        assert!(ends.values().all(|count| *count < 200), "{ends:?}");
    }
}
