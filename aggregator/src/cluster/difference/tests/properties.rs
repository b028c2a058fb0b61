//! Whatever is stored and whatever is wanted, updates come to an end, and to what is wanted.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Anything that may stand in a stored nodeData.
fn any_entry() -> impl Strategy<Value = Value> {
    let node = (0_u64..12, 0_u64..3, any::<bool>()).prop_map(|(id, memory, tagged)| {
        let mut entry = entry(&format!("n{id}"), memory);
        if tagged {
            entry.insert("tags".to_owned(), json!([format!("t{id}")]));
        }
        Value::from(entry)
    });
    prop_oneof![12 => node, 1 => Just(Value::Null), 1 => Just(json!({ "swap": 1 }))]
}

fn any_wanted() -> impl Strategy<Value = Wanted> {
    let nodes = prop::collection::btree_map(0_u64..12, 0_u64..3, 0..12);
    let gone = prop_oneof![
        Just(Gone::None),
        Just(Gone::Others),
        prop::collection::btree_set(0_u64..12, 0..4)
            .prop_map(|ids| Gone::These(ids.iter().map(|id| format!("n{id}")).collect()))
    ];
    let tentative = prop::collection::btree_set(0_u64..12, 0..4);
    (nodes, gone, tentative).prop_map(|(nodes, gone, tentative)| Wanted {
        nodes: nodes
            .into_iter()
            .map(|(id, memory)| entry(&format!("n{id}"), memory).into())
            .collect(),
        tentative: tentative.iter().map(|id| format!("n{id}")).collect(),
        gone,
        ..Wanted::default()
    })
}

proptest! {
    #[test]
    fn whatever_is_stored_the_updates_end_with_what_is_wanted(
        before in prop::collection::vec(any_entry(), 0..16),
        wanted in any_wanted(),
        most in prop_oneof![Just(400_u64), Just(900), Just(MOST)],
    ) {
        let mut stored = cluster(before.clone());
        settle(&mut stored, &wanted, most);

        let id = |entry: &Value| entry["id"].as_str().map(str::to_owned);
        let mut known: BTreeMap<String, &Value> = BTreeMap::new();
        for entry in before.iter().rev() {
            known.extend(id(entry).map(|id| (id, entry)));
        }
        let ours = wanted.by_id();
        let mut seen = BTreeSet::new();
        let entries = stored["nodes"]["nodeData"].as_array().unwrap();
        for entry in entries {
            let id = &*id(entry).unwrap();
            prop_assert!(seen.insert(id.to_owned()), "{} twice", id);
            let is_known = known.contains_key(id);
            match ours.get(id).and_then(|node| node.node()) {
                Some(node) if !is_known || !wanted.tentative.contains(id) => {
                    prop_assert_eq!(&entry["memory"], &node["memory"]);
                }
                Some(_) => prop_assert_eq!(&entry["memory"], &known[id]["memory"]),
                None => prop_assert!(is_known && !wanted.gone.has(id)),
            }
            if before.iter().any(|entry| entry["id"] == id && entry.get("tags").is_some()) {
                prop_assert_eq!(&entry["tags"], &json!([format!("t{}", &id[1..])]));
            }
        }
        prop_assert!(ours.keys().all(|id| seen.contains(*id)));
        let stays = |id: &&String| ours.contains_key(&***id) || !wanted.gone.has(id);
        prop_assert!(known.keys().filter(stays).all(|id| seen.contains(id)));
        prop_assert_eq!(&stored["nodes"]["count"], &json!(seen.len()));
        let memory: u64 = entries.iter().map(|entry| entry["memory"].as_u64().unwrap()).sum();
        prop_assert_eq!(&stored["memory"], &json!(memory));
    }
}
