//! The table of the nodes: sorted, filtered, and a way to each node.

use std::sync::Arc;

use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::key::Key;

use crate::cluster::written;
use crate::driver::{Result, browse};
use crate::environment::{Environment, cases};
use crate::page::Page;

cases![
    a_click_on_a_heading_sorts_and_what_is_unknown_comes_last_both_ways,
    a_heading_is_sorted_by_the_keyboard_too,
    a_filter_leaves_the_lines_with_all_its_words,
    a_state_leaves_the_lines_that_have_it,
    a_link_opens_the_node_with_each_of_its_devices,
    an_address_with_a_node_opens_it,
];

/// The column of the GPUs' memory, and its cells as a reader sees them.
const MEMORY: &str = "#nodes-table tbody td:nth-child(5)";
const NAMES: &str = "#nodes-table tbody th a";

/// The values by which the column is sorted; what is unknown has none.
async fn values(page: &Page) -> Result<Vec<Option<f64>>> {
    page.ask(&format!(
        "return [...document.querySelectorAll('{MEMORY}')].map((it) => it.dataset.v === undefined ? null : Number(it.dataset.v))"
    ))
    .await
}

async fn heading(page: &Page, label: &str) -> Result<Element> {
    let path = format!("//table[@id='nodes-table']//th/button[text()='{label}']");
    page.client.find(Locator::XPath(&path)).await
}

async fn a_click_on_a_heading_sorts_and_what_is_unknown_comes_last_both_ways(_: Arc<Environment>) {
    let written = written(40);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        let before = page.seen(NAMES).await?;
        assert_eq!((before[0].as_str(), before[9].as_str()), ("gpu-1", "gpu-10"));
        for (turn, said) in ["ascending", "descending"].into_iter().enumerate() {
            heading(&page, "GPU memory").await?.click().await?;
            let sorted = values(&page).await?;
            let (mut known, unknown) = (sorted[..35].to_vec(), &sorted[35..]);
            assert!(unknown.iter().all(Option::is_none), "{sorted:?}");
            if turn == 1 {
                known.reverse();
            }
            let known: Vec<f64> = known.into_iter().map(Option::unwrap).collect();
            assert!(known.is_sorted(), "{known:?}");
            let head = page.find("#nodes-table th[aria-sort]").await?;
            assert_eq!(head.attr("aria-sort").await?.as_deref(), Some(said));
        }
        page.is_without_complaint().await
    })
    .await;
}

async fn a_heading_is_sorted_by_the_keyboard_too(_: Arc<Environment>) {
    let written = written(12);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        let heading = heading(&page, "Node").await?;
        heading.send_keys(&(Key::Enter + "")).await?;
        assert_eq!(page.seen(NAMES).await?[11], "gpu-12");
        heading.send_keys(&(Key::Space + "")).await?;
        assert_eq!(page.seen(NAMES).await?[0], "gpu-12");
        Ok(())
    })
    .await;
}

async fn a_filter_leaves_the_lines_with_all_its_words(_: Arc<Environment>) {
    let written = written(40);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        let filter = page.find("#nodes-filter").await?;
        filter.send_keys("l40s GPU-1").await?;
        let shown = page.seen(NAMES).await?;
        assert_eq!(shown, ["gpu-11", "gpu-15", "gpu-19"]);
        assert_eq!(page.seen("#nodes-count").await?, ["3 of 40 nodes shown"]);
        filter.clear().await?;
        filter.send_keys("no such thing").await?;
        assert_eq!(page.seen("#nodes-count").await?, ["0 of 40 nodes shown"]);
        page.is_without_complaint().await
    })
    .await;
}

async fn a_state_leaves_the_lines_that_have_it(_: Arc<Environment>) {
    let written = written(40);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        page.find("#nodes-state").await?.send_keys("partial").await?;
        assert_eq!(page.seen(NAMES).await?, ["gpu-8", "gpu-16", "gpu-24", "gpu-32", "gpu-40"]);
        Ok(())
    })
    .await;
}

/// What is seen of a node's own part: the devices that count.
async fn devices(page: &Page, node: &str) -> Result<String> {
    Ok(page.seen(&format!("#node-{node} table")).await?.join(" "))
}

async fn a_link_opens_the_node_with_each_of_its_devices(_: Arc<Environment>) {
    let written = written(40);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        assert_eq!(page.seen("#node-gpu-3 table").await?, Vec::<String>::new());
        page.find("#nodes-table a[href='#node-gpu-3']").await?.click().await?;
        let told = devices(&page, "gpu-3").await?;
        for word in ["0000:13:00.0", "NVIDIA L40S", "nvme3n1", "eth1", "loop0"] {
            assert!(told.contains(word), "no {word} in {told}");
        }
        let top: f64 = page
            .ask("return document.getElementById('node-gpu-3').getBoundingClientRect().top")
            .await?;
        assert!((0.0..800.0).contains(&top), "not in sight: {top}");
        page.is_without_complaint().await
    })
    .await;
}

async fn an_address_with_a_node_opens_it(_: Arc<Environment>) {
    let written = written(40);
    browse(async |client| {
        client.goto(&format!("file://{}#node-gpu-40", written.file().display())).await?;
        let page = Page { client };
        assert_eq!(page.seen("#node-gpu-39 table").await?, Vec::<String>::new());
        assert!(devices(&page, "gpu-40").await?.contains("nvme3n1"));
        Ok(())
    })
    .await;
}
