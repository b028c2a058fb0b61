//! The clusters registry's schema: which fields it knows, and what it makes of their values. Keys that
//! it does not know vanish; what is inside `config`, `clusterMetadata` and the entries of nodeData is
//! free.

use serde_json::{Map, Number, Value};

/// What the registry makes of a field's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Text,
    Number,
    /// A list of texts; a lone one is wrapped.
    Texts,
    /// A list of anything; a lone object is wrapped.
    Entries,
    /// Anything.
    Free,
}

/// A field that the registry knows.
pub(crate) struct Field {
    pub path: &'static str,
    pub kind: Kind,
    /// Whether a document without it is refused.
    pub required: bool,
}

const fn required(path: &'static str, kind: Kind) -> Field {
    Field { path, kind, required: true }
}

const fn optional(path: &'static str, kind: Kind) -> Field {
    Field { path, kind, required: false }
}

/// All that is stored.
pub(crate) const FIELDS: [Field; 17] = [
    required("id", Kind::Text),
    required("regionId", Kind::Text),
    required("nodes.count", Kind::Number),
    optional("nodes.nodeData", Kind::Entries),
    required("gpus.count", Kind::Number),
    required("gpus.memory", Kind::Number),
    required("vcpus.count", Kind::Number),
    required("memory", Kind::Number),
    required("swap", Kind::Number),
    required("storage.disks", Kind::Number),
    required("storage.size", Kind::Number),
    required("network.interfaces", Kind::Number),
    required("network.txBandwidth", Kind::Number),
    required("network.rxBandwidth", Kind::Number),
    required("reputation", Kind::Number),
    optional("config", Kind::Free),
    optional("tags", Kind::Texts),
];

/// Free as `config` is, but null is refused where a cluster is created.
pub(crate) const METADATA: Field = optional("clusterMetadata", Kind::Free);

/// Every field.
pub(crate) fn fields() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().chain([&METADATA])
}

/// Where a dotted path of an update leads.
pub(crate) enum Place {
    /// To a field.
    Field(&'static Field),
    /// Into a field: to an element of a list, or into a free-form object.
    Inside,
    /// To an object that holds fields, such as `nodes`.
    Group,
    /// Nowhere: it vanishes.
    Unknown,
}

pub(crate) fn place(path: &str) -> Place {
    for field in fields() {
        if field.path == path {
            return Place::Field(field);
        }
        if is_inside(path, field.path) {
            let is_leaf = matches!(field.kind, Kind::Text | Kind::Number);
            return if is_leaf { Place::Unknown } else { Place::Inside };
        }
        if is_inside(field.path, path) {
            return Place::Group;
        }
    }
    Place::Unknown
}

fn is_inside(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

/// The known part of a new document with its values as they will be stored, or what is wrong with it,
/// all in one text.
pub(crate) fn validate(document: &Value) -> Result<Value, String> {
    let mut stored = Value::Object(Map::new());
    let mut faults = Vec::new();
    for field in fields() {
        let sent = at(document, field.path);
        match sent.map(|value| cast(field, value)) {
            Some(Err(fault)) => faults.push(fault),
            Some(Ok(value)) => match refused_when_new(field, &value) {
                Some(fault) => faults.push(fault),
                None => put(&mut stored, field.path, value),
            },
            None if field.required => faults.push(is_required(field)),
            None if field.kind == Kind::Free => {}
            None => put(&mut stored, field.path, Value::Array(Vec::new())),
        }
    }
    if faults.is_empty() { Ok(stored) } else { Err(said(&faults)) }
}

/// A value that is of the right type, but not for a new document.
fn refused_when_new(field: &Field, value: &Value) -> Option<Fault> {
    let is_empty = value.is_null() || value.as_str() == Some("");
    if field.required && is_empty {
        return Some(is_required(field));
    }
    let must_not_be_null = field.kind == Kind::Texts || field.path == METADATA.path;
    (must_not_be_null && value.is_null()).then(|| is_required(field))
}

/// A field's path, and what is wrong with its value.
pub(crate) struct Fault {
    path: &'static str,
    pub message: String,
}

fn is_required(field: &Field) -> Fault {
    Fault { path: field.path, message: format!("Path `{}` is required.", field.path) }
}

fn said(faults: &[Fault]) -> String {
    let all = faults.iter().map(|fault| format!("{}: {}", fault.path, fault.message));
    format!("Cluster validation failed: {}", all.collect::<Vec<_>>().join(", "))
}

/// The value as the field stores it. Null fits everywhere.
pub(crate) fn cast(field: &'static Field, value: &Value) -> Result<Value, Fault> {
    let cast = match field.kind {
        _ if value.is_null() => Some(Value::Null),
        Kind::Text => as_text(value),
        Kind::Number => as_number(value),
        Kind::Texts => as_texts(value),
        Kind::Entries => Some(as_list(value)),
        Kind::Free => Some(value.clone()),
    };
    cast.ok_or_else(|| Fault { path: field.path, message: cast_failed(field, value) })
}

fn cast_failed(field: &Field, value: &Value) -> String {
    let kind = if field.kind == Kind::Number { "Number" } else { "string" };
    let type_name = match value {
        Value::String(_) => "string",
        Value::Array(_) => "Array",
        Value::Object(_) => "Object",
        Value::Bool(_) => "boolean",
        _ => "number",
    };
    let path = field.path;
    format!("Cast to {kind} failed for value {value} (type {type_name}) at path \"{path}\"")
}

fn as_text(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(value.clone()),
        Value::Number(_) | Value::Bool(_) => Some(Value::String(value.to_string())),
        _ => None,
    }
}

/// Numbers, numbers written as text, and truth.
fn as_number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::Bool(truth) => Some(u64::from(*truth).into()),
        Value::String(text) if text.is_empty() => Some(Value::Null),
        Value::String(text) => {
            let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
            Some(Value::Number(javascript_number(number?)?))
        }
        _ => None,
    }
}

