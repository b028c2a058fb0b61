//! The page: one file per part of it.

mod badge;
mod bars;
mod coverage;
mod document;
mod head;
mod node;
mod onboarding;
mod picture;
mod table;
mod time;
mod totals;

use maud::{DOCTYPE, Markup, html};

use super::amount::grouped;
use super::model::Report;

/// The page, whole and by itself: it asks nobody for anything.
#[must_use]
pub fn page(report: &Report) -> String {
    let title = html! {
        "Cluster "
        @if let Some(cluster) = &report.cluster { (cluster.id) } @else { "without a profile" }
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head::head(&title))
            body {
                a.skip href="#main" { "Skip to the content" }
                header {
                    h1 { (title) }
                    p { (subtitle(report)) }
                    (navigation(report))
                }
                main #main tabindex="-1" {
                    (totals::totals(report))
                    (coverage::coverage(report))
                    @if let Some(onboarding) = &report.onboarding {
                        (onboarding::onboarding(onboarding, report.made))
                    }
                    (picture::picture(report))
                    (table::table(report))
                    (node::nodes(report))
                    (document::document(&report.document))
                }
                footer {
                    p { "Made by inventory-aggregator " (env!("CARGO_PKG_VERSION"))
                        ". Nothing on this page changes by itself." }
                }
                (head::script())
            }
        }
    };
    page.into_string()
}

fn subtitle(report: &Report) -> Markup {
    html! {
        @if let Some(cluster) = &report.cluster {
            "Region " (cluster.region) " · "
        }
        (report.source) " · as of " (time::point(report.made))
    }
}

/// Where a reader can go.
fn navigation(report: &Report) -> Markup {
    html! {
        nav aria-label="Parts of this page" {
            a href="#totals" { "Totals" }
            a href="#coverage" { "Coverage" }
            @if report.onboarding.is_some() { a href="#onboarding" { "Onboarding" } }
            a href="#gpus" { "GPU memory" }
            a href="#nodes" { "Nodes (" (grouped(report.nodes.len() as u64)) ")" }
            a href="#each" { "Each node" }
            a href="#document" { "Document" }
        }
    }
}
