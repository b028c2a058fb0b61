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
use crate::kubernetes::trouble::{answered, told};

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
        let answer = self.run(client, question).await;
        if self.delete(client, &question.name).await.is_ok()
            && let Ok(mut made) = self.made.lock()
        {
            made.retain(|name| *name != question.name);
        }
        answer
    }

    async fn run(&self, client: &Client, question: &Question<'_>) -> Result<Outcome, String> {
        let pod = question.pod().map_err(|error| one_line(&error))?;
        let (api, params) = (self.api(client), PostParams::default());
        let made = answered("create pods", api.create(&params, &pod)).await;
        made.map_err(|trouble| one_line(&trouble))?;
        self.end(client, question).await?;
        let params = LogParams { limit_bytes: Some(LOG_BYTES), ..LogParams::default() };
        let log = answered("get pods/log", api.logs(&question.name, &params)).await;
        let log = log.map_err(|trouble| one_line(&trouble))?;
        Outcome::of_log(&log).ok_or_else(|| {
            format!("image '{}' has no inventory-aggregator that knows this", question.image.name)
        })
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
        let params = DeleteParams::default().grace_period(0);
        match self.api(client).delete(name, &params).await {
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            Err(error) => Err(told(&error)),
            Ok(_) => Ok(()),
        }
    }

    fn api(&self, client: &Client) -> Api<Pod> {
        Api::namespaced(client.clone(), &self.namespace)
    }
}
