//! The Lease as a contender finds it, and what it says where it cannot have it.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::leader::{LEASE, Leader, NotHeld, called};
use super::log::Log;
use crate::kubernetes::stand_in::ApiServer;

const PATH: &str = "/apis/coordination.k8s.io/v1/namespaces/ns/leases/inventory-aggregator";

/// How long it is waited for where it cannot be had.
const SHORT: Duration = Duration::from_millis(300);

/// The same where it can.
const LONG: Duration = Duration::from_mins(1);

fn contender() -> (ApiServer, Leader) {
    let api = ApiServer::default();
    let leader = Leader::new(api.client(), "ns", LEASE, "a-pod");
    (api, leader)
}

fn lease(holder: &str) -> Value {
    json!({
        "metadata": { "name": LEASE },
        "spec": { "holderIdentity": holder, "leaseDurationSeconds": 3600 },
    })
}

fn holder(api: &ApiServer) -> Option<String> {
    Some(api.object(PATH)?["spec"]["holderIdentity"].as_str()?.to_owned())
}

async fn refused(leader: &Leader) -> String {
    leader.hold_while(SHORT, async || ()).await.unwrap_err().to_string()
}

#[tokio::test]
async fn it_is_held_under_a_name_of_its_own_and_given_back() {
    let (api, leader) = contender();
    let held = async || {
        assert!(leader.holds(Instant::now()));
        holder(&api).unwrap()
    };
    let holder_then = leader.hold_while(LONG, held).await.unwrap();
    assert_eq!((holder_then.as_str(), called(&holder_then)), (leader.identity(), "a-pod"));
    assert_eq!((called("a_pod_1"), called("pod")), ("a_pod", "pod"));
    assert!(!leader.holds(Instant::now()));
    assert_eq!(holder(&api), None);
}

#[tokio::test]
async fn what_another_holds_is_neither_taken_nor_given_back() {
    let (api, leader) = contender();
    api.put(PATH, lease("other"));
    let busy = leader.hold_while(SHORT, async || ()).await.unwrap_err();
    let lease = "ns/inventory-aggregator".to_owned();
    assert_eq!(busy, NotHeld::Busy { lease, holder: "other".to_owned() });
    leader.release().await;
    assert_eq!(holder(&api).as_deref(), Some("other"));
}

#[tokio::test]
async fn a_right_that_is_missing_is_told_at_once_and_who_was_quicker_is_no_trouble() {
    let (api, leader) = contender();
    api.refuse("leases", StatusCode::FORBIDDEN);
    let told = leader.hold_while(LONG, async || ()).await.unwrap_err().to_string();
    assert_eq!(
        told,
        "cannot use the Lease 'ns/inventory-aggregator': it says so: bind a role with get, create and update of leases"
    );
    let (api, leader) = contender();
    api.refuse("leases", StatusCode::INTERNAL_SERVER_ERROR);
    assert!(refused(&leader).await.ends_with("': it says so (500)"));
    let (api, leader) = contender();
    api.refuse("POST", StatusCode::CONFLICT);
    assert!(refused(&leader).await.ends_with("': no answer within 0 s"));
    assert!(api.refused() > 0);
}

#[tokio::test]
async fn it_is_given_back_as_often_as_it_takes_and_that_it_cannot_be_is_told() {
    for (status, times, is_told) in
        [(StatusCode::CONFLICT, 3, false), (StatusCode::FORBIDDEN, 1, true)]
    {
        let log = Log::start();
        let (api, leader) = contender();
        let lost = async || api.refuse("PUT", status);
        leader.hold_while(LONG, lost).await.unwrap();
        assert_eq!(api.refused(), times, "{status}");
        assert_eq!(log.take().contains("the Lease is not given back"), is_told, "{status}");
    }
}
