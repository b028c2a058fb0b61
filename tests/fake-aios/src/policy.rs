//! The network's pre-check policies: what may be stored, and what becomes of it on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{python, store};

/// What a policy does when it is asked.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Policy {
    /// Allows, and changes nothing.
    Allow,
    /// Allows, and sets these dotted paths; what comes out is what is stored.
    Rewrite(Map<String, Value>),
    /// Denies, for this reason.
    Deny(String),
    /// Is in the map, and not in the policy database.
    Missing,
    /// Raises an error, the cause of which the gateway loses.
    Raise,
    /// Is to be run by an executor that is down.
    ExecutorDown,
}

/// What a policy is asked about.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyAction {
    /// A cluster is created.
    CreateCluster,
    /// A cluster is removed.
    RemoveCluster,
}

impl PolicyAction {
    fn key(self) -> &'static str {
        match self {
            Self::CreateCluster => "create_cluster",
            Self::RemoveCluster => "remove_cluster",
        }
    }
}

/// The map from actions to policies, which anybody may change, and the policies of the database.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    map: Map<String, Value>,
    database: BTreeMap<String, Policy>,
}

impl Policies {
    /// Defines a policy and puts it in the map, or takes what is in the map away.
    pub(crate) fn set(&mut self, action: PolicyAction, policy: Option<Policy>) {
        let Some(policy) = policy else {
            self.map.remove(action.key());
            return;
        };
        let uri = format!("{}:1-s", action.key().replace('_', "-"));
        self.map.insert(action.key().to_owned(), uri.clone().into());
        self.define(uri, policy);
    }

    /// Puts a policy into the database under its URI.
    pub(crate) fn define(&mut self, uri: String, policy: Policy) {
        self.database.insert(uri, policy);
    }

    pub(crate) fn map(&self) -> Value {
        Value::Object(self.map.clone())
    }

    /// Answers the merged map, but keeps only what was sent.
    pub(crate) fn update(&mut self, sent: Map<String, Value>) -> Value {
        let mut merged = std::mem::replace(&mut self.map, sent.clone());
        merged.extend(sent);
        Value::Object(merged)
    }

    /// What the policy for this action makes of its input, or the reason of its refusal.
    pub(crate) fn judge(&self, action: PolicyAction, input: &Value) -> Result<Value, String> {
        let Some(uri) = self.map.get(action.key()) else { return Ok(input.clone()) };
        let policy = uri.as_str().and_then(|uri| self.database.get(uri));
        policy.unwrap_or(&Policy::Missing).judge(&python::text(uri), input)
    }
}

impl Policy {
    /// What this policy makes of its input, or the reason of its refusal.
    pub(crate) fn judge(&self, uri: &str, input: &Value) -> Result<Value, String> {
        match self {
            Self::Allow => Ok(input.clone()),
            Self::Rewrite(changes) => rewritten(input, changes),
            Self::Deny(reason) => Err(reason.clone()),
            Self::Missing => Err(format!("Policy rule with URI '{uri}' not found.")),
            Self::Raise => {
                Err("'PolicyFunctionExecutor' object has no attribute 'policy_rule_uri'".to_owned())
            }
            Self::ExecutorDown => {
                Err(crate::world::connection_refused("127.0.0.1", 10_000, "/execute_policy"))
            }
        }
    }
}

fn rewritten(input: &Value, changes: &Map<String, Value>) -> Result<Value, String> {
    let mut rewritten = input.clone();
    for (path, value) in changes {
        store::set(&mut rewritten, path, value.clone()).map_err(|error| error.to_string())?;
    }
    Ok(rewritten)
}
