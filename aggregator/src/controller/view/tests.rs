//! What is learnt of the cluster, and what of it is news.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::cluster::report::tests::node as node_data;

pub fn object<K: DeserializeOwned>(value: Value) -> K {
    serde_json::from_value(value).unwrap()
}

pub fn node(name: &str, labels: &[(&str, &str)]) -> PartialObjectMeta<Node> {
    let mut all = json!({ "kubernetes.io/os": "linux" });
    for (key, value) in labels {
        all[key] = (*value).into();
    }
    object(json!({ "metadata": { "name": name, "uid": "u", "labels": all } }))
}

fn onboarding(generation: i64, pool: Option<&str>) -> ClusterOnboarding {
    let selector: Labels =
        pool.map(|pool| ("pool".to_owned(), pool.to_owned())).into_iter().collect();
    let spec = json!({ "id": "c", "regionId": "r", "nodeSelector": selector });
    let mut onboarding = ClusterOnboarding::new(object(spec));
    (onboarding.metadata.uid, onboarding.metadata.generation) =
        (Some("u".to_owned()), Some(generation));
    onboarding
}

pub fn inventory(name: &str, id: &str, complete: &str) -> DynamicObject {
    let mut node_data = serde_json::to_value(node_data()).unwrap();
    node_data["id"] = id.into();
    let condition = json!({
        "type": "Complete", "status": complete, "reason": "R", "message": "m",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    });
    object(json!({
        "apiVersion": "inventory.aios/v1alpha1", "kind": "NodeInventory",
        "metadata": { "name": name, "uid": "u" },
        "status": { "nodeData": node_data, "devices": {}, "conditions": [condition] },
    }))
}

pub fn list(view: &mut View, nodes: &[PartialObjectMeta<Node>]) {
    let counting = view.counting();
    view.node(Notice::Begin, &counting);
    for node in nodes {
        view.node(Notice::Listed(node.clone()), &counting);
    }
    view.node(Notice::End, &counting);
}

/// A cluster in which everything was listed: agents that want every node, and these nodes.
pub fn view(nodes: &[PartialObjectMeta<Node>]) -> View {
    let mut view = View::default();
    let set = json!({ "metadata": { "name": "s" }, "spec": {
        "selector": {}, "template": { "spec": { "containers": [] } },
    } });
    for notice in [Notice::Begin, Notice::Listed(object(set)), Notice::End] {
        view.set(notice);
    }
    view.pod(Notice::End);
    view.inventory(Notice::End);
    view.onboarding(Notice::End);
    list(&mut view, nodes);
    view
}

#[test]
fn nodes_that_were_counted_by_other_rules_are_not_known() {
    let nodes = [node("a", &[("pool", "x")]), node("b", &[])];
    let mut view = view(&nodes);
    assert!(view.is_whole() && view.unknown().is_empty());
    assert_eq!(view.roll().expected.len(), 2);
    view.onboarding(Notice::Changed(onboarding(1, Some("x"))));
    assert!(!view.is_whole());
    assert_eq!(view.unknown(), ["the Nodes were not listed yet"]);
    // A list that was begun before does not help.
    view.node(Notice::End, &Counting::default());
    assert!(!view.is_whole());
    list(&mut view, &nodes);
    assert!(view.is_whole());
    assert!(view.roll().expected.keys().eq([&"a".into()]));
}

#[test]
fn a_node_is_there_until_a_list_has_ended_without_it() {
    let mut view = view(&[node("a", &[]), node("b", &[])]);
    let counting = view.counting();
    view.node(Notice::Begin, &counting);
    view.node(Notice::Listed(node("a", &[])), &counting);
    assert!(view.ids().any(|id| id == "b") && view.is_whole());
    view.node(Notice::Lost("away".to_owned()), &counting);
    assert!(view.ids().any(|id| id == "b") && view.is_whole());
    assert_eq!(view.unknown(), ["cannot list nodes: away"]);
    list(&mut view, &[node("a", &[])]);
    assert!(!view.ids().any(|id| id == "b") && view.unknown().is_empty());
}

#[test]
fn a_node_is_known_by_its_label_its_name_and_what_it_reported() {
    let mut view = view(&[node("a", &[("nodeID", "x")]), node("b", &[])]);
    view.inventory(Notice::Changed(inventory("b", "y", "True")));
    view.inventory(Notice::Changed(inventory("no-node", "z", "True")));
    let ids: std::collections::BTreeSet<&str> = view.ids().collect();
    assert!(ids.into_iter().eq(["a", "b", "x", "y"]));
}

