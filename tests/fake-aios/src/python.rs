//! Python's habits that a client gets to see: how Flask reads a body and what it says of a bad one,
//! what is empty, how a value is written into an error text.

use serde_json::Value;

use crate::request::Request;
use crate::size::number_text;

/// A body that could be read.
pub(crate) struct Body {
    pub value: Value,
    /// Whether it holds only what JSON knows; Python also reads NaN and Infinity.
    pub compliant: bool,
}

/// The body as Flask's `get_json` reads it, or its error's text.
pub(crate) fn body(request: &Request) -> Result<Body, String> {
    if !request.announces_json() {
        return Err(
            "415 Unsupported Media Type: Did not attempt to load JSON data because the request \
                    Content-Type was not 'application/json'."
                .to_owned(),
        );
    }
    let text = String::from_utf8_lossy(&request.body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let error = match serde_json::from_str(text) {
        Ok(value) => return Ok(Body { value, compliant: true }),
        Err(error) => error,
    };
    let complaint =
        |_| format!("400 Bad Request: Failed to decode JSON object: {}", complaint(text, &error));
    let value = serde_json::from_str(&without_python_numbers(text)).map_err(complaint)?;
    Ok(Body { value, compliant: false })
}

/// What serde says, and what Python's decoder would have said; anything else expected a value.
const COMPLAINTS: [(&str, &str); 4] = [
    ("key must be a string", "Expecting property name enclosed in double quotes"),
    ("expected `,`", "Expecting ',' delimiter"),
    ("expected `:`", "Expecting ':' delimiter"),
    ("trailing characters", "Extra data"),
];

fn complaint(text: &str, error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = COMPLAINTS.iter().find(|(serde, _)| said.starts_with(serde));
    let what = what.map_or("Expecting value", |(_, python)| python);
    let (line, column) = (error.line().max(1), error.column().max(1));
    let before: usize = text.lines().take(line - 1).map(|line| line.chars().count() + 1).sum();
    format!("{what}: line {line} column {column} (char {})", before + column - 1)
}

/// The text with Python's own numbers, where they stand outside of strings, replaced by null.
fn without_python_numbers(text: &str) -> String {
    let mut rest = text;
    let mut result = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    while let Some(next) = rest.chars().next() {
        let word = ["-Infinity", "Infinity", "NaN"].into_iter().find(|word| rest.starts_with(word));
        if let Some(word) = word.filter(|_| !quoted) {
            result.push_str("null");
            rest = rest.strip_prefix(word).unwrap_or_default();
            continue;
        }
        if next == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = next == '\\' && !escaped;
        result.push(next);
        rest = rest.strip_prefix(next).unwrap_or_default();
    }
    result
}

/// What `if not value` lets through.
pub(crate) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// The name of the value's type.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// What an `AttributeError` says where a dict was expected.
pub(crate) fn no_attribute_get(value: &Value) -> String {
    format!("'{}' object has no attribute 'get'", type_name(value))
}

/// The value as it looks inside a text.
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number_text(number),
        Value::String(text) => format!("'{text}'"),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let members = map.iter().map(|(key, value)| format!("'{key}': {}", repr(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The value as `str()` and an f-string write it: a text stands for itself.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| repr(value), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &'static str) -> Result<Value, String> {
        let request = Request {
            content_type: "application/json".to_owned(),
            body: text.as_bytes().into(),
            ..Request::default()
        };
        body(&request).map(|body| body.value)
    }

    #[test]
    fn errors_are_pythons() {
        let cases = [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            (
                "{nope",
                "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            ),
            ("{\n  \"a\" 1}", "Expecting ':' delimiter: line 2 column 7 (char 8)"),
        ];
        for (text, complaint) in cases {
            let expected = format!("400 Bad Request: Failed to decode JSON object: {complaint}");
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn nan_is_read_and_remembered() {
        let text = r#"{"a": NaN, "b": "NaN \" Infinity", "c": -Infinity}"#;
        let value = json!({"a": null, "b": "NaN \" Infinity", "c": null});
        assert_eq!(read(text), Ok(value));
    }

    #[test]
    fn values_are_written_as_in_python() {
        let value = json!({"a": [1, "b", null, true, 1.0]});
        assert_eq!(repr(&value), "{'a': [1, 'b', None, True, 1.0]}");
        assert_eq!(text(&json!("b")), "b");
    }
}
