//! How large a document is for AIOS: not as it is sent, but as the gateway writes it again, which
//! is Python's JSON: `, ` and `: ` between things, and all that is not ASCII as `\uXXXX`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use super::Document;

/// The most bytes of a document that AIOS's registry takes at once.
pub const MAX_DOCUMENT: u64 = 102_400;

/// The most bytes of an update that it takes.
pub const MAX_UPDATE: u64 = 102_390;

/// Bytes of the document as AIOS counts them: `status` is dropped before.
pub fn of_document(document: &Document) -> serde_json::Result<u64> {
    let status = r#""status": , "#.len() as u64 + of(&document.status)?;
    Ok(of(document)? - status)
}

/// Bytes of the update that sets the node at `index`.
#[must_use]
pub fn of_node_update(index: usize, entry: u64) -> u64 {
    format!(r#"{{"nodes.nodeData.{index}": }}"#).len() as u64 + entry
}

/// Bytes of what stands between two entries of a list or an object.
pub const SEPARATOR: u64 = ", ".len() as u64;

/// Bytes of a key with its value, without what separates it from others.
pub fn of_pair(key: &str, value: &impl Serialize) -> serde_json::Result<u64> {
    Ok(of(&key)? + ": ".len() as u64 + of(value)?)
}

/// Bytes of a value in Python's JSON.
pub fn of(value: &impl Serialize) -> serde_json::Result<u64> {
    let mut count = Count(0);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut count, Python))?;
    Ok(count.0)
}

/// Counts what is written to it.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Python's `json.dumps` with its defaults.
struct Python;

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return out.write_all(text.as_bytes());
        }
        for char in text.chars() {
            match char {
                ' '..='~' => write!(out, "{char}")?,
                _ => char
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .try_for_each(|unit| write!(out, "\\u{unit:04x}"))?,
            }
        }
        Ok(())
    }

    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        // Rust has 1e16 and 1e-7 where Python has 1e+16 and 1e-07.
        match serde_json::Number::from_f64(value).map(|number| number.to_string()) {
            None => out.write_all(b"null"),
            Some(text) => match text.split_once('e').map(|(m, e)| (m, e.parse::<i32>())) {
                Some((mantissa, Ok(exponent))) => {
                    write!(out, "{mantissa}e{exponent:+03}")
                }
                _ => out.write_all(text.as_bytes()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn written(value: &Value) -> String {
        let mut bytes = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Python);
        value.serialize(&mut serializer).unwrap();
        assert_eq!(bytes.len() as u64, of(value).unwrap());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_is_written_as_python_writes_it() {
        let value = json!({"a": [1, -2.5, true, null], "b": {}, "c": []});
        assert_eq!(written(&value), r#"{"a": [1, -2.5, true, null], "b": {}, "c": []}"#);
    }

    #[test]
    fn text_is_escaped_as_python_escapes_it() {
        let text = json!("né\u{1f600}\u{7f}\u{1}\n\"\\/<");
        assert_eq!(written(&text), r#""n\u00e9\ud83d\ude00\u007f\u0001\n\"\\/<""#);
    }

    #[test]
    fn a_pair_is_as_large_as_what_it_adds_to_an_object() {
        let object = |value: Value| of(&value).unwrap();
        let first = json!({ "a": 1 });
        let both = json!({ "a": 1, "k\u{e9}": [2] });
        let pair = of_pair("k\u{e9}", &[2]).unwrap();
        assert_eq!(object(both), object(first) + SEPARATOR + pair);
    }

    #[test]
    fn exponents_are_written_as_python_writes_them() {
        for (value, text) in [(1e16, "1e+16"), (2.5e-7, "2.5e-07"), (1e300, "1e+300"), (0.5, "0.5")]
        {
            assert_eq!(written(&json!(value)), text);
        }
    }
}
