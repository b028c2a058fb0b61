//! What goes wrong on the way, and what may have happened then.

use std::time::Duration;

use fake_aios::{Fault, FaultRule, Options, Route, Service};
use futures_util::future::join_all;
use inventory_aggregator::aios::{Happened, Kind, Loss, Nonsense, Trouble, Unsent};

use super::scene::{Aios, document, gateway, id, impatient, options, trouble};

fn here(fault: Fault) -> FaultRule {
    fault.once().at(Service::Parser).on(Route::Create)
}

/// The trouble that a document comes into, and the AIOS that it was sent to.
async fn create_with(fault: Fault) -> (Aios, Trouble) {
    let aios = Aios::with(&Options::default(), &impatient());
    aios.fake.inject(here(fault));
    let trouble = aios.create(&document()).await.unwrap_err();
    assert_eq!(aios.fake.count(Service::Parser, Route::Create), 1, "sent once");
    (aios, trouble)
}

/// Whether it is stored before a long time is over.
async fn is_stored_soon(aios: &Aios) -> bool {
    for _ in 0..1000 {
        if aios.fake.stored("c").is_some() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let aios = Aios::stored();
    aios.fake.stop(Service::Parser);
    aios.fake.stop(Service::Gateway);
    let words =
        ["Connection refused", "nothing was sent", "check the address", "http://127.0.0.1:"];
    let not_sent = [
        trouble(aios.create(&document()).await, &words),
        trouble(aios.set_memory(1).await, &words),
        trouble(aios.gateway.read(&id()).await, &words),
    ];
    for trouble in not_sent {
        assert!(matches!(trouble.kind, Kind::NotSent(Unsent::NoConnection(_))), "{trouble:?}");
        assert!(!trouble.may_have_happened() && trouble.is_worth_repeating());
    }
    let nowhere = gateway("http://nowhere.invalid", &options()).read(&id()).await;
    let trouble = trouble(nowhere, &["http://nowhere.invalid/clusters/read/c", "nothing was sent"]);
    assert!(matches!(trouble.kind, Kind::NotSent(Unsent::NoConnection(_))), "{trouble:?}");
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_open_what_happened() {
    for (fault, is_stored) in
        [(Fault::Reset, false), (Fault::LoseAnswer, true), (Fault::CutBody, true)]
    {
        let (aios, trouble) = create_with(fault.clone()).await;
        assert!(matches!(trouble.kind, Kind::Lost(Loss::Broken(_))), "{fault:?}: {trouble:?}");
        assert!(trouble.may_have_happened() && trouble.is_worth_repeating(), "{fault:?}");
        assert!(trouble.to_string().contains("look at what is stored"), "{trouble}");
        assert_eq!(aios.fake.stored("c").is_some(), is_stored, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_late_is_lost() {
    let long = Duration::from_hours(1);
    let drops = Fault::Slow { piece: 1, pause: Duration::from_millis(300) };
    let faults = [(Fault::DelayAnswer(long), true), (Fault::Hang, false), (drops, true)];
    join_all(faults.map(async |(fault, is_stored)| {
        let (aios, trouble) = create_with(fault.clone()).await;
        assert_eq!(trouble.kind, Kind::Lost(Loss::Timeout(impatient().timeout)), "{fault:?}");
        assert!(trouble.to_string().contains("within 1 s"), "{trouble}");
        assert!(trouble.may_have_happened() && trouble.is_worth_repeating());
        assert_eq!(aios.fake.stored("c").is_some(), is_stored, "{fault:?}");
    }))
    .await;
}

#[tokio::test]
async fn what_was_given_up_may_be_carried_out_long_after_that() {
    let (aios, trouble) = create_with(Fault::DelayRequest(Duration::from_millis(1500))).await;
    assert!(matches!(trouble.kind, Kind::Lost(Loss::Timeout(_))) && trouble.may_have_happened());
    assert!(is_stored_soon(&aios).await);
}

#[tokio::test]
async fn a_page_in_aios_s_place_is_told() {
    let (aios, page) = create_with(Fault::Html { status: 200 }).await;
    assert_eq!(page.kind, Kind::Nonsense(Nonsense::Html { status: 200 }));
    assert!(page.may_have_happened() && !page.is_worth_repeating() && !page.is_refusal());
    assert!(page.to_string().contains("check the address"), "{page}");
    assert!(aios.fake.clusters().is_empty());
    let (_aios, page) = create_with(Fault::Html { status: 404 }).await;
    assert_eq!(page.kind, Kind::Nonsense(Nonsense::Html { status: 404 }));
}

#[tokio::test]
async fn a_proxy_that_does_not_reach_aios_is_an_outage() {
    for status in [502, 503, 504] {
        let (_aios, outage) = create_with(Fault::Html { status }).await;
        let happened = Happened::Unknown;
        assert!(
            matches!(outage.kind, Kind::Outage { happened: h, .. } if h == happened),
            "{outage:?}"
        );
        assert!(outage.to_string().contains(&status.to_string()), "{outage}");
        assert!(outage.may_have_happened() && outage.is_worth_repeating());
    }
    let (_aios, refused) = create_with(Fault::Html { status: 401 }).await;
    assert!(refused.is_refusal() && refused.to_string().contains("--headers-file"), "{refused}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Aios::empty();
    for status in [301, 302, 307, 308] {
        let location = format!("{}/api/createCluster", elsewhere.fake.url(Service::Parser));
        let fault = Fault::Redirect { status, location: format!("{location}?token=secret") };
        let (_aios, redirect) = create_with(fault).await;
        assert!(matches!(redirect.kind, Kind::Nonsense(Nonsense::Redirect { .. })), "{redirect:?}");
        let line = redirect.to_string();
        assert!(line.contains(&location) && !line.contains("secret"), "{line}");
    }
    assert!(elsewhere.fake.received().is_empty());
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    // It may take longer than impatience allows.
    let aios = Aios::empty();
    aios.fake.inject(here(Fault::Huge { bytes: 200_000_000 }));
    let huge = trouble(aios.create(&document()).await, &["more than 64 MiB"]);
    assert!(matches!(huge.kind, Kind::Nonsense(Nonsense::TooLong { .. })), "{huge:?}");
    assert!(huge.may_have_happened() && aios.fake.stored("c").is_some());
}

#[tokio::test]
async fn an_answer_in_drops_is_read_when_there_is_time() {
    let aios = Aios::empty();
    aios.fake.inject(here(Fault::Slow { piece: 500, pause: Duration::from_millis(1) }));
    assert_eq!(aios.create(&document()).await.unwrap()["id"], "c");
}
