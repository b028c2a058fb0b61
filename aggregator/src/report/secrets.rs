//! What a person wrote, as anybody may see it: without the command by which a node joins, and without
//! credentials.

use serde_json::{Map, Value};

use crate::cluster::difference::without_secrets;

/// Keys whose values are credentials, wherever somebody may have put them.
const SECRET: [&str; 8] = [
    "token",
    "password",
    "secret",
    "kubeconfig",
    "client-key-data",
    "client-certificate-data",
    "proxy-url",
    "authorization",
];

/// What stands in their place.
const HIDDEN: &str = "(not shown)";

/// What a person wrote, without what is secret.
#[must_use]
pub fn hidden(said: &Map<String, Value>) -> Map<String, Value> {
    let said = said.iter().map(|(key, value)| (key.clone(), shown(key, value)));
    match without_secrets(&Value::Object(said.collect())) {
        Value::Object(said) => said,
        _ => Map::new(),
    }
}

/// A value at a dotted path, without what is secret.
#[must_use]
pub fn shown(path: &str, value: &Value) -> Value {
    let key = path.rsplit('.').next().unwrap_or(path).to_lowercase();
    if SECRET.contains(&key.as_str()) && !value.is_null() {
        return HIDDEN.into();
    }
    match value {
        Value::Object(object) => {
            let show = |(key, value): (&String, &Value)| (key.clone(), shown(key, value));
            Value::Object(object.iter().map(show).collect())
        }
        Value::Array(list) => list.iter().map(|value| shown("", value)).collect(),
        value => value.clone(),
    }
}
