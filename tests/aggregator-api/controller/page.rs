//! The page that follows the cluster, as a browser asks for it.

use std::sync::Arc;
use std::time::Duration;

use inventory_common::resource::ConditionStatus::{False, True};
use inventory_common::resource::OnboardingConditionType::InSync;
use reqwest::{Client, Method, Response};
use serde_json::json;
use test_kubernetes::wait;

use super::process::Process;
use super::scene::{ID, PATIENCE, Scene};
use crate::environment::{Environment, cases, changed};

cases![
    the_cluster_s_page_leads_to_a_page_of_each_node,
    until_all_was_seen_the_page_says_what_was_not,
    who_asks_for_another_host_is_refused_and_every_answer_says_what_a_browser_may_do,
    a_browser_is_told_of_changes_and_at_rest_of_none,
    a_browser_that_is_gone_leaves_nothing_and_one_that_stays_keeps_nobody_from_ending,
    what_aios_says_otherwise_is_on_the_page_of_the_replica_that_leads,
];

/// Looks so rarely that nothing happens by itself.
const CALM: [&str; 4] = ["--compare-every", "3600", "--settle", "0.2"];

/// Sees every change, and acts upon none.
const DEAF: [&str; 4] = ["--compare-every", "3600", "--settle", "3600"];

/// What nobody would call a device, and somebody might.
const HOSTILE: &str = "</td><script>alert(1)</script>";

/// What the controller answers to this.
async fn ask(controller: &Process, method: Method, path: &str, host: Option<&str>) -> Response {
    let url = format!("http://{}{path}", controller.address("cluster").unwrap());
    let request = Client::builder().no_proxy().build().unwrap().request(method, url);
    let request = host.into_iter().fold(request, |request, host| request.header("host", host));
    request.send().await.unwrap()
}

async fn page(controller: &Process, path: &str) -> (u16, String) {
    let answer = ask(controller, Method::GET, path, None).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Waits until the page has all these words, and answers with it.
async fn until_shown(controller: &Process, path: &str, words: &[&str]) -> String {
    let shows = async || {
        let (status, page) = page(controller, path).await;
        (status == 200 && words.iter().all(|word| page.contains(word))).then_some(page)
    };
    wait::until(&format!("{path} shows {words:?}"), PATIENCE, shows).await.0
}

/// The value of an attribute of the page's root.
fn revision(page: &str) -> &str {
    page.split_once("data-revision=\"").unwrap().1.split_once('"').unwrap().0
}

/// What a browser hears of changes.
struct Listening {
    answer: Response,
    heard: String,
}

impl Listening {
    async fn to(controller: &Process) -> Self {
        let answer = ask(controller, Method::GET, "/changes", None).await;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, heard: String::new() }
    }

    /// The next revision that it hears of, within so much time.
    async fn next(&mut self, patience: Duration) -> Option<String> {
        let event = async {
            loop {
                if let Some(end) = self.heard.find("\n\n") {
                    let event: String = self.heard.drain(..end + 2).collect();
                    return event.trim_end().strip_prefix("data: ").unwrap().to_owned();
                }
                let chunk = self.answer.chunk().await.unwrap().expect("it goes on");
                self.heard += std::str::from_utf8(&chunk).unwrap();
            }
        };
        tokio::time::timeout(patience, event).await.ok()
    }
}

