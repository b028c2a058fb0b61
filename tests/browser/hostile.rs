//! A node that calls its devices what would be a program in a careless page.

use std::sync::Arc;

use serde_json::json;

use crate::cluster::{inventory, write};
use crate::driver::browse;
use crate::environment::{Environment, cases};
use crate::page::Page;

cases![what_a_hostile_node_calls_its_devices_is_text];

/// Marks, quotes, and characters that no screen shows.
const NAME: &str = "</td><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>'\u{1b}[31m\u{202e}&amp;";

async fn what_a_hostile_node_calls_its_devices_is_text(_: Arc<Environment>) {
    let mut node = inventory(3);
    node["nodeData"]["gpus"]["gpus"][0]["modelName"] = NAME.into();
    node["nodeData"]["gpus"]["modelNames"] = json!([NAME]);
    node["devices"]["gpus"][0]["model"] = NAME.into();
    node["devices"]["ports"][0]["name"] = NAME.into();
    node["host"]["product"] = NAME.into();
    let written = write(&[node]);
    browse(async |client| {
        let page = Page::open(client, &written.file()).await?;
        assert_eq!(page.client.title().await?, "Cluster west · AIOS Inventory");
        let strangers: u32 =
            page.ask("return document.querySelectorAll('img, main script').length").await?;
        assert_eq!(strangers, 0);
        let told = page.seen("#nodes-table").await?.join(" ");
        assert!(told.contains("</td><img src=x onerror="), "{told}");
        assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told}");
        // The policy would refuse it, and say so: nothing even tried.
        page.is_without_complaint().await
    })
    .await;
}
