//! Chapter 4: pre-check policies.

use fake_aios::{Policy, PolicyAction, Service};
use serde_json::{Value, json};

use crate::support::{Aios, ID, empty, example, gateway_failed, refused, with_example};

const UPDATE: &str = "/pre-check-policies/update";

async fn set_map(aios: &Aios, map: Value) -> Value {
    let (status, body) = aios.post(Service::Gateway, UPDATE, &map).await;
    assert_eq!((status, &body["success"]), (200, &json!(true)));
    body["map"].clone()
}

fn not_allowed(reason: &str) -> String {
    format!("Error occurred: cluster not allowed to be added: {reason}")
}

#[tokio::test]
async fn a_policy_refuses_with_its_reason() {
    let reason = "cluster too small for this network";
    let cases = [
        (Policy::Deny(reason.to_owned()), reason),
        (Policy::Missing, "Policy rule with URI 'create-cluster:1-s' not found."),
        (Policy::Raise, "'PolicyFunctionExecutor' object has no attribute 'policy_rule_uri'"),
    ];
    for (policy, reason) in cases {
        let aios = empty();
        aios.fake.set_policy(PolicyAction::CreateCluster, Some(policy));
        let text = not_allowed(reason);
        assert_eq!(aios.create(&example()).await, refused(&text));
        let create = aios.post(Service::Gateway, "/clusters/create", &example()).await;
        assert_eq!(create, gateway_failed(&text));
        assert!(aios.fake.clusters().is_empty());
    }
    let aios = empty();
    aios.fake.set_policy(PolicyAction::CreateCluster, Some(Policy::ExecutorDown));
    let text = aios.create(&example()).await.1["result"][1].to_string();
    assert!(text.contains("HTTPConnectionPool(host=") && text.contains("port=10000"), "{text}");
}

#[tokio::test]
async fn anybody_may_set_the_map() {
    let aios = empty();
    aios.fake.define_policy("deny:1-s", Policy::Deny("no".to_owned()));
    let map = set_map(&aios, json!({"create_cluster": "deny:1-s"})).await;
    assert_eq!(map, json!({"create_cluster": "deny:1-s"}));
    assert_eq!(aios.create(&example()).await, refused(&not_allowed("no")));
    set_map(&aios, json!({"create_cluster": {"policyRuleURI": "deny:1-s"}})).await;
    let reason = "Policy rule with URI '{'policyRuleURI': 'deny:1-s'}' not found.";
    assert_eq!(aios.create(&example()).await, refused(&not_allowed(reason)));
    set_map(&aios, json!({"create_cluster": "allow:1-s"})).await;
    let reason = "Policy rule with URI 'allow:1-s' not found.";
    assert_eq!(aios.create(&example()).await, refused(&not_allowed(reason)));
    set_map(&aios, json!({"add_cluster": "deny:1-s"})).await;
    assert_eq!(aios.create(&example()).await.1["result"]["id"], ID);
}

#[tokio::test]
async fn a_map_is_answered_merged_and_stored_as_sent() {
    let aios = empty();
    set_map(&aios, json!({"create_cluster": "a"})).await;
    let merged = set_map(&aios, json!({"remove_cluster": "b"})).await;
    assert_eq!(merged, json!({"create_cluster": "a", "remove_cluster": "b"}));
    let (_, body) = aios.get(Service::Gateway, "/pre-check-policies/get").await;
    assert_eq!(body["map"], json!({"remove_cluster": "b"}));
}

#[tokio::test]
async fn what_a_policy_rewrites_is_stored() {
    let aios = empty();
    let changes = json!({"reputation": 99, "tags": ["by-policy"]});
    let policy = Policy::Rewrite(changes.as_object().unwrap().clone());
    aios.fake.set_policy(PolicyAction::CreateCluster, Some(policy));
    let (status, body) = aios.create(&example()).await;
    assert_eq!(status, 200);
    for entry in [body["result"].clone(), aios.fake.stored(ID).unwrap()] {
        assert_eq!((&entry["reputation"], &entry["tags"]), (&json!(99), &json!(["by-policy"])));
        assert_eq!(entry["memory"], 196_608);
    }
}

#[tokio::test]
async fn a_removal_is_denied_in_the_words_of_an_addition() {
    let aios = with_example();
    aios.fake.set_policy(PolicyAction::RemoveCluster, Some(Policy::Deny("no".to_owned())));
    let delete = aios.delete(&format!("/clusters/delete/{ID}")).await;
    assert_eq!(delete, gateway_failed(&not_allowed("no")));
    assert!(aios.fake.stored(ID).is_some());
    aios.fake.set_policy(PolicyAction::RemoveCluster, None);
    assert_eq!(aios.delete(&format!("/clusters/delete/{ID}")).await.0, 200);
}
