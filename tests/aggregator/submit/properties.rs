//! A document that is found good is stored by AIOS, and reads back equal.

use std::sync::OnceLock;
use std::time::Duration;

use fake_aios::{FakeAios, Options, Service};
use inventory_aggregator::aios::{self, Base, ClusterId, Form, Gateway, Parser, Transport};
use inventory_aggregator::cluster::difference::{Gone, Wanted, differences};
use inventory_aggregator::submission::{Aios, How, Permit, Submission, Submitted};
use inventory_common::NodeData;
use inventory_common::cluster::{Document, Measured, Nodes, RawDocument, Totals, flaws};
use proptest::prelude::*;

use crate::properties::document;
use crate::scene::node;

fn base(fake: &FakeAios, service: Service) -> Base {
    fake.url(service).parse().unwrap()
}

/// AIOS's services as this project's client.
fn client(fake: &FakeAios) -> Aios {
    let [parser, gateway] = [Service::Parser, Service::Gateway].map(|service| base(fake, service));
    let options = aios::Options { environment_proxies: false, ..aios::Options::default() };
    let transport = Transport::new(&options, &[&parser, &gateway]).unwrap();
    Aios {
        parser: Parser::new(&transport, &parser),
        gateway: Gateway::new(&transport, &gateway),
        form: Form::Envelope,
        retry_for: Duration::ZERO,
    }
}

fn submit(aios: &Aios, id: &ClusterId, document: &RawDocument, wanted: &Wanted) -> Submitted {
    let may_write = &|| Permit::All;
    let submission = Submission { id, document, wanted, adopts: false, may_write };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(aios.submit(&submission)).unwrap()
}

/// One AIOS for all documents of a test: each is gone before the next comes.
type Once = OnceLock<(FakeAios, Aios)>;

fn start() -> (FakeAios, Aios) {
    let fake = FakeAios::start(&Options::default()).unwrap();
    let aios = client(&fake);
    (fake, aios)
}

/// Submits the document twice, and answers with how many requests the first took.
fn stored_equal(
    (fake, aios): &(FakeAios, Aios),
    document: &Document,
) -> Result<usize, TestCaseError> {
    let raw = RawDocument::try_from(document.clone()).unwrap();
    let id: ClusterId = document.id.parse().unwrap();
    let wanted = Wanted { gone: Gone::Others, ..Wanted::document(&raw) };
    let created = submit(aios, &id, &raw, &wanted);
    prop_assert_eq!(created.how, How::Created);
    prop_assert_eq!(created.rewritten, []);
    prop_assert_eq!(differences(&created.stored, &wanted), []);
    let reputation = created.stored.rest()["reputation"].as_f64();
    prop_assert_eq!(reputation, document.reputation.as_f64());
    let again = submit(aios, &id, &raw, &wanted);
    prop_assert_eq!((again.how, again.answers), (How::Unchanged, Vec::new()));
    fake.remove(id.as_str()).unwrap();
    Ok(created.answers.len())
}

/// The document with its first node's GPUs and words so often, and with so much beside, that it goes in pieces.
fn enlarged(document: Document) -> Option<Document> {
    let first = document.nodes.node_data.first()?;
    let entry = |number: usize| {
        let mut entry = first.clone();
        let node: NodeData = serde_json::from_value(node(&format!("node-{number}"), 1000)).unwrap();
        entry.node = NodeData { gpus: first.node.gpus.clone(), ..node };
        entry.tags.push("\u{e9}".repeat(2000));
        entry
    };
    let Measured { nodes, totals } = Measured::of((0..20).map(entry).collect()).ok()?;
    let nodes = Nodes { count: nodes.len() as u64, node_data: nodes };
    let Totals { gpus, vcpus, memory_mib, swap_mib, storage, network } = totals;
    Some(Document { nodes, gpus, vcpus, memory_mib, swap_mib, storage, network, ..document })
}

proptest! {
    #[test]
    fn a_good_document_is_stored_and_reads_back_equal(document in document()) {
        static AIOS: Once = Once::new();
        prop_assume!(flaws(&document).is_empty());
        stored_equal(AIOS.get_or_init(start), &document)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_good_document_in_pieces_is_stored_and_reads_back_equal(document in document().prop_filter_map("it has no node", enlarged)) {
        static AIOS: Once = Once::new();
        prop_assume!(flaws(&document).is_empty());
        let requests = stored_equal(AIOS.get_or_init(start), &document)?;
        prop_assert!(requests > 2, "{requests} requests");
    }
}
