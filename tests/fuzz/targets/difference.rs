//! AIOS's copy of a cluster, whatever it says, brought to what is wanted: that ends, and what is somebody
//! else's stays.
#![no_main]

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use fuzz::json;
use fuzz::telling::is_plain;
use inventory_aggregator::cluster::difference::{
    Added, Cut, Gone, Target, Wanted, differences, next, rewritten, struck, without_secrets,
};
use inventory_common::cluster::{FIGURES, RawDocument, RawEntry, size};
use inventory_common::telling::plain;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

const IDS: [&str; 4] = ["a", "b", "c", "d"];

fn id(u: &mut Unstructured) -> Result<String> {
    Ok((*u.choose(&IDS)?).to_owned())
}

fn ids(u: &mut Unstructured) -> Result<BTreeSet<String>> {
    (0..u.int_in_range(0..=3)?).map(|_| id(u)).collect()
}

/// A node's entry with the figures that all nodes of ours have, or somebody else's, or none.
fn entry(u: &mut Unstructured, is_ours: bool) -> Result<Value> {
    if !is_ours && u.ratio(1, 4)? {
        return json::value(u, 0);
    }
    let mut entry = if is_ours { Map::new() } else { json::object(u, 2)? };
    entry.insert("id".to_owned(), id(u)?.into());
    if is_ours || u.ratio(3, 4)? {
        let [memory, disks] = [u.int_in_range(0..=9_u64)?, u.int_in_range(0..=9_u64)?];
        entry.insert("memory".to_owned(), memory.into());
        entry.insert("storage".to_owned(), json!({ "disks": disks, "size": 7 }));
    }
    Ok(entry.into())
}

fn stored(u: &mut Unstructured) -> Result<Value> {
    let mut stored = json::object(u, 0)?;
    if u.ratio(7, 8)? {
        let entries: Vec<Value> =
            (0..u.int_in_range(0..=5)?).map(|_| entry(u, false)).collect::<Result<_>>()?;
        stored.insert(
            "nodes".to_owned(),
            json!({ "count": u.arbitrary::<u8>()?, "nodeData": entries }),
        );
    }
    Ok(stored.into())
}

fn wanted(u: &mut Unstructured) -> Result<Wanted> {
    let mut nodes: Vec<RawEntry> = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        let node = RawEntry::from(entry(u, true)?);
        if !nodes.iter().any(|other| other.id() == node.id()) {
            nodes.push(node);
        }
    }
    let stated = ["regionId", "config", "tags", "clusterMetadata"].into_iter();
    let stated =
        stated.map(|key| Ok((key.to_owned(), json::value(u, 2)?))).collect::<Result<_>>()?;
    Ok(Wanted {
        nodes,
        tentative: ids(u)?,
        added: if u.arbitrary()? { Added::All } else { Added::These(ids(u)?) },
        gone: match u.int_in_range(0..=2)? {
            0 => Gone::None,
            1 => Gone::These(ids(u)?),
            _ => Gone::Others,
        },
        stated: u.arbitrary::<bool>()?.then_some(stated),
        left: BTreeSet::new(),
    })
}

/// What an update takes of AIOS's database; false where it cannot, and nothing is stored.
fn set(value: &mut Value, path: &str, new: Value) -> bool {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let place = match value {
        Value::Array(list) => {
            let Ok(index) = key.parse::<usize>() else { return false };
            list.resize(list.len().max(index + 1), Value::Null);
            &mut list[index]
        }
        Value::Object(object) => object.entry(key).or_insert_with(|| json!({})),
        _ => return false,
    };
    match rest {
        Some(rest) => set(place, rest, new),
        None => {
            *place = new;
            true
        }
    }
}

/// Updates until nothing is lacking; absent where AIOS cannot take one.
fn settled(stored: &Value, wanted: &Wanted, most: u64) -> Option<RawDocument> {
    let (mut stored, mut cut) = (stored.clone(), Cut::new());
    for _ in 0..100 {
        let raw = RawDocument::from(stored.clone());
        let target = Target::new(&raw, &cut, wanted);
        let Some(update) = next(&raw, &target, most).ok()? else { return Some(raw) };
        assert!(size::of(&update.set).is_ok_and(|bytes| bytes <= most));
        for (path, value) in &update.set {
            if !set(&mut stored, path, value.clone()) {
                return None;
            }
        }
        let _told = struck(&raw, &update.set, &stored.clone().into());
        if !update.cut.is_empty() {
            cut = update.cut;
        }
    }
    panic!("it never ends: {stored} {wanted:?}");
}

/// What AIOS's copy says of nodes that nobody here has a say in, the first entry of each.
fn of_others<'a>(document: &'a RawDocument, wanted: &Wanted) -> Vec<(&'a str, Map<String, Value>)> {
    let is_ours = |id: &str| wanted.nodes.iter().any(|node| node.id() == Some(id));
    let is_gone = |id: &str| match &wanted.gone {
        Gone::None => false,
        Gone::These(ids) => ids.contains(id),
        Gone::Others => true,
    };
    let mut seen = BTreeSet::new();
    let others = document.entries().iter().filter_map(|entry| Some((entry.id()?, entry.node()?)));
    others.filter(|(id, _)| seen.insert(*id) && !is_ours(id) && !is_gone(id)).collect()
}

fn others_stay(before: &RawDocument, after: &RawDocument, wanted: &Wanted) {
    let now = of_others(after, wanted);
    for (id, said) in of_others(before, wanted) {
        let (_, says) = now.iter().find(|(other, _)| *other == id).expect("it is still there");
        assert!(
            said.iter().all(|(key, value)| says.get(key) == Some(value)),
            "{id}: {said:?} {says:?}"
        );
    }
    let keys = before.rest().as_object().into_iter().flatten();
    let figures: BTreeSet<&str> =
        FIGURES.iter().filter_map(|figure| figure.path.split('.').next()).collect();
    let is_ours = |key: &str| {
        key == "nodes"
            || figures.contains(key)
            || ["regionId", "config", "tags", "clusterMetadata"].contains(&key)
    };
    for (key, value) in keys.filter(|(key, _)| !is_ours(key)) {
        assert_eq!(after.rest().get(key), Some(value));
    }
}

fn run(u: &mut Unstructured) -> Result<()> {
    let (stored, wanted) = (stored(u)?, wanted(u)?);
    let before = RawDocument::from(stored.clone());
    for difference in differences(&before, &wanted) {
        is_plain(&plain(&difference.to_string()));
    }
    let _told = (rewritten(&before, &before), without_secrets(&stored));
    let most = u.int_in_range(200..=2000)?;
    if let Some(after) = settled(&stored, &wanted, most) {
        others_stay(&before, &after, &wanted);
    }
    Ok(())
}

fuzz_target!(|input: &[u8]| {
    let _too_short = run(&mut Unstructured::new(input));
});
