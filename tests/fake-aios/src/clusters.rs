//! The clusters registry with the store behind it: what a document becomes when it is stored.

use serde_json::{Map, Value};

use crate::schema::{self, Place};
use crate::{query, store};

/// Bytes of a request that the registry still reads.
pub const LIMIT_BYTES: usize = 102_400;

/// Why the registry refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// 404.
    #[error("Cluster not found")]
    NotFound,
    /// 413.
    #[error("request entity too large")]
    TooLarge,
    /// 500: all that is wrong with a document, and all that the database says.
    #[error("{0}")]
    Failed(String),
}

impl Refused {
    /// The status that the registry answers with.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::TooLarge => 413,
            Self::Failed(_) => 500,
        }
    }
}

fn failed(error: impl std::fmt::Display) -> Refused {
    Refused::Failed(error.to_string())
}

/// The stored clusters in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    stored: Vec<Value>,
    made: u64,
}

impl Clusters {
    /// Every cluster as it is stored, empty objects and all.
    pub(crate) fn raw(&self) -> &[Value] {
        &self.stored
    }

    /// A cluster as it is stored.
    pub(crate) fn raw_one(&self, id: &str) -> Option<&Value> {
        self.stored.iter().find(|cluster| has_id(cluster, id))
    }

    /// Puts a document there as it is, in place of one with its id.
    pub(crate) fn put(&mut self, document: Value) {
        let id = document.get("id").and_then(Value::as_str).map(str::to_owned);
        self.stored.retain(|cluster| id.as_deref().is_none_or(|id| !has_id(cluster, id)));
        self.stored.push(document);
    }

    pub(crate) fn create(&mut self, document: &Value) -> Result<Value, Refused> {
        let stored =
            schema::validate(&schema::as_javascript_reads(document)).map_err(Refused::Failed)?;
        refuse_forbidden_keys(&stored)?;
        let id = stored.get("id").and_then(Value::as_str).unwrap_or_default();
        if self.raw_one(id).is_some() {
            return Err(duplicate());
        }
        let mut stored = schema::without_empty_objects(&stored).unwrap_or_default();
        self.made += 1;
        if let Value::Object(map) = &mut stored {
            map.insert("_id".to_owned(), format!("6b02{:020x}", self.made).into());
            map.insert("__v".to_owned(), 0.into());
        }
        let answer = shown(&stored);
        self.stored.push(stored);
        Ok(answer)
    }

