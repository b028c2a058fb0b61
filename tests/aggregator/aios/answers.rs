//! What AIOS answers where the way to it is sound.

use std::time::Duration;

use fake_aios::{Fault, Policy, PolicyAction, Route, Service};
use inventory_aggregator::aios::{Form, Happened, Kind, Refusal, Verdict};
use serde_json::{Value, json};

use super::scene::{Aios, document, gateway, id, options, parser, trouble, update};

#[tokio::test]
async fn a_document_in_its_envelope_is_stored() {
    let aios = Aios::empty();
    let stored = aios.create(&document()).await.unwrap();
    assert_eq!((&stored["id"], &stored["memory"]), (&json!("c"), &json!(1024)));
    assert!(stored["_id"].is_string());
    assert_eq!(aios.fake.received()[0].json(), Some(fake_aios::envelope(&document())));
    assert_eq!(aios.gateway.read(&id()).await.unwrap(), Some(stored.into()));
}

#[tokio::test]
async fn a_bare_document_is_refused_with_a_word_on_the_envelope() {
    let aios = Aios::empty();
    let sent = aios.parser.create_cluster(&document(), Form::Bare).await;
    let trouble = trouble(sent, &["POST http://127.0.0.1:", "/api/createCluster", "--bare"]);
    assert_eq!(trouble.refusal(), Some(Refusal::Envelope));
    assert_eq!(aios.fake.received()[0].json(), Some(document()));
    assert!(!trouble.may_have_happened() && aios.fake.clusters().is_empty());
}

#[tokio::test]
async fn a_policy_s_reason_is_told() {
    let aios = Aios::empty();
    let why = "cluster too small for this network";
    aios.fake.set_policy(PolicyAction::CreateCluster, Some(Policy::Deny(why.to_owned())));
    let trouble = trouble(aios.create(&document()).await, &[why, "policy"]);
    assert_eq!(trouble.refusal(), Some(Refusal::Policy));
    assert!(trouble.is_refusal() && !trouble.may_have_happened() && !trouble.is_worth_repeating());
}

#[tokio::test]
async fn what_a_policy_changed_comes_back() {
    let aios = Aios::empty();
    let changes = json!({"reputation": 99}).as_object().unwrap().clone();
    aios.fake.set_policy(PolicyAction::CreateCluster, Some(Policy::Rewrite(changes)));
    assert_eq!(aios.create(&document()).await.unwrap()["reputation"], 99);
}

#[tokio::test]
async fn a_policy_that_cannot_be_asked_is_an_outage() {
    for (policy, is_outage) in
        [(Policy::ExecutorDown, true), (Policy::Missing, false), (Policy::Raise, false)]
    {
        let aios = Aios::empty();
        aios.fake.set_policy(PolicyAction::CreateCluster, Some(policy.clone()));
        let trouble = aios.create(&document()).await.unwrap_err();
        assert_eq!(trouble.is_worth_repeating(), is_outage, "{policy:?}: {trouble}");
        assert_eq!(trouble.refusal() == Some(Refusal::Policy), !is_outage, "{policy:?}");
        assert!(!trouble.may_have_happened(), "{trouble}");
    }
}

#[tokio::test]
async fn a_cluster_that_is_there_and_a_wrong_number_are_told_alike() {
    let aios = Aios::stored();
    let mut wrong = document();
    wrong["memory"] = json!("64GB");
    wrong["id"] = json!("d");
    for document in [document(), wrong] {
        let trouble = trouble(aios.create(&document).await, &["there already", "500 Server Error"]);
        assert!(matches!(trouble.kind, Kind::Unclear(_)), "{trouble:?}");
        assert!(trouble.may_have_happened() && !trouble.is_refusal(), "{trouble}");
    }
}

#[tokio::test]
async fn a_missing_key_is_named() {
    let mut without_gpus = document();
    without_gpus.as_object_mut().unwrap().remove("gpus");
    let trouble = trouble(Aios::empty().create(&without_gpus).await, &["'gpus'", "missing"]);
    assert_eq!(trouble.refusal(), Some(Refusal::Missing));
}

#[tokio::test]
async fn what_the_parser_cannot_use_is_refused() {
    let aios = Aios::empty();
    let mut list = document();
    list["nodes"] = json!([]);
    for document in [list, json!("text"), json!([1]), Value::Null] {
        let trouble = aios.create(&document).await.unwrap_err();
        assert_eq!(trouble.refusal(), Some(Refusal::Request), "{document}: {trouble}");
    }
    for document in [json!({}), json!([]), Value::Null] {
        let trouble = aios.parser.create_cluster(&document, Form::Bare).await.unwrap_err();
        assert_eq!(trouble.refusal(), Some(Refusal::Request), "{document}: {trouble}");
        assert!(trouble.to_string().contains("Invalid JSON input"), "{trouble}");
    }
    assert!(aios.fake.clusters().is_empty());
}

#[tokio::test]
async fn what_is_too_large_is_refused_as_such() {
    let aios = Aios::stored();
    let mut large = document();
    large["id"] = json!("d");
    large["clusterMetadata"] = json!({"x": "x".repeat(fake_aios::LIMIT_BYTES)});
    let created = trouble(aios.create(&large).await, &["in pieces", "413"]);
    assert_eq!(created.refusal(), Some(Refusal::TooLarge));
    let update = update("clusterMetadata.x", "x".repeat(fake_aios::LIMIT_BYTES));
    let updated = aios.gateway.update(&id(), &update).await;
    assert_eq!(trouble(updated, &["PUT"]).refusal(), Some(Refusal::TooLarge));
}

