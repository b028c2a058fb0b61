//! AIOS's copy: what others have there stays, and ours only ever becomes what is true.

use inventory_common::cluster::FIGURES;
use serde_json::{Value, json};

use super::{Truth, alike};

/// The number of the nodes, which is a sum too.
const COUNT: &str = "/nodes/count";

/// What is wrong with one of our writes to AIOS's copy, which was so, and is now so.
#[must_use]
pub fn wrong(truth: &Truth, before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let Some(after) = after else {
        return before.map(|_| "AIOS's copy is gone".to_owned()).into_iter().collect();
    };
    let nothing = json!({});
    let was = before.unwrap_or(&nothing);
    let mut wrong = Vec::new();
    if others(truth, was) != others(truth, after) {
        wrong.push(format!(
            "entries of others were {:?} and are {:?}",
            others(truth, was),
            others(truth, after)
        ));
    }
    if before.is_some() && rest(was) != rest(after) {
        wrong.push(format!("keys of others were {} and are {}", rest(was), rest(after)));
    }
    for (id, true_data) in truth {
        match (entry(was, id), entry(after, id)) {
            (None, None) => {}
            (Some(_), None) => wrong.push(format!("the entry of '{id}' is gone")),
            (was, is) => strayed(id, [was, is, Some(true_data)], &mut wrong),
        }
    }
    let moved = sums(after).filter(|(place, _)| after.pointer(place) != was.pointer(place));
    let off = moved.filter(|(place, sum)| !after.pointer(place).is_some_and(|is| alike(is, sum)));
    wrong.extend(off.map(|(place, sum)| format!("{place} is not {sum}")));
    wrong
}

/// What AIOS's copy lacks.
#[must_use]
pub fn unfinished(truth: &Truth, copy: Option<&Value>) -> Vec<String> {
    let Some(copy) = copy else { return vec!["AIOS has no copy".to_owned()] };
    let mut lacking = Vec::new();
    for (id, true_data) in truth {
        let count = entries(copy).iter().filter(|entry| entry["id"] == **id).count();
        if count != 1 {
            lacking.push(format!("'{id}' has {count} entries"));
        }
        if let Some(is) = entry(copy, id) {
            lacks(id, is, true_data, &mut lacking);
        }
    }
    let off =
        sums(copy).filter(|(place, sum)| !copy.pointer(place).is_some_and(|is| alike(is, sum)));
    lacking.extend(off.map(|(place, sum)| format!("{place} is not {sum}")));
    lacking
}

fn entries(copy: &Value) -> &[Value] {
    copy["nodes"]["nodeData"].as_array().map_or(&[], Vec::as_slice)
}

fn entry<'a>(copy: &'a Value, id: &str) -> Option<&'a Value> {
    entries(copy).iter().find(|entry| entry["id"] == *id)
}

fn others<'a>(truth: &Truth, copy: &'a Value) -> Vec<&'a Value> {
    let is_ours = |entry: &Value| entry["id"].as_str().is_some_and(|id| truth.contains_key(id));
    entries(copy).iter().filter(|entry| !is_ours(entry)).collect()
}

