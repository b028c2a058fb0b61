//! Updates against the fake AIOS, in which others write at the worst time.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fake_aios::{Change, FakeAios, Fault, Options, Policy, PolicyAction, Route, Service};
use inventory_common::cluster::{Document, Measured, RawEntry};
use serde_json::{Map, Value, json};

use super::*;
use crate::aios::{Base, Refusal, Transport};
use crate::cluster::difference::{Added, Gone};

fn entry(id: &str, memory: u64, padding: usize) -> Map<String, Value> {
    let entry = json!({
        "id": id, "gpus": { "count": 0, "memory": 0 }, "vcpus": { "count": 4 }, "memory": memory, "swap": 5,
        "storage": { "disks": 2, "size": 900 },
        "network": { "interfaces": 1, "txBandwidth": 10, "rxBandwidth": 10 },
        "nodeMetadata": { "padding": "x".repeat(padding) },
    });
    entry.as_object().unwrap().clone()
}

/// AIOS, which has these nodes.
struct Stage {
    fake: FakeAios,
    aios: Aios,
    stored: RawDocument,
}

impl Stage {
    fn new(entries: &[Map<String, Value>]) -> Self {
        let stored = json!({
            "id": "c", "regionId": "r", "nodes": { "count": entries.len(), "nodeData": entries },
        });
        let fake = FakeAios::start(&Options::default()).unwrap();
        fake.put(stored.clone());
        let [parser, gateway] = [Service::Parser, Service::Gateway]
            .map(|service| fake.url(service).parse::<Base>().unwrap());
        let options = crate::aios::Options { environment_proxies: false, ..Default::default() };
        let transport = Transport::new(&options, &[&parser, &gateway]).unwrap();
        let aios = Aios {
            parser: Parser::new(&transport, &parser),
            gateway: Gateway::new(&transport, &gateway),
            form: Form::Envelope,
            retry_for: Duration::ZERO,
        };
        Self { fake, aios, stored: stored.into() }
    }

    async fn update(
        &self,
        wanted: &Wanted,
        may_write: &(dyn Fn() -> Permit + Sync),
    ) -> Result<Submitted, Failure> {
        let id = "c".parse().unwrap();
        let document = &Value::Null.into();
        let submission = Submission { id: &id, document, wanted, adopts: true, may_write };
        self.aios.update(&submission, self.stored.clone()).await
    }

    fn entry(&self, id: &str) -> Value {
        let stored = self.fake.stored("c").unwrap();
        let entries = stored["nodes"]["nodeData"].as_array().unwrap();
        entries.iter().find(|entry| entry["id"] == id).unwrap().clone()
    }

    /// How many updates AIOS has got.
    fn updates(&self) -> usize {
        self.fake.count(Service::Gateway, Route::Update)
    }

