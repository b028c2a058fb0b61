//! The conditions of an object. A newer version may write types that this one does not know: they are kept
//! as they are, so that going back to an older version neither stops at them nor loses them.

use std::ops::Deref;

use serde::de::value::StrDeserializer;
use serde::de::{Error, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Condition;

/// Conditions of known types, which it can be read as, and those of types that only a newer version knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions<Type> {
    known: Vec<Condition<Type>>,
    newer: Vec<Value>,
}

impl<Type> Conditions<Type> {
    /// Those of types that only a newer version knows.
    #[must_use]
    pub fn newer(&self) -> &[Value] {
        &self.newer
    }

    /// The same with those of another version's types that `before` has.
    #[must_use]
    pub fn keeping(self, before: Option<&Self>) -> Self {
        let newer = before.map(|before| before.newer.clone()).unwrap_or_default();
        Self { newer, ..self }
    }

    /// Takes out the one of this type, and puts this one in.
    pub fn replace(&mut self, condition: Condition<Type>)
    where
        Type: PartialEq,
    {
        self.known.retain(|other| other.kind != condition.kind);
        self.known.push(condition);
    }
}

impl<Type> Default for Conditions<Type> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<Type> From<Vec<Condition<Type>>> for Conditions<Type> {
    fn from(known: Vec<Condition<Type>>) -> Self {
        Self { known, newer: Vec::new() }
    }
}

impl<Type> Deref for Conditions<Type> {
    type Target = [Condition<Type>];

    fn deref(&self) -> &Self::Target {
        &self.known
    }
}

impl<'a, Type> IntoIterator for &'a Conditions<Type> {
    type Item = &'a Condition<Type>;
    type IntoIter = std::slice::Iter<'a, Condition<Type>>;

    fn into_iter(self) -> Self::IntoIter {
        self.known.iter()
    }
}

impl<Type: Serialize> Serialize for Conditions<Type> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum One<'a, Type> {
            Known(&'a Condition<Type>),
            Newer(&'a Value),
        }
        let known = self.known.iter().map(One::Known);
        serializer.collect_seq(known.chain(self.newer.iter().map(One::Newer)))
    }
}

impl<'de, Type: for<'any> Deserialize<'any>> Deserialize<'de> for Conditions<Type> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (newer, known): (Vec<Value>, Vec<Value>) =
            Vec::deserialize(deserializer)?.into_iter().partition(is_newer::<Type>);
        let known = known.into_iter().map(serde_json::from_value).collect::<Result<_, _>>();
        Ok(Self { known: known.map_err(D::Error::custom)?, newer })
    }
}

/// Whether it has a type, and one that this version does not know.
fn is_newer<Type: for<'any> Deserialize<'any>>(condition: &Value) -> bool {
    let kind = condition.get("type").and_then(Value::as_str);
    kind.is_some_and(|kind| {
        let kind: StrDeserializer<serde::de::value::Error> = kind.into_deserializer();
        Type::deserialize(kind).is_err()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resource::ConditionType;

    fn condition(kind: &str) -> Value {
        json!({
            "type": kind, "status": "True", "reason": "R", "message": "",
            "lastTransitionTime": "2026-01-02T03:04:05Z",
        })
    }

    fn read(conditions: &Value) -> serde_json::Result<Conditions<ConditionType>> {
        Conditions::deserialize(conditions)
    }

    #[test]
    fn a_type_of_a_newer_version_is_kept_as_it_is() {
        let mut newer = condition("Tomorrow");
        newer["more"] = json!([1]);
        let read = read(&json!([newer, condition("Complete")])).unwrap();
        assert_eq!(read.iter().map(|it| it.kind).collect::<Vec<_>>(), [ConditionType::Complete]);
        assert_eq!(read.newer(), std::slice::from_ref(&newer));
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(written, json!([condition("Complete"), newer]));
        let judged = Conditions::from(read.to_vec()).keeping(Some(&read));
        assert_eq!(judged, read);
    }

    #[test]
    fn a_condition_takes_the_place_of_the_one_of_its_type() {
        let mut all = read(&json!([condition("Complete"), condition("Contested")])).unwrap();
        let reason = "Another".to_owned();
        all.replace(Condition { reason, ..all[0].clone() });
        let told = (&all).into_iter().map(|it| (it.kind, it.reason.as_str())).collect::<Vec<_>>();
        assert_eq!(told, [(ConditionType::Contested, "R"), (ConditionType::Complete, "Another")]);
    }

    #[test]
    fn a_condition_that_makes_no_sense_is_refused() {
        let mut odd = condition("Complete");
        odd["status"] = json!("Perhaps");
        for odd in [odd, json!({ "status": "True" }), json!(7)] {
            assert!(read(&json!([odd])).is_err(), "{odd}");
        }
    }
}
