//! The addresses by which AIOS's gateway finds a cluster, as they are stored: some come out as lists of
//! one, and the gateway's own calls then fail.

use serde_json::{Map, Value};

/// Where they are in the stored cluster.
const PLACE: &str = "config.urlMap";

/// Whether addresses are stored at all: AIOS writes them when creation ends, and clears them when
/// removal does.
#[must_use]
pub fn are_stored(stored: &Value) -> bool {
    map(stored).is_some_and(|map| !map.is_empty())
}

/// The update that makes texts of those addresses that are lists of one; empty where none is.
#[must_use]
pub fn mended(stored: &Value) -> Map<String, Value> {
    let mend = |(key, value): (&String, &Value)| {
        let [Value::String(only)] = value.as_array()?.as_slice() else { return None };
        // A key with a dot in it is none that an update reaches.
        let is_reached = !key.is_empty() && !key.contains('.') && !key.starts_with('$');
        is_reached.then(|| (format!("{PLACE}.{key}"), only.as_str().into()))
    };
    map(stored).into_iter().flatten().filter_map(mend).collect()
}

fn map(stored: &Value) -> Option<&Map<String, Value>> {
    stored.get("config")?.get("urlMap")?.as_object()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_that_are_lists_of_one_become_texts_and_the_others_stay() {
        let stored = json!({ "config": { "urlMap": {
            "controllerService": "http://h:32300",
            "publicGateway": ["http://h:32000"],
            "membershipServer": ["http://h:30501"],
            "two": ["a", "b"], "none": [], "number": [1], "a.b": ["x"],
        } } });
        let mended = Value::Object(mended(&stored));
        assert_eq!(
            mended,
            json!({
                "config.urlMap.publicGateway": "http://h:32000",
                "config.urlMap.membershipServer": "http://h:30501",
            })
        );
        assert!(are_stored(&stored));
    }

    #[test]
    fn without_addresses_there_is_nothing_to_mend() {
        for stored in [json!({}), json!({ "config": {} }), json!({ "config": { "urlMap": {} } })] {
            assert!(mended(&stored).is_empty() && !are_stored(&stored));
        }
    }
}
