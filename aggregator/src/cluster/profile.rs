//! The profile as people write it: YAML, JSON, or the onboarding page's JSON with its comments; by
//! itself, or as the spec of a `ClusterOnboarding`.

use inventory_common::cluster::Profile;
use inventory_common::resource::{ClusterOnboarding, ClusterOnboardingSpec, GROUP, VERSION};
use jsonc_parser::ParseOptions;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A commented profile to start from.
pub const TEMPLATE: &str = include_str!("profile.yaml");

/// The kind whose spec is a profile.
const KIND: &str = ClusterOnboarding::KIND;

/// Keys of what AIOS is told.
const KEYS: [&str; 9] = [
    "id",
    "regionId",
    "status",
    "parser",
    "gateway",
    "config",
    "tags",
    "clusterMetadata",
    "reputation",
];

/// Keys that say how to go about it.
const CONDUCT: [&str; 4] = ["submit", "nodeSelector", "joinCommandSecret", "allowRemovals"];

/// Keys of the page's document that are measured, and never taken from a person.
const MEASURED: [&str; 7] = ["nodes", "gpus", "vcpus", "memory", "swap", "storage", "network"];

/// Keys of an object that holds a profile.
const OBJECT_KEYS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];

/// How alike two keys are when one is meant by the other, as clap has it for options.
const ALIKE: f64 = 0.7;

/// A profile, and what of its text was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The profile, with how to go about it.
    pub spec: ClusterOnboardingSpec,
    /// The keys with hardware figures, in the page's order.
    pub ignored: Vec<&'static str>,
}

/// A text that is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// It is neither YAML nor JSON.
    #[error("{0}")]
    Broken(String),
    /// It is something else than a mapping.
    #[error("expected keys and values, such as 'id: my-cluster'")]
    NoMapping,
    /// It is another kind of object.
    #[error(
        "expected kind '{KIND}' of '{GROUP}/{VERSION}' with a spec, or the keys of a profile by themselves"
    )]
    OtherKind,
    /// It has a key that nobody knows.
    #[error("'{key}' is no key here: {hint}")]
    UnknownKey {
        /// The key.
        key: String,
        /// What may be meant.
        hint: String,
    },
    /// It lacks a key, or one of them holds the wrong kind of thing.
    #[error("{place}{reason}")]
    Wrong {
        /// The key, with a colon.
        place: String,
        /// What is wrong.
        reason: String,
    },
}

/// The profile in a text.
pub fn parse(text: &str) -> Result<Read, ProfileError> {
    let value = value(text)?;
    let Value::Object(mut object) = value else { return Err(ProfileError::NoMapping) };
    if object.contains_key("kind") || object.contains_key("apiVersion") {
        object = spec(object)?;
    }
    known(&object, &[&KEYS[..], &CONDUCT, &MEASURED].concat())?;
    let is_there = |key: &&str| object.remove(*key).is_some();
    let ignored = MEASURED.into_iter().filter(is_there).collect();
    Ok(Read { spec: read_spec(object)?, ignored })
}

/// The profile is read by itself first: as a part of the spec its faults have no place.
fn read_spec(spec: Map<String, Value>) -> Result<ClusterOnboardingSpec, ProfileError> {
    let mut profile = spec.clone();
    profile.retain(|key, _| KEYS.contains(&key.as_str()));
    located::<Profile>(profile)?;
    located(spec)
}

/// Reads an object; an error says where.
fn located<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T, ProfileError> {
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { String::new() } else { format!("{path}: ") };
        ProfileError::Wrong { place, reason: error.inner().to_string() }
    })
}

/// What is written in a text as people write it: YAML, JSON, or JSON with comments.
pub fn value(text: &str) -> Result<Value, ProfileError> {
    let text = text.trim_start_matches('\u{feff}');
    if is_json(text) { parse_json(text) } else { parse_yaml(text) }
}

/// JSON begins with a brace or a comment; a YAML mapping in braces is read as JSON too.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    ["{", "[", "//", "/*"].iter().any(|start| text.starts_with(start))
}

