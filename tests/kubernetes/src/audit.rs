//! What the API server was asked for, from its audit log.

use std::path::Path;

use k8s_openapi::jiff::Timestamp;
use serde::Deserialize;

/// Every request, without its content.
pub const POLICY: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
";

/// The key under which a pod-bound token carries its node's name.
const NODE_NAME: &str = "authentication.kubernetes.io/node-name";

/// A request that was answered, or a watch that was begun.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// When it was dealt with.
    pub stage: String,
    /// What was asked for: `get`, `list`, `watch`, `patch` and so on.
    pub verb: String,
    /// Where.
    #[serde(rename = "requestURI")]
    pub uri: String,
    /// When it came in.
    #[serde(rename = "requestReceivedTimestamp")]
    pub received: Timestamp,
    user: User,
    response_status: Option<Status>,
}

#[derive(Clone, Debug, Deserialize)]
struct User {
    #[serde(default)]
    username: String,
    extra: Option<std::collections::BTreeMap<String, Vec<String>>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Status {
    code: Option<u16>,
}

impl Request {
    /// Whether it could have changed anything.
    #[must_use]
    pub fn is_write(&self) -> bool {
        !matches!(self.verb.as_str(), "get" | "list" | "watch")
    }

    /// How it was answered; absent where that is not known.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        self.response_status.as_ref()?.code
    }

    /// Who asked, such as `system:serviceaccount:NAMESPACE:NAME`.
    #[must_use]
    pub fn user_name(&self) -> &str {
        &self.user.username
    }

    /// The node whose pod asked; absent for all others.
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        self.user.extra.as_ref()?.get(NODE_NAME)?.first().map(String::as_str)
    }
}

/// The requests in this log, each once: a watch when it began, all else when it was answered.
#[must_use]
pub fn requests(log: &Path) -> Vec<Request> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    // The last line may be half written.
    let requests = text.lines().filter_map(|line| serde_json::from_str::<Request>(line).ok());
    let is_counted = |request: &Request| {
        let stage = if request.verb == "watch" { "ResponseStarted" } else { "ResponseComplete" };
        request.stage == stage
    };
    requests.filter(is_counted).collect()
}
