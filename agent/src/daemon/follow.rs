//! Follows one object: its state now, and every change of it, by a list and a watch of one name.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::StreamExt;
use kube::api::{Api, ListParams, WatchEvent, WatchParams};
use kube::{Error, Resource};
use serde::de::DeserializeOwned;

use super::api::Trouble;

/// How long the API server keeps a watch open: as long as clients may ask for.
const WATCH_SECONDS: u32 = 290;

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
    /// How it is now: the answer to a question.
    Listed(Option<K>),
    /// It was made or changed.
    Changed(K),
    /// It was deleted.
    Deleted,
    /// Nobody can tell any more: this went wrong.
    Lost(Trouble),
}

/// Follows the object of this name for ever, and tells what is learnt of it in its order.
pub async fn follow<K>(api: &Api<K>, name: &str, tell: impl AsyncFn(Notice<K>))
where
    K: Resource + Clone + Debug + DeserializeOwned,
{
    let selector = format!("metadata.name={name}");
    let list = ListParams::default().fields(&selector);
    let mut pauses = PAUSES.build();
    loop {
        match api.list(&list).await {
            Err(error) => tell(Notice::Lost(error.into())).await,
            Ok(listed) => {
                pauses = PAUSES.build();
                let version = listed.metadata.resource_version.unwrap_or_default();
                tell(Notice::Listed(listed.items.into_iter().next())).await;
                if let Err(error) = watch(api, &selector, version, &tell).await {
                    tracing::debug!(
                        node = name,
                        trouble = Trouble::from(error).told(),
                        "a watch has ended"
                    );
                }
            }
        }
        tokio::time::sleep(pauses.next().unwrap_or(SHORT)).await;
    }
}

/// Watches from this version on, again and again, until that fails.
async fn watch<K>(
    api: &Api<K>,
    selector: &str,
    mut version: String,
    tell: &impl AsyncFn(Notice<K>),
) -> Result<(), Error>
where
    K: Resource + Clone + Debug + DeserializeOwned,
{
    let watch = WatchParams::default().fields(selector).timeout(WATCH_SECONDS);
    let mut pauses = PAUSES.build();
    loop {
        let opened = Instant::now();
        let mut events = std::pin::pin!(api.watch(&watch, &version).await?);
        while let Some(event) = events.next().await {
            let notice = match event? {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                    version = object.meta().resource_version.clone().unwrap_or(version);
                    Notice::Changed(object)
                }
                WatchEvent::Deleted(object) => {
                    version = object.meta().resource_version.clone().unwrap_or(version);
                    Notice::Deleted
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
