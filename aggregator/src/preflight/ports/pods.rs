//! Short-lived pods that connect from their nodes. Whatever becomes of the command, it deletes them.

use std::sync::Mutex;
use std::time::Duration;

use inventory_common::telling::one_line;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, DeleteParams, LogParams, PostParams};
use tokio::time::{Instant, sleep};

use super::fate::{Fate, fate};
use super::outcome::Outcome;
use super::question::Question;
use crate::kubernetes::service_account::gone;
use crate::kubernetes::trouble::answered;

/// The label selector of these pods.
pub const SELECTOR: &str =
    "app.kubernetes.io/name=aios-inventory,app.kubernetes.io/component=preflight";

/// From one look at a pod to the next.
const PAUSE: Duration = Duration::from_millis(500);

/// The most bytes of a log that are read.
const LOG_BYTES: i64 = 4 << 20;

/// The pods that were made in this namespace, and that must be deleted.
pub struct Pods {
    namespace: String,
    made: Mutex<Vec<String>>,
}

impl Pods {
    /// None so far.
    #[must_use]
    pub fn new(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), made: Mutex::new(Vec::new()) }
    }

    /// Deletes those that are left. Answers with a line for each that cannot be deleted.
    pub async fn clear(&self, client: &Client) -> Vec<String> {
        let left = self.made.lock().map(|mut made| std::mem::take(&mut *made)).unwrap_or_default();
        let (mut lines, namespace) = (Vec::new(), &self.namespace);
        for name in left {
            if let Err(why) = self.delete(client, &name).await {
                lines.push(format!(
                    "pod '{name}' is left behind, {why}: kubectl delete pod -n {namespace} -l {SELECTOR}"
                ));
            }
        }
        lines
    }

    /// Has these connections tried from this node.
    pub(super) async fn ask(
        &self,
        client: &Client,
        question: &Question<'_>,
    ) -> Result<Outcome, String> {
        // It is to be deleted from the moment on in which it may be there.
        if let Ok(mut made) = self.made.lock() {
            made.push(question.name.clone());
        }
        self.make(client, question).await?;
        let answer = self.answer(client, question).await;
        if self.delete(client, &question.name).await.is_ok() {
            self.forget(&question.name);
        }
        answer
    }

    async fn make(&self, client: &Client, question: &Question<'_>) -> Result<(), String> {
        let pod = question.pod().map_err(|error| one_line(&error))?;
        let (api, params, mut is_refused) = (self.api(client), PostParams::default(), false);
        let create = async {
            let made = api.create(&params, &pod).await;
            is_refused = made.as_ref().is_err_and(is_refusal);
            made
        };
        let made = answered("create pods", create).await;
        if is_refused {
            self.forget(&question.name);
        }
        made.map(drop).map_err(|trouble| one_line(&trouble))
    }

    async fn answer(&self, client: &Client, question: &Question<'_>) -> Result<Outcome, String> {
        self.end(client, question).await?;
        let (api, params) = (self.api(client), LogParams::default());
        let params = LogParams { limit_bytes: Some(LOG_BYTES), ..params };
        let log = answered("get pods/log", api.logs(&question.name, &params)).await;
        let log = log.map_err(|trouble| one_line(&trouble))?;
        Outcome::of_log(&log).ok_or_else(|| {
            format!("image '{}' has no inventory-aggregator that knows this", question.image.name)
        })
    }

    /// It is not there, or no more.
    fn forget(&self, name: &str) {
        if let Ok(mut made) = self.made.lock() {
            made.retain(|made| made != name);
        }
    }

    /// Waits until the pod has done its work.
    async fn end(&self, client: &Client, question: &Question<'_>) -> Result<(), String> {
        let (begin, patience) = (Instant::now(), question.patience());
        while begin.elapsed() < patience {
            let pod = answered("get pods", self.api(client).get(&question.name)).await;
            match fate(&pod.map_err(|trouble| one_line(&trouble))?) {
                Fate::Waits => sleep(PAUSE).await,
                Fate::Done => return Ok(()),
                Fate::Failed(why) => return Err(why),
            }
        }
        Err(format!("its pod is not done after {} s", patience.as_secs()))
    }

    async fn delete(&self, client: &Client, name: &str) -> Result<(), String> {
        let (api, params) = (self.api(client), DeleteParams::default().grace_period(0));
        let deleted = answered("delete pods", gone(api.delete(name, &params))).await;
        deleted.map_err(|trouble| one_line(&trouble))
    }

    fn api(&self, client: &Client) -> Api<Pod> {
        Api::namespaced(client.clone(), &self.namespace)
    }
}

/// Whether the API server made nothing of it, for sure.
fn is_refusal(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if (400..500).contains(&status.code))
}