/// JSON with comments, as on the page, and nothing else that JSON has not.
fn parse_json(text: &str) -> Result<Value, ProfileError> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    jsonc_parser::parse_to_serde_value(text, &options).map_err(|error| {
        let what = error.kind().to_string().to_lowercase();
        let (line, column) = (error.line_display(), error.column_display());
        ProfileError::Broken(format!("{what} at line {line}, column {column}"))
    })
}

fn parse_yaml(text: &str) -> Result<Value, ProfileError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let error = error.without_snippet();
        ProfileError::Broken(error.render_with_formatter(&serde_saphyr::UserMessageFormatter))
    })
}

/// What a `ClusterOnboarding` says; its metadata and status are the cluster's business.
fn spec(mut object: Map<String, Value>) -> Result<Map<String, Value>, ProfileError> {
    let says = |key: &str, word: &str| object.get(key).and_then(Value::as_str) == Some(word);
    if !says("kind", KIND) || !says("apiVersion", &format!("{GROUP}/{VERSION}")) {
        return Err(ProfileError::OtherKind);
    }
    known(&object, &OBJECT_KEYS)?;
    match object.remove("spec") {
        Some(Value::Object(spec)) => Ok(spec),
        _ => Err(ProfileError::OtherKind),
    }
}

/// Refuses a key that is none of `keys`.
fn known(object: &Map<String, Value>, keys: &[&str]) -> Result<(), ProfileError> {
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(ProfileError::UnknownKey { key: key.clone(), hint: hint(key, keys) }),
    }
}

