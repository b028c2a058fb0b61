//! What stands in no text that is told: values of headers, the command by which a node joins, and the
//! credentials of a kubeconfig, should whoever was sent them say them again.

use serde_json::Value;

/// Whose text is secret, wherever it stands: the command by which a node joins has a token in it, the
/// others are a kubeconfig's, where an address of a proxy may have a password in it.
const KEYS: [&str; 6] =
    ["joinCommand", "token", "password", "client-key-data", "client-certificate-data", "proxy-url"];

/// The fewest bytes of a value's word that is looked for in foreign texts: shorter ones, as `Bearer`,
/// stand there by themselves.
const FEWEST_BYTES: usize = 8;

/// The fewest bytes of a whole value, such as a password, that is looked for: a shorter one keeps no secret.
const FEWEST_OF_ALL: usize = 4;

const HIDDEN: &str = "(hidden)";

/// The text without these values and without their words.
pub fn without<'a>(values: impl Iterator<Item = &'a str>, text: &str) -> String {
    let secrets = values.flat_map(|value| {
        let words = value.split_whitespace().filter(|word| word.len() >= FEWEST_BYTES);
        std::iter::once(value).filter(|value| value.len() >= FEWEST_OF_ALL).chain(words)
    });
    secrets.fold(text.to_owned(), |text, secret| without_cut(text.replace(secret, HIDDEN), secret))
}

/// The text without the begin of a secret at its end: a foreign text may have been cut in the middle of one.
fn without_cut(text: String, secret: &str) -> String {
    let mut begins = (FEWEST_BYTES..secret.len()).rev().filter_map(|end| secret.get(..end));
    match begins.find_map(|begin| text.strip_suffix(begin)) {
        Some(rest) => format!("{rest}{HIDDEN}"),
        None => text,
    }
}

/// What is secret in a request's body, wherever it stands.
pub fn secrets(body: Option<&[u8]>) -> Vec<String> {
    let has = |body: &[u8], key: &[u8]| body.windows(key.len()).any(|window| window == key);
    let has_any = |body: &&[u8]| KEYS.iter().any(|key| has(body, key.as_bytes()));
    let body = body.filter(has_any).and_then(|body| serde_json::from_slice(body).ok());
    let mut found = Vec::new();
    collect(&body.unwrap_or_default(), &mut found);
    found
}

/// What is secret in a value, wherever it stands.
#[must_use]
pub fn secrets_of(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (path, value) in object {
                // An update has dotted paths for keys.
                let is_secret = path.rsplit('.').next().is_some_and(|key| KEYS.contains(&key));
                found.extend(value.as_str().filter(|_| is_secret).map(str::to_owned));
                collect(value, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_command_is_found_wherever_it_stands_and_hidden_word_by_word() {
        for body in [
            r#"{"body": [{"additionalInfo": {"joinCommand": "join --token s3cr3ttoken"}}]}"#,
            r#"{"clusterMetadata.additionalInfo.joinCommand": "join --token s3cr3ttoken", "x": 1}"#,
        ] {
            let found = secrets(Some(body.as_bytes()));
            assert_eq!(found, ["join --token s3cr3ttoken"]);
            let told = without(found.iter().map(String::as_str), "no 's3cr3ttoken' for join");
            assert_eq!(told, "no '(hidden)' for join");
        }
        for body in [None, Some(&b"{\"x\": \"joinCommand\"}"[..]), Some(b"joinCommand")] {
            assert!(secrets(body).is_empty());
        }
    }

    #[test]
    fn the_credentials_of_a_kubeconfig_are_found_in_it() {
        let user = serde_json::json!({ "token": "s3cr3t-a", "client-key-data": "s3cr3t-b" });
        let body = serde_json::json!({ "kube_config_data": { "users": [{ "user": user }] } });
        let mut found = secrets_of(&body);
        found.sort();
        assert_eq!(found, ["s3cr3t-a", "s3cr3t-b"]);
        assert_eq!(secrets(Some(body.to_string().as_bytes())).len(), 2);
    }

    #[test]
    fn a_short_password_and_one_that_is_cut_are_hidden_too() {
        let told = |text| without(["hunter2", "s3cr3t-that-is-long"].into_iter(), text);
        assert_eq!(told("password hunter2 is wrong"), "password (hidden) is wrong");
        assert_eq!(told("key s3cr3t-that-"), "key (hidden)");
        assert_eq!(told("key s3cr3t"), "key s3cr3t");
    }
}
