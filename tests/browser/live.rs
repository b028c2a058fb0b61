//! The page that `run` serves: what changes in the cluster comes to the reader.

use std::sync::Arc;

use fantoccini::Locator;

use crate::axe;
use crate::controller::process::Process;
use crate::controller::scene::{CLUSTER_LISTEN, PATIENCE, Scene};
use crate::driver::{Result, browse};
use crate::environment::{Environment, cases};
use crate::page::Page;

cases![
    a_change_arrives_without_reload_and_leaves_the_reader_s_filter_and_order,
    a_node_s_page_follows_that_node,
    a_lost_connection_is_told_and_found_again,
    axe_finds_nothing_serious_on_the_live_pages,
];

/// Looks so rarely that nothing happens by itself.
const CALM: [&str; 4] = ["--compare-every", "3600", "--settle", "0.2"];

/// What the page says of itself.
const LIVE: &str = "#live[data-state='live']";
const LOST: &str = "#live[data-state='lost']";

fn address(controller: &Process, path: &str) -> String {
    format!("http://{}{path}", controller.address("cluster").expect("it listens"))
}

/// Opens the page, and marks it: a page that is loaded anew has no mark.
async fn open(page: &Page, address: &str) -> Result {
    page.client.goto(address).await?;
    see(page, LIVE).await?;
    page.ask("window.isMarked = true; return null").await
}

/// Waits until something that the selector finds is there.
async fn see(page: &Page, selector: &str) -> Result {
    page.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await.map(drop)
}

/// Waits until the text is somewhere in the part of the page with this id.
async fn see_text(page: &Page, part: &str, text: &str) -> Result {
    let path = format!("//*[@id='{part}']//*[contains(., '{text}')]");
    page.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await.map(drop)
}

async fn was_not_loaded_anew(page: &Page) -> Result {
    assert!(page.ask::<bool>("return window.isMarked === true").await?);
    Ok(())
}

async fn a_change_arrives_without_reload_and_leaves_the_reader_s_filter_and_order(
    _: Arc<Environment>,
) {
    let scene = Scene::with_nodes(&["a", "b", "c"]).await;
    let controller = scene.controller_with(&CALM).await;
    browse(async |client| {
        let page = Page { client };
        open(&page, &address(&controller, "/")).await?;
        see_text(&page, "coverage", "3 of 3").await?;
        page.find("#nodes-table th:nth-child(1) button").await?.click().await?;
        page.find("#nodes-table th:nth-child(1) button").await?.click().await?;
        assert_eq!(page.seen("#nodes-table tbody th a").await?, ["c", "b", "a"]);
        page.find("#nodes-filter").await?.send_keys("whole").await?;

        scene.report("b", 131_072).await;
        see_text(&page, "nodes", "128\u{a0}GiB").await?;
        assert_eq!(page.seen("#nodes-table tbody th a").await?, ["c", "b", "a"]);
        assert_eq!(
            page.find("#nodes-filter").await?.prop("value").await?.as_deref(),
            Some("whole")
        );
        let focused = page.client.active_element().await?.attr("id").await?;
        assert_eq!(focused.as_deref(), Some("nodes-filter"));

        scene.join("d", 65_536).await;
        see_text(&page, "coverage", "4 of 4").await?;
        was_not_loaded_anew(&page).await?;
        page.is_without_complaint().await
    })
    .await;
}

async fn a_node_s_page_follows_that_node(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let controller = scene.controller_with(&CALM).await;
    browse(async |client| {
        let page = Page { client };
        open(&page, &address(&controller, "/")).await?;
        page.find("#nodes-table a[href='/node/a']").await?.click().await?;
        see(&page, LIVE).await?;
        page.ask::<()>("window.isMarked = true; return null").await?;
        see_text(&page, "main", "65,536 MiB").await?;
        scene.report("a", 131_072).await;
        see_text(&page, "main", "131,072 MiB").await?;
        was_not_loaded_anew(&page).await?;
        page.is_without_complaint().await
    })
    .await;
}

async fn a_lost_connection_is_told_and_found_again(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let controller = scene.controller_with(&CALM).await;
    let listens_at = controller.address("cluster").expect("it listens").clone();
    browse(async |client| {
        let page = Page { client };
        open(&page, &address(&controller, "/")).await?;
        drop(controller);
        see(&page, LOST).await?;
        assert!(page.seen(LOST).await?[0].starts_with("Not live since "));
        // What was known stays on the screen.
        see_text(&page, "coverage", "1 of 1").await?;
        let flags = [&CALM[..], &[CLUSTER_LISTEN, &listens_at]].concat();
        let _again = scene.controller_with(&flags).await;
        see(&page, LIVE).await
    })
    .await;
}

async fn axe_finds_nothing_serious_on_the_live_pages(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let _silent = scene.cluster.silent_node("all", "silent").await;
    let controller = scene.controller_with(&CALM).await;
    browse(async |client| {
        let page = Page { client };
        for path in ["/", "/node/a", "/node/none"] {
            open(&page, &address(&controller, path)).await?;
            for colors in ["light", "dark"] {
                page.prefer(colors).await?;
                for width in [375, 1280] {
                    page.widen(width).await?;
                    axe::finds_nothing_serious(&page, &format!("{path} {colors} {width}")).await?;
                }
            }
        }
        Ok(())
    })
    .await;
}
