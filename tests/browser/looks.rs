//! How the page looks, and to whom: light and dark, wide and narrow, without script, and to axe-core.

use std::sync::Arc;

use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::json;

use crate::axe;
use crate::cluster::written;
use crate::driver::{Result, browse};
use crate::environment::{Environment, cases};
use crate::page::Page;

cases![
    axe_finds_nothing_serious_in_either_color_and_at_any_width,
    it_is_dark_where_somebody_prefers_that,
    nothing_stands_beside_a_narrow_window,
    it_is_whole_without_its_script,
    it_asks_nobody_for_anything,
    the_first_key_leads_to_the_content,
];

/// A telephone, and a desk.
const WIDTHS: [u32; 2] = [375, 1280];

async fn axe_finds_nothing_serious_in_either_color_and_at_any_width(_: Arc<Environment>) {
    let written = written(16);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        page.ask::<()>("document.querySelectorAll('details').forEach((it) => { it.open = true })")
            .await?;
        for colors in ["light", "dark"] {
            page.prefer(colors).await?;
            for width in WIDTHS {
                page.widen(width).await?;
                axe::finds_nothing_serious(&page, &format!("{colors} at {width} px")).await?;
            }
        }
        Ok(())
    })
    .await;
}

/// How light the background and the text are, from 0 to 765.
async fn lightness(page: &Page) -> Result<(u32, u32)> {
    page.ask(
        "const style = getComputedStyle(document.body);
         return [style.backgroundColor, style.color].map((color) =>
           color.match(/\\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b));",
    )
    .await
}

async fn it_is_dark_where_somebody_prefers_that(_: Arc<Environment>) {
    let written = written(3);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        page.prefer("light").await?;
        let (ground, text) = lightness(&page).await?;
        assert!(ground > 600 && text < 200, "{ground} {text}");
        page.prefer("dark").await?;
        let (ground, text) = lightness(&page).await?;
        assert!(ground < 200 && text > 500, "{ground} {text}");
        Ok(())
    })
    .await;
}

async fn nothing_stands_beside_a_narrow_window(_: Arc<Environment>) {
    let written = written(500);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        page.widen(375).await?;
        page.find("#nodes-table a[href='#node-gpu-3']").await?.click().await?;
        let beside: i64 = page
            .ask("const it = document.documentElement; return it.scrollWidth - it.clientWidth")
            .await?;
        assert_eq!(beside, 0);
        Ok(())
    })
    .await;
}

async fn it_is_whole_without_its_script(_: Arc<Environment>) {
    let written = written(16);
    browse(async |client| {
        let page = Page { client };
        page.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).await?;
        let page = Page::open(page.client, &written.file()).await?;
        let lines = page.client.find_all(Locator::Css("#nodes-table tbody tr")).await?;
        assert_eq!(lines.len(), 16);
        assert!(!page.find("#nodes-controls").await?.is_displayed().await?);
        assert_eq!(page.find("#nodes-table thead th").await?.text().await?, "Node");
        let devices = page.find("#node-gpu-3 table").await?;
        assert!(!devices.is_displayed().await?);
        page.find("details:has(#node-gpu-3) summary").await?.click().await?;
        assert!(devices.is_displayed().await?);
        Ok(())
    })
    .await;
}

async fn it_asks_nobody_for_anything(_: Arc<Environment>) {
    let written = written(3);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        let asked: Vec<String> = page
            .ask("return performance.getEntriesByType('resource').map((it) => it.name)")
            .await?;
        assert_eq!(asked, Vec::<String>::new());
        page.is_without_complaint().await
    })
    .await;
}

async fn the_first_key_leads_to_the_content(_: Arc<Environment>) {
    let written = written(3);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        page.find("body").await?.send_keys(&(Key::Tab + "")).await?;
        let link = page.client.active_element().await?;
        assert_eq!(link.text().await?, "Skip to the content");
        link.send_keys(&(Key::Enter + "")).await?;
        assert_eq!(page.client.active_element().await?.attr("id").await?.as_deref(), Some("main"));
        Ok(())
    })
    .await;
}
