//! The page: one file per part of it.

mod badge;
mod bars;
mod comparison;
mod coverage;
mod document;
mod frame;
mod head;
mod live;
mod node;
mod onboarding;
mod picture;
mod table;
mod time;
mod totals;

use maud::{Markup, html};

use super::amount::grouped;
use super::model::Report;
use frame::Frame;

pub use head::policy;
pub use live::{Live, live, live_node, waiting};

/// The page, whole and by itself: it asks nobody for anything.
#[must_use]
pub fn page(report: &Report) -> String {
    Frame {
        title: &title(report),
        subtitle: &html! { (said(report)) " · as of " (time::point(report.made)) },
        navigation: &navigation(report),
        main: &parts(report),
        remark: "Nothing on this page changes by itself.",
    }
    .whole()
}

fn title(report: &Report) -> Markup {
    html! {
        "Cluster "
        @if let Some(cluster) = &report.cluster { (cluster.id) } @else { "without a profile" }
    }
}

/// What the page is about, and made from.
fn said(report: &Report) -> Markup {
    html! {
        @if let Some(cluster) = &report.cluster { "Region " (cluster.region) " · " }
        (report.source)
    }
}

fn parts(report: &Report) -> Markup {
    html! {
        (totals::totals(report))
        (coverage::coverage(report))
        @if let Some(onboarding) = &report.onboarding {
            (onboarding::onboarding(onboarding, report.made))
        }
        @if let Some(comparison) = &report.comparison {
            (comparison::comparison(comparison, report.made))
        }
        (picture::picture(report))
        (table::table(report))
        (node::nodes(report))
        (document::document(&report.document))
    }
}

/// Where a reader can go.
fn navigation(report: &Report) -> Markup {
    html! {
        a href="#totals" { "Totals" }
        a href="#coverage" { "Coverage" }
        @if report.onboarding.is_some() { a href="#onboarding" { "Onboarding" } }
        @if report.comparison.is_some() { a href="#aios" { "AIOS's copy" } }
        a href="#gpus" { "GPU memory" }
        a href="#nodes" { "Nodes (" (grouped(report.nodes.len() as u64)) ")" }
        @if report.nodes.iter().any(|node| node.body().is_some()) { a href="#each" { "Each node" } }
        a href="#document" { "Document" }
    }
}
