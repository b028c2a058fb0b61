//! What `$set`, `$unset` and `$push` do to a document, with dotted paths, as `MongoDB` does it.

use serde_json::{Map, Value};

/// Why a path could not be written.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum PathError {
    #[error("Updating the path '{0}' would create a conflict at '{1}'")]
    Conflict(String, String),
    #[error("Cannot create field '{0}' in element that holds a list")]
    NotAnIndex(String),
    #[error("Cannot create field '{0}' in an element that is no object")]
    NoObject(String),
    #[error("The field must be an array but is of another type")]
    NotAList,
    #[error("index {0} is too far beyond the end")]
    TooFar(usize),
}

/// `MongoDB` pads no further than this.
const MOST_PADDING: usize = 1_500_000;

/// Fails where one path leads into what another replaces.
pub(crate) fn check_conflicts(paths: &[&str]) -> Result<(), PathError> {
    for outer in paths {
        let inside =
            |path: &&&str| path.strip_prefix(*outer).is_some_and(|rest| rest.starts_with('.'));
        if let Some(inner) = paths.iter().find(inside) {
            return Err(PathError::Conflict((*inner).to_owned(), (*outer).to_owned()));
        }
    }
    Ok(())
}

/// Writes a value at a dotted path. What lies between is made where it is absent; a list that is too
/// short is padded with nulls.
pub(crate) fn set(at: &mut Value, path: &str, value: Value) -> Result<(), PathError> {
    *make_way(at, &path.split('.').collect::<Vec<_>>())? = value;
    Ok(())
}

/// Appends to the list at a dotted path.
pub(crate) fn push(at: &mut Value, path: &str, value: Value) -> Result<(), PathError> {
    let slot = make_way(at, &path.split('.').collect::<Vec<_>>())?;
    if slot.is_null() {
        *slot = Value::Array(Vec::new());
    }
    slot.as_array_mut().ok_or(PathError::NotAList)?.push(value);
    Ok(())
}

/// Takes away what is at a dotted path; an element of a list becomes null.
pub(crate) fn unset(at: &mut Value, path: &str) {
    let (parent, last) =
        path.rsplit_once('.').map_or((None, path), |(parent, last)| (Some(parent), last));
    let parent = match parent {
        Some(parent) => at.pointer_mut(&format!("/{}", parent.replace('.', "/"))),
        None => Some(at),
    };
    match parent {
        Some(Value::Object(map)) => drop(map.remove(last)),
        Some(Value::Array(items)) => {
            if let Some(item) = last.parse().ok().and_then(|index: usize| items.get_mut(index)) {
                *item = Value::Null;
            }
        }
        _ => {}
    }
}

fn make_way<'a>(at: &'a mut Value, path: &[&str]) -> Result<&'a mut Value, PathError> {
    let Some((head, rest)) = path.split_first() else { return Ok(at) };
    // A leaf that is not there yet is null until it is written; all else on the way is an object.
    let fresh = if rest.is_empty() { Value::Null } else { Value::Object(Map::new()) };
    let slot = match at {
        Value::Object(map) => map.entry(*head).or_insert(fresh),
        Value::Array(items) => element(items, head, fresh)?,
        _ => return Err(PathError::NoObject((*head).to_owned())),
    };
    make_way(slot, rest)
}

fn element<'a>(
    items: &'a mut Vec<Value>,
    head: &str,
    fresh: Value,
) -> Result<&'a mut Value, PathError> {
    let no_index = || PathError::NotAnIndex(head.to_owned());
    if !head.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(no_index());
    }
    let index: usize = head.parse().map_err(|_| no_index())?;
    if index > items.len() + MOST_PADDING {
        return Err(PathError::TooFar(index));
    }
    if index >= items.len() {
        items.resize(index, Value::Null);
        items.push(fresh);
    }
    items.get_mut(index).ok_or_else(no_index)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_is_written_and_made_where_it_is_absent() {
        let cases = [
            (json!({"a": 1}), "a", json!(2), json!({"a": 2})),
            (json!({}), "a.b.c", json!(2), json!({"a": {"b": {"c": 2}}})),
            (json!({"a": [{"b": 1}]}), "a.0.b", json!(2), json!({"a": [{"b": 2}]})),
            (json!({"a": [1]}), "a.1", json!(2), json!({"a": [1, 2]})),
            (json!({"a": [1]}), "a.3", json!(2), json!({"a": [1, null, null, 2]})),
            (json!({"a": [1]}), "a.3.b", json!(2), json!({"a": [1, null, null, {"b": 2}]})),
        ];
        for (before, path, value, after) in cases {
            let mut document = before.clone();
            assert_eq!(set(&mut document, path, value), Ok(()), "{path} in {before}");
            assert_eq!(document, after, "{path} in {before}");
        }
    }

    #[test]
    fn a_path_that_leads_nowhere_is_an_error() {
        let cases = [
            ("a.-1", json!({"a": []})),
            ("a.foo", json!({"a": []})),
            ("a.0.b", json!({"a": [null]})),
        ];
        for (path, mut document) in cases {
            assert!(set(&mut document, path, json!(1)).is_err(), "{path}");
        }
    }

    #[test]
    fn a_path_inside_another_is_a_conflict() {
        assert!(check_conflicts(&["a", "a.b"]).is_err());
        assert!(check_conflicts(&["a.b", "a"]).is_err());
        assert!(check_conflicts(&["a.b", "a.bc", "ab"]).is_ok());
    }

    #[test]
    fn push_appends_and_unset_takes_away() {
        let mut document = json!({"a": [1], "b": {"c": 1}});
        assert_eq!(push(&mut document, "a", json!(2)), Ok(()));
        unset(&mut document, "b.c");
        unset(&mut document, "a.0");
        unset(&mut document, "nope.x");
        assert_eq!(document, json!({"a": [null, 2], "b": {}}));
        assert_eq!(push(&mut document, "b", json!(2)), Err(PathError::NotAList));
    }
}