async fn the_cluster_s_page_leads_to_a_page_of_each_node(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let _silent = scene.cluster.silent_node("all", "silent").await;
    scene.join("odd", 1).await;
    let odd = changed("odd", |status| {
        status["nodeData"]["gpus"]["gpus"][0]["modelName"] = HOSTILE.into();
        status["devices"]["gpus"][0]["model"] = HOSTILE.into();
        status["unknowns"] = json!(["swap"]);
        status["notCounted"] = json!([{ "device": "disk", "rule": "optical", "count": 1 }]);
    });
    scene.cluster.report(&odd).await;
    let info =
        json!({ "additionalInfo": { "joinCommand": "kubeadm join s3cr3t", "token": "s3cr3t" } });
    scene.onboard(json!({ "clusterMetadata": info })).await;
    let controller = scene.controller_with(&CALM).await;
    let words = [
        "Cluster c",
        "1 of 3",
        "data-node=\"a\"",
        "href=\"/node/odd\"",
        "data-state=\"missing\"",
        "node 'silent' has no inventory",
        "href=\"/cluster.json\"",
        "id=\"aios\"",
        "swap is unknown",
        "&lt;/td&gt;&lt;script&gt;",
        "data-v=\"-",
    ];
    let overview = until_shown(&controller, "/", &words).await;
    // Its own two, and none of a node's; and none of the nodes' parts.
    assert_eq!(overview.matches("<script").count(), 2);
    assert!(!overview.contains("id=\"each\"") && !overview.contains("0000:01:00.0"));

    let words =
        ["sda", "eth0", "0000:01:00.0", "<code>optical</code>", "SpeedsKnown", "&lt;script&gt;"];
    let odd = until_shown(&controller, "/node/odd", &words).await;
    assert_eq!(odd.matches("<script").count(), 2);
    assert!(
        until_shown(&controller, "/node/silent", &["has no inventory"]).await.contains("missing")
    );
    let no_node = ["/node/none", "/node/..%2F..%2F..%2Fapi%2Fv1%2Fnodes%2Fa", "/node/%3Cscript%3E"];
    for path in no_node {
        let (status, page) = page(&controller, path).await;
        assert_eq!((status, page.matches("<script").count()), (404, 2), "{path}: {page}");
        assert!(page.contains("There is no node '"), "{page}");
    }
    assert_eq!(page(&controller, "/none").await, (404, "there is no such page\n".to_owned()));

    let (_, document) = page(&controller, "/cluster.json").await;
    for text in [overview, odd, document.clone()] {
        assert!(!text.contains("s3cr3t"), "{text}");
    }
    assert!(document.contains("\"joinCommand\": \"(not shown)\""), "{document}");

    // Without an API server what is known stays, and that it may be outdated is told.
    let mut scene = scene;
    scene.cluster.plane.stop_api_server();
    let words = ["id=\"unseen\"", "may be outdated", "65,536 MiB", "cannot get nodeinventories"];
    until_shown(&controller, "/node/a", &words).await;
    until_shown(&controller, "/", &["id=\"unseen\"", "cannot list ", "1 of 3"]).await;
}

async fn until_all_was_seen_the_page_says_what_was_not(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let is_right = |kind: &str| kind.ends_with("RoleBinding");
    scene.cluster.chart.delete_objects(&scene.cluster.admin, is_right).await;
    let controller = scene.controller_with(&CALM).await;
    for path in ["/", "/node/a"] {
        let answer = ask(&controller, Method::GET, path, None).await;
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer.status(), 503);
        let page = answer.text().await.unwrap();
        assert!(page.contains("the NodeInventories were not listed yet"), "{page}");
        assert!(page.contains("data-revision") && !page.contains("id=\"totals\""), "{page}");
    }
    let mut listening = Listening::to(&controller).await;
    listening.next(PATIENCE).await.unwrap();
    scene.cluster.chart.install_objects(&scene.cluster.admin, is_right).await;
    // A browser that waits hears of it, and asks again.
    until_shown(&controller, "/", &["id=\"totals\"", "data-node=\"a\""]).await;
    let is_heard_of = async || {
        let heard = listening.next(PATIENCE).await?;
        (revision(&page(&controller, "/").await.1) == heard).then_some(())
    };
    wait::until("the browser has heard of the last page", PATIENCE, is_heard_of).await;
}

async fn who_asks_for_another_host_is_refused_and_every_answer_says_what_a_browser_may_do(
    _: Arc<Environment>,
) {
    let scene = Scene::with_nodes(&["a"]).await;
    let controller = scene.controller_with(&CALM).await;
    until_shown(&controller, "/", &["data-node=\"a\""]).await;
    for path in ["/", "/node/a", "/changes", "/cluster.json", "/none"] {
        for (host, status) in [("evil.example", 403), ("10.0.0.1:8091", 403), ("localhost:1", 200)]
        {
            let answer = ask(&controller, Method::GET, path, Some(host)).await;
            let expected = if status == 200 && path == "/none" { 404 } else { status };
            assert_eq!(answer.status(), expected, "{path} of {host}");
            let said = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(said("x-content-type-options"), "nosniff");
            assert_eq!(said("referrer-policy"), "no-referrer");
            assert_eq!(said("cache-control"), "no-store");
            assert_eq!(said("cross-origin-resource-policy"), "same-origin");
            assert!(said("content-security-policy").contains("frame-ancestors 'none'"));
        }
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let answer = ask(&controller, method, path, None).await;
            assert_eq!(answer.status(), if path == "/none" { 404 } else { 405 }, "{path}");
        }
    }
    let head = ask(&controller, Method::HEAD, "/", None).await;
    assert_eq!((head.status().as_u16(), head.text().await.unwrap().as_str()), (200, ""));
}