fn as_texts(value: &Value) -> Option<Value> {
    let Value::Array(items) = as_list(value) else { return None };
    Some(Value::Array(items.iter().map(as_text).collect::<Option<_>>()?))
}

fn as_list(value: &Value) -> Value {
    match value {
        Value::Array(_) => value.clone(),
        _ => Value::Array(vec![value.clone()]),
    }
}

/// The value with every number as JavaScript holds it: 2^53 + 1 becomes 2^53, 1.0 becomes 1.
pub(crate) fn as_javascript_reads(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            number.as_f64().and_then(javascript_number).map_or(Value::Null, Value::Number)
        }
        Value::Array(items) => Value::Array(items.iter().map(as_javascript_reads).collect()),
        Value::Object(map) => {
            let members = map.iter().map(|(key, value)| (key.clone(), as_javascript_reads(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// The largest integer that JavaScript writes without an exponent is longer than an i128 prints, so
/// whole numbers within i64 are enough.
fn javascript_number(float: f64) -> Option<Number> {
    let whole: Option<i64> = format!("{float:.0}").parse().ok().filter(|_| float.fract() == 0.0);
    whole.map(Number::from).or_else(|| Number::from_f64(float))
}

/// The path of a key that `MongoDB` would not take: with a dot in it, or a dollar in front.
pub(crate) fn forbidden_key(value: &Value) -> Option<String> {
    match value {
        Value::Object(map) => map.iter().find_map(|(key, value)| {
            let forbidden = key.contains('.') || key.starts_with('$');
            if forbidden { Some(key.clone()) } else { forbidden_key(value) }
        }),
        Value::Array(items) => items.iter().find_map(forbidden_key),
        _ => None,
    }
}

/// The value without the empty objects in it, at any depth; none where nothing is left. Inside a list
/// an empty object stays.
pub(crate) fn without_empty_objects(value: &Value) -> Option<Value> {
    match value {
        Value::Object(_) => {
            Some(emptied(value)).filter(|value| *value != Value::Object(Map::new()))
        }
        other => Some(emptied(other)),
    }
}

fn emptied(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept =
                |(key, value): (&String, _)| Some((key.clone(), without_empty_objects(value)?));
            Value::Object(map.iter().filter_map(kept).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(emptied).collect()),
        other => other.clone(),
    }
}

/// What is at a dotted path of objects.
pub(crate) fn at<'a>(document: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(document, |value, key| value.get(key))
}

fn put(document: &mut Value, path: &'static str, value: Value) {
    // The paths are those of the table, and the document was made from it: none runs into a list.
    let _ = crate::store::set(document, path, value);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn empty_objects_vanish_except_in_lists() {
        let value = json!({"a": {"b": {}}, "c": [], "d": [{}, {"e": {}, "f": 1}], "g": null});
        let kept = json!({"c": [], "d": [{}, {"f": 1}], "g": null});
        assert_eq!(without_empty_objects(&value), Some(kept));
        assert_eq!(without_empty_objects(&json!({})), None);
    }

    #[test]
    fn numbers_are_javascripts() {
        let value = json!([9_007_199_254_740_993_u64, 1.0, 1.5, -5, 1e300]);
        let read = json!([9_007_199_254_740_992_u64, 1, 1.5, -5, 1e300]);
        assert_eq!(as_javascript_reads(&value), read);
    }

    #[test]
    fn a_path_leads_to_a_field_into_one_to_a_group_or_nowhere() {
        assert!(matches!(place("nodes.count"), Place::Field(_)));
        assert!(matches!(place("nodes.nodeData.0.swap"), Place::Inside));
        assert!(matches!(place("config.urlMap"), Place::Inside));
        assert!(matches!(place("nodes"), Place::Group));
        assert!(matches!(place("nodes.extra"), Place::Unknown));
        assert!(matches!(place("status"), Place::Unknown));
        assert!(matches!(place("$set"), Place::Unknown));
    }

    #[test]
    fn forbidden_keys_are_found_at_any_depth() {
        assert_eq!(forbidden_key(&json!([{"a": {"b.c": 1}}])), Some("b.c".to_owned()));
        assert_eq!(forbidden_key(&json!({"$a": 1})), Some("$a".to_owned()));
        assert_eq!(forbidden_key(&json!({"a": "b.c"})), None);
    }
}