    pub(crate) fn read(&self, id: &str) -> Result<Value, Refused> {
        self.raw_one(id).map(shown).ok_or(Refused::NotFound)
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<Value, Refused> {
        let index =
            self.stored.iter().position(|cluster| has_id(cluster, id)).ok_or(Refused::NotFound)?;
        self.stored.remove(index);
        Ok(serde_json::json!({"message": "Cluster deleted"}))
    }

    /// The clusters that fit a filter.
    pub(crate) fn query(&self, filter: &Value) -> Result<Vec<Value>, Refused> {
        let found = query::select(self.stored.iter(), filter).map_err(failed)?;
        Ok(found.into_iter().map(shown).collect())
    }

    /// Applies an update all or not at all: `$set`, `$unset` and `$push`, and plain keys as `$set`.
    /// Answers with the whole cluster afterwards.
    pub(crate) fn update(&mut self, id: &str, update: &Value) -> Result<Value, Refused> {
        let mut changed = self.raw_one(id).cloned().ok_or(Refused::NotFound)?;
        let update = schema::as_javascript_reads(update);
        let update = update.as_object().cloned().unwrap_or_default();
        let (operators, plain): (Map<_, _>, Map<_, _>) =
            update.into_iter().partition(|(key, _)| key.starts_with('$'));
        set_all(&mut changed, &plain)?;
        for (operator, operand) in &operators {
            let operand = operand.as_object().cloned().unwrap_or_default();
            match operator.as_str() {
                "$set" => set_all(&mut changed, &operand)?,
                "$unset" => operand.keys().for_each(|path| store::unset(&mut changed, path)),
                "$push" => push_all(&mut changed, &operand)?,
                other => return Err(Refused::Failed(format!("Unknown modifier: {other}"))),
            }
        }
        self.replace(id, changed)
    }

    fn replace(&mut self, id: &str, changed: Value) -> Result<Value, Refused> {
        let new_id = changed.get("id").and_then(Value::as_str);
        if new_id.is_some_and(|new_id| new_id != id && self.raw_one(new_id).is_some()) {
            return Err(duplicate());
        }
        let answer = shown(&changed);
        let slot = self.stored.iter_mut().find(|cluster| has_id(cluster, id));
        *slot.ok_or(Refused::NotFound)? = changed;
        Ok(answer)
    }
}

fn has_id(cluster: &Value, id: &str) -> bool {
    cluster.get("id").and_then(Value::as_str) == Some(id)
}

fn duplicate() -> Refused {
    failed("E11000 duplicate key error collection: clusters.clusters")
}

fn refuse_forbidden_keys(value: &Value) -> Result<(), Refused> {
    match schema::forbidden_key(value) {
        Some(key) => {
            Err(Refused::Failed(format!("invalid key: \"{key}\" (key must not contain '.' sign)")))
        }
        None => Ok(()),
    }
}

fn set_all(document: &mut Value, changes: &Map<String, Value>) -> Result<(), Refused> {
    let known = changes.iter().filter(|(path, _)| !matches!(schema::place(path), Place::Unknown));
    let paths: Vec<_> = known.clone().map(|(path, _)| path.as_str()).collect();
    store::check_conflicts(&paths).map_err(failed)?;
    if changes.contains_key("_id") {
        return Err(failed(
            "Performing an update on the path '_id' would modify the immutable field '_id'",
        ));
    }
    known.into_iter().try_for_each(|(path, value)| set_one(document, path, value))
}

fn set_one(document: &mut Value, path: &str, value: &Value) -> Result<(), Refused> {
    refuse_forbidden_keys(value)?;
    let value = match schema::place(path) {
        Place::Field(field) => schema::cast(field, value).map_err(|fault| failed(fault.message))?,
        Place::Inside => value.clone(),
        Place::Group => known_part(path, value)?,
        Place::Unknown => return Ok(()),
    };
    store::set(document, path, value).map_err(failed)
}

/// What is stored where a whole object such as `nodes` is set: only what was sent, so that the rest of
/// it is gone.
fn known_part(group: &str, value: &Value) -> Result<Value, Refused> {
    let members = match value {
        Value::Null => return Ok(Value::Null),
        Value::Object(members) => members,
        other => {
            return Err(failed(format!(
                "Cast to Object failed for value {other} at path \"{group}\""
            )));
        }
    };
    let mut kept = Map::new();
    for (key, value) in members {
        if let Place::Field(field) = schema::place(&format!("{group}.{key}")) {
            kept.insert(
                key.clone(),
                schema::cast(field, value).map_err(|fault| failed(fault.message))?,
            );
        }
    }
    Ok(Value::Object(kept))
}

fn push_all(document: &mut Value, pushes: &Map<String, Value>) -> Result<(), Refused> {
    for (path, value) in pushes {
        refuse_forbidden_keys(value)?;
        if !matches!(schema::place(path), Place::Unknown) {
            store::push(document, path, value.clone()).map_err(failed)?;
        }
    }
    Ok(())
}

/// A cluster as answers show it: without empty objects, and with a list where one is lacking.
fn shown(stored: &Value) -> Value {
    let mut shown = stored.clone();
    for path in ["nodes.nodeData", "tags"] {
        let list = match schema::at(&shown, path) {
            Some(Value::Array(_) | Value::Null) => continue,
            Some(lone) => vec![lone.clone()],
            None => Vec::new(),
        };
        // `nodes` may be null by now, and then has nothing to show.
        let _ = store::set(&mut shown, path, list.into());
    }
    schema::without_empty_objects(&shown).unwrap_or_default()
}