    fn ids(&self) -> Vec<String> {
        RawDocument::from(self.fake.stored("c").unwrap()).ids().map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn what_an_update_hits_because_others_moved_it_is_put_back() {
    let stage = Stage::new(&[entry("a", 1, 0), entry("b", 1, 0), entry("theirs", 7, 0)]);
    stage.fake.before_next_update("c", [Change::Leave("a".to_owned())]);
    let added = Added::These(BTreeSet::new());
    let wanted = Wanted { nodes: vec![entry("b", 5, 0).into()], added, ..Wanted::default() };
    stage.update(&wanted, &|| Permit::All).await.unwrap();
    assert_eq!(stage.ids(), ["b", "theirs"]);
    assert_eq!(
        (&stage.entry("b")["memory"], &stage.entry("theirs")["memory"]),
        (&json!(5), &json!(7))
    );
    assert_eq!(stage.fake.stored("c").unwrap()["memory"], 12);
}

#[tokio::test]
async fn an_entry_that_aios_drops_meanwhile_is_not_added_again() {
    let stage = Stage::new(&[entry("a", 1, 0), entry("b", 1, 0)]);
    stage.fake.before_next_update("c", [Change::Leave("b".to_owned())]);
    let added = Added::These(["n".to_owned()].into());
    let nodes = ["a", "b", "n"].map(|id| entry(id, 5, 0).into()).into();
    let wanted = Wanted { nodes, added, ..Wanted::default() };
    stage.update(&wanted, &|| Permit::All).await.unwrap();
    assert_eq!(stage.ids(), ["a", "n"]);
}

/// Entries of which one goes, and which AIOS does not take at once.
fn large() -> (Stage, Wanted) {
    let entries: Vec<_> = (0..9).map(|n| entry(&format!("n{n}"), 1, 20_000)).collect();
    let gone = Gone::These(["n0".to_owned()].into());
    (Stage::new(&entries), Wanted { gone, ..Wanted::default() })
}

#[tokio::test]
async fn what_was_cut_off_is_put_back_by_a_process_that_ends() {
    let (stage, wanted) = large();
    let ends = || if stage.updates() == 0 { Permit::All } else { Permit::Rest };
    stage.update(&wanted, &ends).await.unwrap();
    assert_eq!(stage.ids().len(), 8);
    assert_eq!(stage.fake.stored("c").unwrap()["memory"], 8);
}

#[tokio::test]
async fn nothing_is_begun_by_a_process_that_ends_nor_ended_by_one_that_does_not_lead() {
    let (stage, wanted) = large();
    assert_eq!(stage.update(&wanted, &|| Permit::Rest).await, Err(Failure::NotAllowed));
    assert_eq!(stage.updates(), 0);
    let lost = || if stage.updates() == 0 { Permit::All } else { Permit::Nothing };
    assert_eq!(stage.update(&wanted, &lost).await, Err(Failure::NotAllowed));
    assert_eq!(stage.updates(), 1);
}

#[tokio::test]
async fn what_was_cut_off_is_put_back_in_as_many_pieces_as_it_takes() {
    let entries: Vec<_> = (0..30).map(|n| entry(&format!("n{n}"), 1, 20_000)).collect();
    let stage = Stage::new(&entries);
    let gone = Gone::These(["n0".to_owned()].into());
    stage.update(&Wanted { gone, ..Wanted::default() }, &|| Permit::All).await.unwrap();
    let left: Vec<String> = (1..30).map(|n| format!("n{n}")).collect();
    assert_eq!(stage.ids(), left);
}

#[tokio::test]
async fn what_only_aios_knows_is_not_lost_by_a_process_that_is_killed_after_it_has_cut() {
    let ours: Vec<_> = (0..9).map(|n| entry(&format!("n{n}"), 1, 20_000)).collect();
    let mut stored = ours.clone();
    stored.push(entry("theirs", 7, 20_000));
    stored[8].insert("tags".to_owned(), json!(["theirs"]));
    let stage = Stage::new(&stored);
    let nodes = ours[1..].iter().cloned().map(RawEntry::from).collect();
    let gone = Gone::These(["n0".to_owned()].into());
    let wanted = Wanted { nodes, gone, ..Wanted::default() };
    let killed = || if stage.updates() == 0 { Permit::All } else { Permit::Nothing };
    assert_eq!(stage.update(&wanted, &killed).await, Err(Failure::NotAllowed));
    assert!(stage.ids().len() < 9, "nothing was cut");
    let kept = [&stage.entry("theirs")["memory"], &stage.entry("n8")["tags"]].map(Clone::clone);
    assert_eq!(kept, [json!(7), json!(["theirs"])]);

    // Whoever comes after it makes the others again.
    let stage = Stage { stored: stage.fake.stored("c").unwrap().into(), ..stage };
    stage.update(&wanted, &|| Permit::All).await.unwrap();
    let mut ids = stage.ids();
    ids.sort_unstable();
    assert_eq!(ids, ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "theirs"]);
}

#[tokio::test]
async fn a_write_that_waits_for_its_connection_is_not_sent_once_another_may_write() {
    let stage = Stage::new(&[entry("a", 1, 0)]);
    let wanted = Wanted { nodes: vec![entry("a", 5, 0).into()], ..Wanted::default() };
    let asked = AtomicUsize::new(0);
    // It may, is asked again before it begins to connect, and then may not any more.
    let lost = || match asked.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Permit::All,
        _ => Permit::Nothing,
    };
    assert_eq!(stage.update(&wanted, &lost).await, Err(Failure::NotAllowed));
    assert_eq!(stage.updates(), 0);
}

