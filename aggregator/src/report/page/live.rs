//! Pages that follow what they show: the cluster's, a node's, and the one that is there before anything
//! is known.

use k8s_openapi::jiff::Timestamp;
use maud::{Markup, html};

use super::frame::Frame;
use super::{navigation, node, parts, said, time, title};
use crate::report::model::{Node, Report};
use crate::report::said::Said;

/// What such a page says beside.
#[derive(Clone, Debug)]
pub struct Live {
    /// What it was made from: another one was made from something else.
    pub revision: String,
    /// What of the cluster cannot be seen, a line each.
    pub unseen: Vec<Said>,
}

/// What stands at the end of each.
const REMARK: &str =
    "What this page shows it follows by itself; it changes nothing in the cluster.";

/// The cluster's page.
#[must_use]
pub fn live(report: &Report, live: &Live) -> String {
    Frame {
        title: &title(report),
        subtitle: &html! { (said(report)) " · as of " (made(report.made)) },
        navigation: &navigation(report),
        main: &html! { (unseen(live, true)) (parts(report)) },
        remark: REMARK,
    }
    .live(&live.revision)
}

/// A node's page. Of one that is not there it says so.
#[must_use]
pub fn live_node(name: &str, found: Option<&Node>, live: &Live, at: Timestamp) -> String {
    let name = Said::new(name);
    let shown = found.map_or(&name, |node| &node.title);
    Frame {
        title: &html! { "Node " (shown) },
        subtitle: &html! { "live from the cluster · as of " (made(at)) },
        navigation: &html! { a href="/#nodes" { "All nodes" } },
        main: &html! {
            (unseen(live, true))
            @match found {
                Some(found) => (node::alone(found, at)),
                None => p { "There is no node '" (name) "' in this cluster, and none is expected." },
            }
        },
        remark: REMARK,
    }
    .live(&live.revision)
}

/// The page that is there while not all of the cluster has been seen.
#[must_use]
pub fn waiting(live: &Live, at: Timestamp) -> String {
    Frame {
        title: &html! { "Cluster not known yet" },
        subtitle: &html! { "as of " (made(at)) },
        navigation: &html! {},
        main: &unseen(live, false),
        remark: REMARK,
    }
    .live(&live.revision)
}

fn made(at: Timestamp) -> Markup {
    html! { span #made { (time::second(at)) } }
}

/// What of the cluster cannot be seen: for now, where it was seen before.
fn unseen(live: &Live, was_seen: bool) -> Markup {
    html! {
        @if !live.unseen.is_empty() {
            section #unseen aria-labelledby="unseen-title" {
                h2 #unseen-title { "What cannot be seen" }
                @if was_seen { p { "The rest of this page may be outdated:" } }
                ul { @for line in &live.unseen { li { (line) } } }
            }
        }
    }
}