/// All but the nodes and the sums.
fn rest(copy: &Value) -> Value {
    let mut rest = copy.clone();
    if let Some(rest) = rest.as_object_mut() {
        rest.remove("nodes");
        for figure in FIGURES {
            rest.remove(figure.path.split('.').next().unwrap_or_default());
        }
    }
    rest
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// Where each sum is, and what it should be by the entries that are there.
fn sums(copy: &Value) -> impl Iterator<Item = (String, Value)> {
    let sum = |path: &str| {
        let place = pointer(path);
        let parts = entries(copy).iter().filter_map(|entry| entry.pointer(&place)?.as_f64());
        (place.clone(), json!(parts.fold(0.0, |sum, part| sum + part)))
    };
    let count = (COUNT.to_owned(), json!(entries(copy).len()));
    FIGURES.iter().map(move |figure| sum(figure.path)).chain([count])
}

/// Whatever is neither as it was nor as it is in truth.
fn strayed(path: &str, [was, is, truth]: [Option<&Value>; 3], wrong: &mut Vec<String>) {
    let is_like = |other: Option<&Value>| match (is, other) {
        (Some(is), Some(other)) => alike(is, other),
        (is, other) => is == other,
    };
    let keys = |value: Option<&Value>| -> Vec<String> {
        value.and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    let is_leaf = !is.is_some_and(Value::is_object);
    let is_gone = was.is_some() && is.is_none();
    if is_like(was) || (is_leaf && !is_gone && is_like(truth)) {
        return;
    }
    if is_leaf {
        let [was, is, truth] = [was, is, truth].map(|it| it.unwrap_or(&Value::Null));
        wrong.push(format!("{path} was {was} and is {is} instead of {truth}"));
        return;
    }
    let mut all = [keys(was), keys(is)].concat();
    all.sort_unstable();
    all.dedup();
    for key in all {
        let at = [was, is, truth].map(|value| value.and_then(|value| value.get(&key)));
        strayed(&format!("{path}.{key}"), at, wrong);
    }
}

/// Whatever of the truth is not said; what others say beside it is theirs.
fn lacks(path: &str, is: &Value, truth: &Value, lacking: &mut Vec<String>) {
    match truth {
        Value::Object(truth) => {
            for (key, truth) in truth {
                lacks(&format!("{path}.{key}"), &is[key], truth, lacking);
            }
        }
        truth if alike(is, truth) => {}
        truth => lacking.push(format!("{path} is {is} instead of {truth}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth() -> Truth {
        ["a", "b"].map(|id| (id.to_owned(), ours(id, 5))).into()
    }

    fn ours(id: &str, memory: u64) -> Value {
        json!({ "id": id, "memory": memory, "gpus": { "count": 1 } })
    }

    fn copy(entries: &[Value], more: &Value) -> Value {
        let mut copy = json!({ "id": "c", "nodes": { "nodeData": entries } });
        for (place, sum) in sums(&copy.clone()) {
            let mut at = &mut copy;
            for key in place.split('/').skip(1) {
                at = &mut at[key];
            }
            *at = sum;
        }
        copy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        copy
    }

    fn judged(before: &Value, after: &Value) -> Vec<String> {
        wrong(&truth(), Some(before), Some(after))
    }

    #[test]
    fn a_copy_that_becomes_true_beside_what_others_have_is_right() {
        let (nothing, theirs) = (json!({}), json!({ "id": "x", "memory": 9 }));
        let mut noted = ours("a", 7);
        noted["gpus"]["theirs"] = 1.into();
        let before = copy(&[noted.clone(), theirs.clone()], &json!({ "tags": ["theirs"] }));
        noted["memory"] = 5.into();
        let after = copy(&[noted, theirs, ours("b", 5)], &json!({ "tags": ["theirs"] }));
        assert_eq!(judged(&before, &after), [""; 0]);
        assert_eq!(judged(&after, &after), [""; 0]);
        assert_eq!(wrong(&truth(), None, Some(&copy(&[ours("a", 5)], &nothing))), [""; 0]);
        assert_eq!(wrong(&truth(), None, None), [""; 0]);
        assert_eq!(unfinished(&truth(), Some(&after)), [""; 0]);
    }

    #[test]
    fn a_write_that_changes_what_is_another_s_is_wrong() {
        let (nothing, theirs) = (json!({}), json!({ "id": "x", "memory": 9 }));
        let mut noted = ours("a", 5);
        noted["theirs"] = 1.into();
        let before = copy(&[noted.clone(), theirs.clone()], &json!({ "tags": ["theirs"] }));
        for (entries, more) in [
            (vec![noted.clone()], json!({ "tags": ["theirs"] })),
            (vec![noted.clone(), json!({ "id": "x", "memory": 8 })], json!({ "tags": ["theirs"] })),
            (vec![noted.clone(), theirs.clone(), theirs.clone()], json!({ "tags": ["theirs"] })),
            (vec![noted.clone(), theirs.clone()], nothing.clone()),
            (vec![noted.clone(), theirs.clone()], json!({ "tags": ["theirs"], "ours": 1 })),
            (vec![ours("a", 5), theirs.clone()], json!({ "tags": ["theirs"] })),
            (vec![theirs.clone()], json!({ "tags": ["theirs"] })),
        ] {
            let after = copy(&entries, &more);
            assert_eq!(judged(&before, &after).len(), 1, "{after}: {:?}", judged(&before, &after));
        }
        assert_eq!(wrong(&truth(), Some(&before), None), ["AIOS's copy is gone"]);
    }

    #[test]
    fn a_known_figure_that_becomes_another_is_wrong() {
        let before = copy(&[ours("a", 5)], &json!({}));
        let mut unknown = ours("a", 5);
        unknown.as_object_mut().unwrap().remove("memory");
        let mut more = ours("a", 5);
        more["invented"] = 1.into();
        for entry in [ours("a", 0), unknown, more, json!({ "id": "a" })] {
            let after = copy(&[entry], &json!({}));
            assert!(!judged(&before, &after).is_empty(), "{after}");
        }
        let mut off = before.clone();
        off["memory"] = 4.into();
        assert_eq!(judged(&before, &off).len(), 1);
        assert_eq!(judged(&off, &before).len(), 0);
    }

    #[test]
    fn what_is_not_there_yet_is_named() {
        let is_lacking =
            |entries: &[Value]| unfinished(&truth(), Some(&copy(entries, &json!({})))).len();
        assert_eq!(is_lacking(&[ours("a", 5), ours("b", 5)]), 0);
        assert_eq!(is_lacking(&[ours("a", 5)]), 1);
        assert_eq!(is_lacking(&[ours("a", 5), ours("b", 5), ours("b", 5)]), 1);
        assert_eq!(is_lacking(&[ours("a", 5), ours("b", 6)]), 1);
        let mut off = copy(&[ours("a", 5), ours("b", 5)], &json!({}));
        off["nodes"]["count"] = 3.into();
        assert_eq!(unfinished(&truth(), Some(&off)).len(), 1);
        assert_eq!(unfinished(&truth(), None).len(), 1);
    }
}
