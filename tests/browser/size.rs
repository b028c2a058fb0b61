//! From three nodes to thousands. What it took is printed, and no test's business.

use std::sync::Arc;

use crate::cluster::written;
use crate::driver::{Result, browse};
use crate::environment::{Environment, cases};
use crate::memory::renderer_kib;
use crate::page::Page;

cases![pages_of_three_to_five_thousand_nodes_are_shown_sorted_and_filtered];

/// When the first of it was on the screen, in milliseconds.
async fn first_paint(page: &Page) -> Result<f64> {
    let script =
        "new PerformanceObserver((list) => done(list.getEntriesByName('first-paint')[0].startTime))
           .observe({ type: 'paint', buffered: true });";
    page.wait(script).await
}

/// How long the script takes until the next picture, in milliseconds.
async fn duration(page: &Page, script: &str) -> Result<f64> {
    let script = format!(
        "const begin = performance.now(); {script};
         requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));"
    );
    page.wait(&script).await
}

async fn pages_of_three_to_five_thousand_nodes_are_shown_sorted_and_filtered(_: Arc<Environment>) {
    for nodes in [3, 500, 5_000] {
        let written = written(nodes);
        browse(async |client| {
            let page = Page::open(client, &written.file()).await?;
            let paint = first_paint(&page).await?;
            let loaded: f64 = page
                .ask("return performance.getEntriesByType('navigation')[0].loadEventEnd")
                .await?;
            let sort = "document.querySelector('#nodes-table th:nth-child(5) button').click()";
            let sort = duration(&page, sort).await?;
            let filter = "const it = document.getElementById('nodes-filter'); it.value = 'L40S'; it.dispatchEvent(new Event('input'))";
            let filter = duration(&page, filter).await?;
            let shown = page.seen("#nodes-count").await?;
            let memory = renderer_kib(&page.client) / 1024;
            eprintln!(
                "{nodes} nodes: {} KiB, first paint {paint:.0} ms, loaded {loaded:.0} ms, sort {sort:.0} ms, filter {filter:.0} ms, memory {memory} MiB",
                written.size_bytes() / 1024,
            );
            let (of, all) = (nodes.div_ceil(4), nodes);
            let fits = if nodes % 4 == 3 { of } else { nodes / 4 };
            let told = shown[0].replace(',', "");
            assert_eq!(told, format!("{fits} of {all} nodes shown"));
            page.is_without_complaint().await
        })
        .await;
    }
}