#[test]
fn what_the_controller_writes_itself_is_to_be_seen_and_nothing_to_act_upon() {
    let mut view = View::default();
    let told = |generation| {
        let status = serde_json::from_value(json!({ "conditions": [] })).unwrap();
        ClusterOnboarding { status, ..onboarding(generation, None) }
    };
    let mut learn = |notice| view.onboarding(notice);
    assert_eq!(learn(Notice::Changed(onboarding(1, None))), News::ToDo);
    assert_eq!(learn(Notice::Changed(told(1))), News::ToSee);
    assert_eq!(learn(Notice::Changed(told(1))), News::Nothing);
    assert_eq!(learn(Notice::Changed(told(2))), News::ToDo);
    assert_eq!(learn(Notice::Deleted(told(2))), News::ToDo);
}

#[test]
fn conditions_that_change_are_told_once_and_those_of_a_first_list_are_not() {
    let mut view = View::default();
    let mut told = |notices: Vec<Notice<DynamicObject>>| {
        for notice in notices {
            view.inventory(notice);
        }
        let told = view.take_transitions().into_iter();
        told.map(|it| (it.object.name.unwrap(), it.is_well)).collect::<Vec<_>>()
    };
    let (bad, good) = (|| inventory("a", "a", "False"), || inventory("a", "a", "True"));
    assert_eq!(told(vec![Notice::Begin, Notice::Listed(bad()), Notice::End]), []);
    assert_eq!(told(vec![Notice::Changed(bad())]), []);
    let name = "a".to_owned();
    assert_eq!(told(vec![Notice::Changed(good())]), [(name.clone(), true)]);
    // What changed while nobody listened.
    assert_eq!(told(vec![Notice::Begin, Notice::Listed(bad()), Notice::End]), [(name, false)]);
    let new = |name: &str, complete: &str| Notice::Changed(inventory(name, name, complete));
    assert_eq!(told(vec![new("b", "False"), new("c", "True")]), [("b".to_owned(), false)]);
}

#[test]
fn what_cannot_be_followed_is_news_once_and_that_it_can_again_too() {
    let mut view = view(&[node("a", &[])]);
    let mut hear = |notice| view.inventory(notice);
    let lost = || Notice::Lost("away".to_owned());
    assert_eq!([hear(lost()), hear(lost())], [News::ToSee, News::Nothing]);
    let same = || Notice::Changed(inventory("a", "a", "True"));
    assert_eq!([hear(same()), hear(same())], [News::ToDo, News::Nothing]);
    assert_eq!([hear(lost()), hear(same())], [News::ToSee; 2]);
}

#[test]
fn what_a_line_of_a_table_needs_is_kept_of_an_inventory() {
    let mut view = view(&[node("a", &[])]);
    let mut partial = inventory("a", "a", "False");
    partial.data["status"]["unknowns"] = json!(["swap", "gpus.features"]);
    view.inventory(Notice::Changed(partial));
    let Some(Detail::Brief(brief)) = view.detail("a") else { panic!("{view:?}") };
    assert_eq!((brief.lacking, brief.unwell), (vec!["swap"], vec!["Complete"]));
    assert!(view.details().into_keys().eq(["a"]) && view.detail("b").is_none());
}

#[test]
fn an_inventory_that_makes_no_sense_has_no_figures() {
    let mut view = view(&[node("a", &[])]);
    view.inventory(Notice::Changed(inventory("a", "a", "True")));
    assert_eq!(view.state.snapshot().members().len(), 1);
    let mut nonsense = inventory("a", "a", "True");
    nonsense.data["status"]["nodeData"]["memory"] = json!(-1);
    assert_eq!(view.inventory(Notice::Changed(nonsense)), News::ToDo);
    assert!(view.state.snapshot().members().is_empty());
    assert!(view.roll().malformed.contains_key("a"));
}

#[test]
fn what_a_node_reports_otherwise_and_that_it_is_gone_is_news() {
    let mut view = view(&[node("a", &[])]);
    let mut learn = |notice| view.inventory(notice);
    assert_eq!(learn(Notice::Changed(inventory("a", "a", "True"))), News::ToDo);
    // Its figures alone, and its conditions alone.
    let mut other = inventory("a", "a", "True");
    other.data["status"]["nodeData"]["memory"] = 5.into();
    assert_eq!(learn(Notice::Changed(other.clone())), News::ToDo);
    other.metadata.creation_timestamp = Some(object(json!("2026-01-01T00:00:00Z")));
    assert_eq!(learn(Notice::Changed(other.clone())), News::ToDo);
    let gone = [other.clone(), other].map(|object| learn(Notice::Deleted(object)));
    assert_eq!(gone, [News::ToDo, News::Nothing]);
    assert!(!view.has_inventory("a") && view.state.get("a").is_none());
    view.inventory(Notice::Changed(inventory("a", "a", "True")));
    assert!(view.has_inventory("a") && !view.has_inventory("b"));
}
