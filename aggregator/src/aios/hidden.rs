//! What stands in no text that is told: values of headers, and the command by which a node joins, should
//! whoever was sent them say them again.

use serde_json::Value;

/// The key of the command by which a node joins, which has a token in it.
const JOIN_COMMAND: &str = "joinCommand";

/// The fewest bytes of a value's word that is looked for in foreign texts: shorter ones, as `Bearer`,
/// stand there by themselves.
const FEWEST_BYTES: usize = 8;

/// The text without these values and without their words.
pub fn without<'a>(values: impl Iterator<Item = &'a str>, text: &str) -> String {
    let words = values.flat_map(|value| std::iter::once(value).chain(value.split_whitespace()));
    let secrets = words.filter(|word| word.len() >= FEWEST_BYTES);
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "(hidden)"))
}

/// The commands by which nodes join, wherever they stand in a request's body.
pub fn join_commands(body: Option<&[u8]>) -> Vec<String> {
    let key = JOIN_COMMAND.as_bytes();
    let has_any = |body: &&[u8]| body.windows(key.len()).any(|window| window == key);
    let body = body.filter(has_any).and_then(|body| serde_json::from_slice(body).ok());
    let mut found = Vec::new();
    collect(&body.unwrap_or_default(), &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (path, value) in object {
                // An update has dotted paths for keys.
                let command =
                    value.as_str().filter(|_| path.rsplit('.').next() == Some(JOIN_COMMAND));
                found.extend(command.map(str::to_owned));
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
            let found = join_commands(Some(body.as_bytes()));
            assert_eq!(found, ["join --token s3cr3ttoken"]);
            let told = without(found.iter().map(String::as_str), "no 's3cr3ttoken' for join");
            assert_eq!(told, "no '(hidden)' for join");
        }
        for body in [None, Some(&b"{\"x\": \"joinCommand\"}"[..]), Some(b"joinCommand")] {
            assert!(join_commands(body).is_empty());
        }
    }
}
