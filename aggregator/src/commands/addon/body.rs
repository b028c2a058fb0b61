//! The body of an entry: what flags and a file say, as its registry takes it.

use serde_json::{Map, Value, json};

use crate::aios::{AddonKind, Need, Says};
use crate::cli::EntryArgs;

/// Why there is no body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBody {
    /// A flag says what this kind has no place for.
    #[error("{flag} says nothing of the kind {kind}: it has {}", .has.join(", "))]
    Foreign {
        /// The flag.
        flag: &'static str,
        /// The kind.
        kind: &'static str,
        /// The flags that say something.
        has: Vec<&'static str>,
    },
    /// Something is missing.
    #[error("the kind {kind} needs {}", .missing.join(" and "))]
    Missing {
        /// The kind.
        kind: &'static str,
        /// The flags and keys.
        missing: Vec<String>,
    },
    /// The file is no object.
    #[error("the entry is no object")]
    NoObject,
}

/// The body without a kubeconfig; `file` is what stands in the file.
pub fn body(
    kind: &'static AddonKind,
    args: &EntryArgs,
    file: Option<Value>,
) -> Result<Map<String, Value>, NoBody> {
    let mut body = match file {
        None => Map::new(),
        Some(Value::Object(body)) => body,
        Some(_) => return Err(NoBody::NoObject),
    };
    for (says, value) in said(args) {
        let field = kind.fields.iter().find(|field| field.says == says);
        let field = field.ok_or_else(|| NoBody::Foreign {
            flag: says.flag(),
            kind: kind.name,
            has: kind.fields.iter().map(|field| field.says.flag()).collect(),
        })?;
        match (body.get_mut(field.key), value) {
            // What is said beside a file adds to what has several parts.
            (Some(Value::Object(there)), Value::Object(more)) => there.extend(more),
            (_, value) => {
                body.insert(field.key.to_owned(), value);
            }
        }
    }
    for field in kind.fields.iter().filter(|field| field.need == Need::Sent) {
        body.entry(field.key).or_insert_with(|| json!({}));
    }
    let says_nothing =
        |key| body.get(key).is_none_or(|value| *value == Value::Null || *value == "");
    let missing = kind.fields.iter().filter(|field| field.need == Need::Required);
    let missing = missing.filter(|field| says_nothing(field.key));
    let missing: Vec<String> =
        missing.map(|field| format!("{} ('{}')", field.says.flag(), field.key)).collect();
    if missing.is_empty() { Ok(body) } else { Err(NoBody::Missing { kind: kind.name, missing }) }
}

/// What the flags say.
fn said(args: &EntryArgs) -> impl Iterator<Item = (Says, Value)> {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let tags = Some(&args.tags).filter(|tags| !tags.is_empty()).map(|tags| json!(tags));
    let all = [
        (Says::Name, text(&args.name)),
        (Says::PublicUrl, text(&args.public_url)),
        (Says::PublicHost, text(&args.public_host)),
        (Says::Tags, tags),
        (Says::Metadata, object(&args.metadata)),
        (Says::ImagePrefix, text(&args.image_prefix)),
        (Says::Config, object(&args.config)),
        (Says::StorageInfo, object(&args.storage_info)),
        (Says::ExecutorId, text(&args.executor_id)),
        (Says::HardwareInfo, object(&args.hardware_info)),
    ];
    all.into_iter().filter_map(|(says, value)| Some((says, value?)))
}

fn object(pairs: &[(String, String)]) -> Option<Value> {
    let pairs = pairs.iter().map(|(key, value)| (key.clone(), scalar(value)));
    let object: Map<String, Value> = pairs.collect();
    (!object.is_empty()).then(|| object.into())
}

/// A number, true or false where it is written so, and otherwise a text.
fn scalar(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::aios::{ADDON_KINDS, addon_kind};

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        entry: EntryArgs,
    }

    fn of(kind: &str, args: &[&str], file: Option<Value>) -> Result<Value, NoBody> {
        let Typed { entry } = Typed::try_parse_from(std::iter::once(&"x").chain(args)).unwrap();
        body(addon_kind(kind).unwrap(), &entry, file).map(Value::from)
    }

    #[test]
    fn each_kind_gets_what_it_is_told_under_its_own_keys() {
        let server = of(
            "inference-server",
            &[
                "--name=s",
                "--public-url=http://h:31500",
                "--tag=NLP",
                "--tag=T",
                "--metadata=region=us-east-1,gpu=true",
            ],
            None,
        );
        assert_eq!(
            server.unwrap(),
            json!({
                "inference_server_name": "s", "inference_server_public_url": "http://h:31500",
                "inference_server_tags": ["NLP", "T"],
                "inference_server_metadata": { "region": "us-east-1", "gpu": true },
            })
        );
        let executor = of("policy-executor", &["--executor-id=e", "--public-host=10.0.0.1"], None);
        assert_eq!(
            executor.unwrap(),
            json!({
                "executor_id": "e", "cluster_public_ip": "10.0.0.1", "executor_metadata": {},
                "executor_hardware_info": {},
            })
        );
    }

    #[test]
    fn what_is_said_beside_a_file_goes_before_it() {
        let file = json!({
            "asset_registry_name": "a", "asset_registry_public_url": "http://a", "more": 1,
            "asset_registry_metadata": { "framework": "PyTorch", "x": 1 },
        });
        let body = of("assets-registry", &["--name=b", "--metadata=x=2"], Some(file)).unwrap();
        assert_eq!(
            body,
            json!({
                "asset_registry_name": "b", "asset_registry_public_url": "http://a", "more": 1,
                "asset_registry_metadata": { "framework": "PyTorch", "x": 2 },
            })
        );
    }

    #[test]
    fn what_is_missing_or_has_no_place_is_told_by_its_flag() {
        for kind in &ADDON_KINDS {
            let error = of(kind.name, &[], None).unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("the kind {} needs --", kind.name)),
                "{error}"
            );
        }
        let error = of("assets-registry", &["--name=", "--public-url=u"], None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the kind assets-registry needs --name ('asset_registry_name')"
        );
        let error = of("inference-server", &["--image-prefix=p"], None).unwrap_err();
        assert!(
            error.to_string().starts_with(
                "--image-prefix says nothing of the kind inference-server: it has --name, "
            ),
            "{error}"
        );
        assert_eq!(of("assets-registry", &[], Some(json!([]))), Err(NoBody::NoObject));
    }
}