#[tokio::test]
async fn a_parser_with_its_task_database_does_nothing() {
    let aios = Aios::empty();
    aios.fake.inject(Fault::TaskDatabase.once());
    let trouble = trouble(aios.create(&document()).await, &["create_task()"]);
    assert_eq!(trouble.refusal(), Some(Refusal::Service));
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_no_trouble_to_read_and_cannot_be_updated() {
    let aios = Aios::empty();
    assert_eq!(aios.gateway.read(&id()).await, Ok(None));
    let trouble = trouble(aios.set_memory(1).await, &["no such cluster"]);
    assert_eq!(trouble.refusal(), Some(Refusal::Absent));
}

#[tokio::test]
async fn an_update_answers_with_the_whole_cluster() {
    let aios = Aios::stored();
    let after = aios.set_memory(7).await.unwrap();
    assert_eq!((&after["memory"], &after["id"]), (&json!(7), &json!("c")));
    assert_eq!(after["nodes"]["nodeData"][0]["id"], "a");
    let conflict = json!({"nodes.nodeData": [], "nodes.nodeData.0.swap": 1});
    let refused = aios.gateway.update(&id(), conflict.as_object().unwrap()).await;
    let trouble = trouble(refused, &["500 Server Error"]);
    assert!(matches!(trouble.kind, Kind::Unclear(_)) && trouble.may_have_happened());
}

#[tokio::test]
async fn an_address_may_have_a_slash_at_its_end() {
    let aios = Aios::stored();
    let url = aios.fake.url(Service::Gateway);
    assert!(gateway(&format!("{url}/"), &options()).read(&id()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_service_at_another_s_address_is_told() {
    let aios = Aios::stored();
    let at_gateway = parser(&aios.fake.url(Service::Gateway), &options());
    let sent = at_gateway.create_cluster(&document(), Form::Envelope).await;
    assert!(matches!(trouble(sent, &["404", "HTML", "address"]).kind, Kind::Nonsense(_)));
    let at_parser = gateway(&aios.fake.url(Service::Parser), &options());
    assert!(matches!(trouble(at_parser.read(&id()).await, &["404"]).kind, Kind::Nonsense(_)));
    let at_registry = gateway(&aios.fake.url(Service::Registry), &options());
    assert!(matches!(trouble(at_registry.read(&id()).await, &["404"]).kind, Kind::Nonsense(_)));
}

#[tokio::test]
async fn a_dry_run_tells_whether_the_cluster_would_take_a_node() {
    let aios = Aios::stored();
    let node = crate::scene::node("b", 1024);
    let id = id();
    let dry_run = || aios.gateway.dry_run_add_node(&id, &node);
    assert!(
        matches!(dry_run().await, Ok(Verdict::NotOffered(said)) if said.to_string().contains("URL MAP"))
    );
    let server =
        update("config.urlMap", json!({"membershipServer": aios.fake.membership_url("c")}));
    aios.gateway.update(&id, &server).await.unwrap();
    assert_eq!(dry_run().await, Ok(Verdict::Allowed));
    aios.fake.set_nodes_allowed(false);
    assert!(matches!(dry_run().await, Ok(Verdict::Denied(_))));
    assert_eq!(aios.fake.received().last().unwrap().json(), Some(node.clone()));
    aios.fake.stop(Service::Membership);
    let down = dry_run().await.unwrap_err();
    assert!(matches!(down.kind, Kind::Outage { .. }) && !down.may_have_happened(), "{down}");
    let list = update("config.urlMap", json!({"membershipServer": ["http://a:30501"]}));
    aios.gateway.update(&id, &list).await.unwrap();
    assert!(matches!(dry_run().await, Ok(Verdict::NotOffered(_))));
    let mut without_config = document();
    without_config.as_object_mut().unwrap().remove("config");
    aios.fake.put(without_config);
    assert!(matches!(dry_run().await, Ok(Verdict::NotOffered(_))));
    aios.fake.remove("c").unwrap();
    assert_eq!(dry_run().await.unwrap_err().refusal(), Some(Refusal::Absent));
}

#[tokio::test]
async fn a_part_that_is_down_is_an_outage_in_which_nothing_happened() {
    let down = [Fault::GatewayDown, Fault::RegistryDown];
    for fault in down {
        let aios = Aios::empty();
        aios.fake.inject(fault.clone().once());
        let trouble = trouble(aios.create(&document()).await, &["part of AIOS is down"]);
        let is_outage = matches!(trouble.kind, Kind::Outage { happened: Happened::No, .. });
        assert!(
            is_outage && !trouble.may_have_happened() && trouble.is_worth_repeating(),
            "{trouble}"
        );
        aios.create(&document()).await.unwrap();
    }
    let aios = Aios::stored();
    aios.fake.inject(Fault::RegistryDown.always());
    for trouble in
        [aios.gateway.read(&id()).await.unwrap_err(), aios.set_memory(1).await.unwrap_err()]
    {
        assert!(matches!(trouble.kind, Kind::Outage { happened: Happened::No, .. }), "{trouble}");
    }
}

#[tokio::test]
async fn a_database_that_is_down_is_an_outage_only_to_who_reads() {
    let aios = Aios::stored();
    let soon = Duration::from_millis(1);
    aios.fake.inject(Fault::DatabaseDown { after: soon }.always());
    let read = aios.gateway.read(&id()).await.unwrap_err();
    assert!(matches!(read.kind, Kind::Outage { .. }) && read.is_worth_repeating(), "{read}");
    for trouble in
        [aios.set_memory(1).await.unwrap_err(), aios.create(&document()).await.unwrap_err()]
    {
        assert!(matches!(trouble.kind, Kind::Unclear(_)), "{trouble}");
    }
    assert_eq!(aios.fake.count(Service::Gateway, Route::Read), 1);
}
