//! `MongoDB`'s way of asking: which documents a filter fits.

use regex::Regex;
use serde_json::{Map, Value};

use crate::schema::{self, Kind, Place};

/// A filter that the registry answers with an error.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadQuery(String);

fn bad(text: impl Into<String>) -> BadQuery {
    BadQuery(text.into())
}

/// The documents that fit; all where the filter is empty or null.
pub(crate) fn select<'a>(
    documents: impl Iterator<Item = &'a Value>,
    query: &Value,
) -> Result<Vec<&'a Value>, BadQuery> {
    let none = Map::new();
    let query = match query {
        Value::Null => &none,
        Value::Object(query) => query,
        _ => return Err(bad("Parameter \"filter\" to find() must be an object")),
    };
    documents
        .filter_map(|document| {
            fits(document, query).map(|fits| fits.then_some(document)).transpose()
        })
        .collect()
}

fn fits(document: &Value, query: &Map<String, Value>) -> Result<bool, BadQuery> {
    // Each condition is looked at, so that a bad one is an error whatever the others say.
    query.iter().try_fold(true, |so_far, (key, condition)| {
        let fits = match key.as_str() {
            "$or" => any(document, condition)?,
            "$nor" => !any(document, condition)?,
            "$and" => branches(document, condition)?.into_iter().all(|fits| fits),
            key if key.starts_with('$') => {
                return Err(bad(format!("unknown top level operator: {key}")));
            }
            path => field_fits(document, path, condition)?,
        };
        Ok(so_far && fits)
    })
}

fn any(document: &Value, branches_of: &Value) -> Result<bool, BadQuery> {
    Ok(branches(document, branches_of)?.into_iter().any(|fits| fits))
}

fn branches(document: &Value, branches: &Value) -> Result<Vec<bool>, BadQuery> {
    let branches = branches.as_array().ok_or_else(|| bad("$or must be an array"))?;
    let object =
        |branch: &Value| branch.as_object().cloned().ok_or_else(|| bad("$or needs objects"));
    branches.iter().map(|branch| fits(document, &object(branch)?)).collect()
}

fn field_fits(document: &Value, path: &str, condition: &Value) -> Result<bool, BadQuery> {
    let found = found_at(document, &path.split('.').collect::<Vec<_>>());
    let operators = condition.as_object().filter(|map| map.keys().any(|key| key.starts_with('$')));
    let Some(operators) = operators else { return Ok(equals(&found, &operand(path, condition)?)) };
    operators.iter().try_fold(true, |so_far, (name, value)| {
        Ok(so_far && operator_fits(&found, path, name, value, operators)?)
    })
}

fn operator_fits(
    found: &[&Value],
    path: &str,
    name: &str,
    value: &Value,
    beside: &Map<String, Value>,
) -> Result<bool, BadQuery> {
    let compare = |holds: fn(f64, f64) -> bool| -> Result<bool, BadQuery> {
        let operand = operand(path, value)?;
        Ok(found.iter().any(|found| ordered(found, &operand, holds)))
    };
    Ok(match name {
        "$eq" => equals(found, &operand(path, value)?),
        "$ne" => !equals(found, &operand(path, value)?),
        "$in" => is_in(found, path, value)?,
        "$nin" => !is_in(found, path, value)?,
        "$gt" => compare(|a, b| a > b)?,
        "$gte" => compare(|a, b| a >= b)?,
        "$lt" => compare(|a, b| a < b)?,
        "$lte" => compare(|a, b| a <= b)?,
        "$exists" => found.is_empty() != crate::python::is_truthy(value),
        "$regex" => {
            let regex = regex(value, beside.get("$options"))?;
            found.iter().filter_map(|found| found.as_str()).any(|text| regex.is_match(text))
        }
        "$options" => true,
        // The database that was seen found nothing with it, or failed.
        "$elemMatch" => false,
        other => return Err(bad(format!("unknown operator: {other}"))),
    })
}

fn is_in(found: &[&Value], path: &str, values: &Value) -> Result<bool, BadQuery> {
    let values = values.as_array().ok_or_else(|| bad("$in needs an array"))?;
    values
        .iter()
        .try_fold(false, |so_far, value| Ok(so_far || equals(found, &operand(path, value)?)))
}

