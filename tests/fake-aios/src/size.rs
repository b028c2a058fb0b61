//! How long a value is as Python's `json.dumps` writes it, which is what AIOS's limit counts.

use serde_json::{Number, Value};

/// Bytes of the value with `", "` and `": "` between its parts and everything but ASCII escaped.
#[must_use]
pub fn python_json_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Number(number) => number_text(number).len(),
        Value::String(text) => text_bytes(text),
        Value::Array(items) => {
            2 + separators(items.len()) + items.iter().map(python_json_bytes).sum::<usize>()
        }
        Value::Object(map) => {
            let members =
                map.iter().map(|(key, value)| text_bytes(key) + 2 + python_json_bytes(value));
            2 + separators(map.len()) + members.sum::<usize>()
        }
    }
}

/// Python's spelling of a number: Rust's, but for the exponent (`1e+16`, `1e-05`).
pub(crate) fn number_text(number: &Number) -> String {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else {
        return number.to_string();
    };
    let text = format!("{float:?}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}

fn separators(parts: usize) -> usize {
    2 * parts.saturating_sub(1)
}

fn text_bytes(text: &str) -> usize {
    2 + text.chars().map(char_bytes).sum::<usize>()
}

fn char_bytes(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        ' '..='~' => 1,
        _ => 6 * c.len_utf16(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_as_long_as_python_writes_it() {
        let cases = [
            (json!({"a": 1, "b": [true, false, null]}), r#"{"a": 1, "b": [true, false, null]}"#),
            (json!({}), "{}"),
            (json!([]), "[]"),
            (json!("é"), r#""\u00e9""#),
            (json!("😀"), r#""\ud83d\ude00""#),
            (json!("a\"\\\n\u{1}\u{7f}"), r#""a\"\\\n\u0001\u007f""#),
            (json!(1.5), "1.5"),
            (json!(100_000.0), "100000.0"),
            (json!(1e16), "1e+16"),
            (json!(0.00001), "1e-05"),
            (json!(-5), "-5"),
        ];
        for (value, text) in cases {
            assert_eq!(python_json_bytes(&value), text.len(), "{text}");
        }
    }
}