async fn a_browser_is_told_of_changes_and_at_rest_of_none(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let controller = scene.controller_with(&DEAF).await;
    let before = until_shown(&controller, "/", &["data-node=\"a\"", "data-node=\"b\""]).await;
    let mut listening = Listening::to(&controller).await;
    let mut last = listening.next(PATIENCE).await.unwrap();
    // Until all has come that was under way.
    while let Some(next) = listening.next(Duration::from_secs(5)).await {
        last = next;
    }
    assert_eq!(revision(&page(&controller, "/").await.1), last);

    scene.report("a", 70_000).await;
    let next = listening.next(PATIENCE).await.unwrap();
    assert_ne!(next, last);
    let after = until_shown(&controller, "/", &["135,536 MiB"]).await;
    assert!(!before.contains("135,536 MiB") && revision(&after) != last);
}

async fn a_browser_that_is_gone_leaves_nothing_and_one_that_stays_keeps_nobody_from_ending(
    _: Arc<Environment>,
) {
    let scene = Scene::with_nodes(&["a"]).await;
    let controller = scene.controller_with(&CALM).await;
    scene.until_condition(InSync, True, "Equal").await;
    until_shown(&controller, "/", &["data-node=\"a\""]).await;
    let mut browsers = Vec::new();
    for _ in 0..20 {
        let mut browser = Listening::to(&controller).await;
        browser.next(PATIENCE).await.unwrap();
        browsers.push(browser);
    }
    let most = controller.sockets();
    assert!(most > browsers.len(), "{most} sockets");
    let stays = browsers.pop();
    let gone = browsers.len();
    drop(browsers);
    let are_few = async || (controller.sockets() <= most - gone).then_some(());
    wait::until("their connections are closed", PATIENCE, are_few).await;
    assert!(controller.terminate().success());
    drop(stays);
}

async fn what_aios_says_otherwise_is_on_the_page_of_the_replica_that_leads(_: Arc<Environment>) {
    let scene = Scene::start().await;
    scene.join("a", 65_536).await;
    scene.onboard(json!({ "submit": "Manual" })).await;
    let entry = |id: &str, memory: u64| json!({ "id": id, "memory": memory, "token": "s3cr3t", "joinCommand": "s3cr3t" });
    let nodes = json!({ "count": 2, "nodeData": [entry("a", 7), entry("z", 1)] });
    scene.aios.put(json!({ "id": ID, "regionId": "r", "nodes": nodes }));
    let leads = scene.controller().await;
    scene.until_condition(InSync, False, "Different").await;
    let words =
        ["id=\"aios-table\"", "65,536 MiB", "7 MiB", "AIOS has this node, and it is not here"];
    let page = until_shown(&leads, "/", &words).await;
    let parser = scene.aios.url(fake_aios::Service::Parser);
    assert!(page.contains(parser.trim_end_matches('/')), "{page}");
    assert!(!page.contains("s3cr3t"), "{page}");
    // A look is told, although it found the same.
    let mut listening = Listening::to(&leads).await;
    let first = listening.next(PATIENCE).await.unwrap();
    assert_ne!(listening.next(PATIENCE).await.unwrap(), first);

    // Who does not lead says who does.
    let follows = scene.controller().await;
    let page = until_shown(&follows, "/", &["The replica 'replica-0", "leads"]).await;
    assert!(!page.contains("aios-table"), "{page}");

    // AIOS that is away is told, with the reason.
    scene.aios.stop(fake_aios::Service::Gateway);
    until_shown(&leads, "/", &["id=\"aios\"", "no connection"]).await;
}