#[tokio::test]
async fn an_entry_of_another_cluster_is_no_answer() {
    let stage = Stage::new(&[]);
    stage.fake.put(json!({ "id": "d", "regionId": "r" }));
    let read = stage.aios.gateway.read(&"d".parse().unwrap()).await;
    assert_eq!(read.unwrap().unwrap().rest()["id"], "d");
    // Whoever renames an entry gets the entry of another id.
    let rename = json!({ "id": "e" }).as_object().unwrap().clone();
    let trouble = stage.aios.gateway.update(&"d".parse().unwrap(), &rename).await.unwrap_err();
    assert!(trouble.to_string().contains("the entry of another cluster"), "{trouble}");
}

#[tokio::test]
async fn an_update_that_is_refused_is_not_sent_again() {
    let wanted = Wanted { nodes: vec![entry("a", 5, 0).into()], ..Wanted::default() };
    // What stands before AIOS lets it be read, and not be written, or not by so much.
    for (status, refusal) in [(403, Refusal::Access), (413, Refusal::TooLarge)] {
        let stage = Stage::new(&[entry("a", 1, 0)]);
        stage.fake.inject(Fault::Html { status }.always().on(Route::Update));
        let refused = stage.update(&wanted, &|| Permit::All).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(refusal), "{refused}");
        // Nor is it looked for: it was surely not done.
        let asked = [Route::Update, Route::Read].map(|to| stage.fake.count(Service::Gateway, to));
        assert_eq!(asked, [1, 0]);
    }
}

#[tokio::test]
async fn a_document_that_is_refused_is_not_sent_again() {
    let stage = Stage::new(&[]);
    stage.fake.remove("c").unwrap();
    stage.fake.set_policy(PolicyAction::CreateCluster, Some(Policy::Deny("no".to_owned())));
    let patient = Aios { retry_for: Duration::from_secs(2), ..stage.aios };
    let (id, wanted) = ("c".parse().unwrap(), Wanted::default());
    let submission = Submission {
        id: &id,
        document: &stage.stored,
        wanted: &wanted,
        adopts: false,
        may_write: &|| Permit::All,
    };
    assert!(patient.submit(&submission).await.unwrap_err().is_refusal());
    assert_eq!(stage.fake.count(Service::Parser, Route::Create), 1);
    // What was surely not done is not looked for.
    assert_eq!(stage.fake.count(Service::Gateway, Route::Read), 1);
}

#[tokio::test]
async fn what_a_policy_makes_too_large_is_for_a_gateway() {
    let stage = Stage::new(&[]);
    stage.fake.remove("c").unwrap();
    let more = json!({ "config.theirs": "x".repeat(110_000) }).as_object().unwrap().clone();
    stage.fake.set_policy(PolicyAction::CreateCluster, Some(Policy::Rewrite(more)));
    let profile = serde_json::from_value(json!({ "id": "c", "regionId": "r" })).unwrap();
    let document = Document::new(profile, Measured::of(Vec::new()).unwrap());
    let document = serde_json::to_value(document).unwrap().into();
    let Aios { parser, form, retry_for, .. } = &stage.aios;
    let created = create_unread(parser, *form, *retry_for, &document).await;
    assert_eq!(created, Err(Failure::NoGatewayForPieces));
}

#[tokio::test]
async fn what_aios_does_not_keep_is_sent_a_few_times_only() {
    let stage = Stage::new(&[]);
    let stated = json!({ "unheardOf": 1 }).as_object().cloned();
    let wanted = Wanted { stated, ..Wanted::default() };
    let not_kept = stage.update(&wanted, &|| Permit::All).await.unwrap_err();
    assert_eq!(not_kept, Failure::NotKept { what: "unheardOf".to_owned() });
    // Once with the sums, which are kept, and three times by itself.
    assert_eq!(stage.fake.count(Service::Gateway, Route::Update), 4);
}