fn regex(pattern: &Value, options: Option<&Value>) -> Result<Regex, BadQuery> {
    let pattern = pattern.as_str().ok_or_else(|| bad("$regex has to be a string"))?;
    let options = options.and_then(Value::as_str).filter(|options| !options.is_empty());
    let pattern = options.map_or(pattern.to_owned(), |options| format!("(?{options}){pattern}"));
    Regex::new(&pattern).map_err(|error| bad(error.to_string()))
}

/// What is compared with, cast as the field asked for.
fn operand(path: &str, value: &Value) -> Result<Value, BadQuery> {
    match schema::place(path) {
        Place::Field(field) if matches!(field.kind, Kind::Number | Kind::Text) => {
            schema::cast(field, value).map_err(|fault| bad(fault.message))
        }
        _ => Ok(schema::as_javascript_reads(value)),
    }
}

/// Everything at a dotted path, through the elements of lists; a list at its end is there as a whole
/// and with its elements.
fn found_at<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a Value> {
    let Some((head, rest)) = path.split_first() else {
        let elements = value.as_array().into_iter().flatten();
        return std::iter::once(value).chain(elements).collect();
    };
    match value {
        Value::Object(map) => map.get(*head).map(|value| found_at(value, rest)).unwrap_or_default(),
        Value::Array(items) => {
            let by_index = head.parse().ok().and_then(|index: usize| items.get(index));
            let inner =
                items.iter().filter(|item| item.is_object()).flat_map(|item| found_at(item, path));
            by_index.into_iter().flat_map(|item| found_at(item, rest)).chain(inner).collect()
        }
        _ => Vec::new(),
    }
}

/// Null also fits what is not there.
fn equals(found: &[&Value], operand: &Value) -> bool {
    found.contains(&operand) || (operand.is_null() && found.is_empty())
}

fn ordered(found: &Value, operand: &Value, holds: fn(f64, f64) -> bool) -> bool {
    match (found, operand) {
        (Value::String(found), Value::String(operand)) => {
            holds(f64::from(found.cmp(operand) as i8), 0.0)
        }
        _ => found
            .as_f64()
            .zip(operand.as_f64())
            .is_some_and(|(found, operand)| holds(found, operand)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(query: &Value) -> Result<bool, BadQuery> {
        let document = json!({
            "id": "a", "memory": 7, "tags": ["gpu", "ml"],
            "nodes": {"nodeData": [{"id": "n1", "gpus": {"gpus": [{"modelName": "V100"}]}}, {"id": "n2"}, null]},
        });
        select(std::iter::once(&document), query).map(|found| !found.is_empty())
    }

    #[test]
    fn filters_fit_or_do_not() {
        let fitting = [
            json!({}),
            json!(null),
            json!({"id": "a"}),
            json!({"memory": "7"}),
            json!({"tags": "gpu"}),
            json!({"tags": ["gpu", "ml"]}),
            json!({"nodes.nodeData.id": "n2"}),
            json!({"nodes.nodeData.1.id": "n2"}),
            json!({"nodes.nodeData.gpus.gpus.modelName": "V100"}),
            json!({"memory": {"$gte": 7, "$lt": 8}}),
            json!({"id": {"$in": ["a", "b"]}}),
            json!({"id": {"$regex": "^A$", "$options": "i"}}),
            json!({"config": {"$exists": false}}),
            json!({"config": null}),
            json!({"$or": [{"id": "b"}, {"memory": 7}]}),
            json!({"$and": [{"id": "a"}, {"id": {"$ne": "b"}}]}),
            json!({"id": {"$gt": "Z"}}),
        ];
        let not_fitting = [
            json!({"id": "b"}),
            json!({"status": "live"}),
            json!({"memory": {"$gt": 7}}),
            json!({"id": {"$nin": ["a"]}}),
            json!({"tags": {"$exists": false}}),
            json!({"nodes.nodeData": {"$elemMatch": {"id": "n1"}}}),
        ];
        for query in fitting {
            assert_eq!(fits(&query), Ok(true), "{query}");
        }
        for query in not_fitting {
            assert_eq!(fits(&query), Ok(false), "{query}");
        }
    }

    #[test]
    fn bad_filters_are_errors() {
        let bad = [
            json!("id"),
            json!([]),
            json!({"memory": "many"}),
            json!({"id": {"$like": "a"}}),
            json!({"$where": "1"}),
            json!({"$or": {}}),
            json!({"id": {"$regex": "("}}),
        ];
        for query in bad {
            assert!(fits(&query).is_err(), "{query}");
        }
    }
}