/// The key that is most likely meant, or all that there are.
fn hint(key: &str, keys: &[&str]) -> String {
    let likeness = |known: &str| strsim::jaro(&key.to_lowercase(), &known.to_lowercase());
    let nearest = keys.iter().map(|known| (likeness(known), known));
    match nearest.max_by(|(a, _), (b, _)| a.total_cmp(b)) {
        Some((likeness, known)) if likeness > ALIKE => format!("did you mean '{known}'?"),
        _ => format!("there are {}; what is your own goes below clusterMetadata", keys.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use inventory_common::resource::SubmitPolicy;

    use super::*;

    fn profile(text: &str) -> Profile {
        parse(text).unwrap().spec.profile
    }

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn keys_are_those_of_the_type() {
        let text = "id: c\nregionId: r\nparser: http://p\ngateway: http://g\nnodeSelector: {a: b}\njoinCommandSecret: {name: join, key: command}";
        let spec = parse(text).unwrap().spec;
        let keys_of = |value: Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let sorted = |mut keys: Vec<&'static str>| {
            keys.sort_unstable();
            keys
        };
        assert_eq!(keys_of(serde_json::to_value(&spec.profile).unwrap()), sorted(KEYS.to_vec()));
        let all = sorted([&KEYS[..], &CONDUCT].concat());
        assert_eq!(keys_of(serde_json::to_value(&spec).unwrap()), all);
    }

    #[test]
    fn how_to_go_about_it_is_read_from_either_form() {
        let keys = "{id: c, regionId: r, submit: WhenComplete, nodeSelector: {pool: gpu}, joinCommandSecret: {name: join, key: command}, allowRemovals: 2}";
        let object =
            format!("apiVersion: inventory.aios/v1alpha1\nkind: ClusterOnboarding\nspec: {keys}");
        let (plain, object) = (format!("# ours\n{keys}"), parse(&object).unwrap());
        assert_eq!(parse(&plain).unwrap(), object);
        assert_eq!(object.spec.submit, SubmitPolicy::WhenComplete);
        assert_eq!(object.spec.node_selector["pool"], "gpu");
        assert_eq!((object.spec.allow_removals, object.ignored.len()), (2, 0));
    }

    #[test]
    fn yaml_json_and_json_with_comments_are_one() {
        let yaml = "# ours\nid: c\nregionId: r\ntags: [a, b]\nconfig:\n  useGateway: true\n";
        let json =
            r#"{"id": "c", "regionId": "r", "tags": ["a", "b"], "config": {"useGateway": true}}"#;
        let commented =
            format!("// ours\n{}", json.replace(", \"tags", ", /* words */\n// more\n\"tags"));
        let object = format!(
            "apiVersion: inventory.aios/v1alpha1\nkind: ClusterOnboarding\nmetadata:\n  name: cluster\nspec:\n  {}",
            yaml.trim_start_matches("# ours\n").trim_end().replace('\n', "\n  ")
        );
        for text in [json, &commented, &format!("\u{feff}{json}"), &object] {
            assert_eq!(profile(text), profile(yaml), "{text}");
        }
    }

    #[test]
    fn hardware_figures_are_passed_over_and_named() {
        let read = parse("id: c\nregionId: r\nswap: 7\nnodes: {count: many}\n").unwrap();
        assert_eq!(read.ignored, ["nodes", "swap"]);
    }

    #[test]
    fn a_misspelt_key_is_named_with_the_nearest_right_one() {
        for (key, meant) in [
            ("regionID", "regionId"),
            ("region_id", "regionId"),
            ("clustermetadata", "clusterMetadata"),
            ("tag", "tags"),
            ("reputaton", "reputation"),
            ("gatway", "gateway"),
            ("vcpu", "vcpus"),
            ("nodeselector", "nodeSelector"),
            ("allowRemoval", "allowRemovals"),
        ] {
            let error = error(&format!("id: c\nregionId: r\n{key}: 1"));
            assert_eq!(error, format!("'{key}' is no key here: did you mean '{meant}'?"));
        }
        let error = error("id: c\nregionId: r\nxyzzy: 1");
        assert!(error.starts_with("'xyzzy' is no key here: there are id, regionId"), "{error}");
    }

    #[test]
    fn what_is_no_profile_is_refused_with_its_place() {
        assert_eq!(error("id: c"), "missing field `regionId`");
        assert_eq!(error("id: 7\nregionId: r"), "id: invalid type: integer `7`, expected a string");
        assert!(error("id: c\nregionId: r\ntags: [a, 1]").starts_with("tags[1]: invalid type"));
        assert!(error("id: c\nregionId: r\nreputation: high").starts_with("reputation: "));
        assert!(error("id: c\nregionId: r\nconfig: x").starts_with("config: invalid type"));
        assert!(error("id: c\nregionId: r\nsubmit: Now").starts_with("submit: unknown variant"));
        let secret = "id: c\nregionId: r\njoinCommandSecret: {name: join}";
        assert_eq!(error(secret), "joinCommandSecret: missing field `key`");
        assert_eq!(error("just words"), "expected keys and values, such as 'id: my-cluster'");
        assert_eq!(error("[]"), "expected keys and values, such as 'id: my-cluster'");
        assert_eq!(error(""), "expected keys and values, such as 'id: my-cluster'");
    }

    #[test]
    fn broken_texts_are_refused_with_line_and_column() {
        let json = error("{\n  \"id\": \"c\"\n  \"regionId\": \"r\"\n}");
        assert!(json.contains("line 2") || json.contains("line 3"), "{json}");
        assert!(error("{id: c}").contains("line 1, column 2"), "{}", error("{id: c}"));
        let yaml = error("id: c\nregionId: [r\n");
        assert!(yaml.contains("line "), "{yaml}");
        assert!(!yaml.contains('\n'), "{yaml}");
        assert!(error("id: c\nid: d\nregionId: r").contains("line 2"));
    }

    #[test]
    fn another_kind_of_object_is_refused() {
        for text in [
            "apiVersion: v1\nkind: Node",
            "apiVersion: inventory.aios/v1alpha1\nkind: ClusterOnboarding",
            "kind: ClusterOnboarding\nspec: {id: c, regionId: r}",
        ] {
            assert!(error(text).starts_with("expected kind 'ClusterOnboarding'"), "{text}");
        }
        let object = "apiVersion: inventory.aios/v1alpha1\nkind: ClusterOnboarding\nspecs: {}";
        assert_eq!(error(object), "'specs' is no key here: did you mean 'spec'?");
    }

    #[test]
    fn the_template_is_a_profile() {
        let read = parse(TEMPLATE).unwrap();
        assert_eq!(read.ignored, [""; 0]);
        for key in KEYS.into_iter().chain(CONDUCT) {
            let is_there =
                |line: &str| line.trim_start_matches("# ").starts_with(&format!("{key}:"));
            assert!(TEMPLATE.lines().any(is_there), "the template says nothing of {key}");
        }
    }
}
