//! Each node by itself, folded away.

use inventory_common::Override;
use inventory_common::resource::DeviceKind;
use k8s_openapi::jiff::Timestamp;
use maud::{Markup, html};

use super::coverage::{list, reasons};
use super::onboarding::conditions;
use super::picture::composition;
use super::{badge, time};
use crate::report::amount::grouped;
use crate::report::devices::{Devices, Group, Refused, unit};
use crate::report::model::{Body, Node, Report};
use crate::report::said::Said;

/// Every node whose part is on this page.
pub fn nodes(report: &Report) -> Markup {
    let here = report.nodes.iter().filter_map(|node| Some((node, node.body()?)));
    let here: Vec<(&Node, &Body)> = here.collect();
    html! {
        @if !here.is_empty() {
            section #each aria-labelledby="each-title" {
                h2 #each-title { "Each node" }
                @for (node, body) in here { (folded(node, body, report.made)) }
            }
        }
    }
}

fn folded(node: &Node, body: &Body, now: Timestamp) -> Markup {
    html! {
        details.node {
            summary {
                span.name { (node.title) } " " (badge::state(node.state)) " "
                span.brief { (composition(&node.gpus)) }
            }
            // A browser opens what holds the target of a link.
            div.body id=(node.key()) {
                (inner(node, body, now))
                p { a href="#nodes" { "Back to the nodes" } }
            }
        }
    }
}

/// A node that has a page of its own.
pub fn alone(node: &Node, now: Timestamp) -> Markup {
    html! {
        section #node data-node=(node.title) data-state=(node.state.word()) aria-label="The node" {
            p { (badge::state(node.state)) " " (node.state.meaning()) }
            @if let Some(body) = node.body() { div.body { (inner(node, body, now)) } }
        }
    }
}

fn inner(node: &Node, body: &Body, now: Timestamp) -> Markup {
    html! {
        @if !node.obstacles.is_empty() {
            h3 { "What stands in its way" }
            (reasons(node))
        }
        @if !body.notes.is_empty() { h3 { "Worth knowing" } (list(&body.notes)) }
        (facts(node, body, now))
        @match &body.devices {
            Some(devices) => (all(devices)),
            None => p { "Its devices are not known from this source." },
        }
        @if !body.stated.is_empty() {
            h3 { "As a person stated to its agent" }
            ul { @for it in &body.stated { li { (stated(it)) } } }
        }
        @if !body.conditions.is_empty() {
            (conditions("What the conditions of its NodeInventory say", &body.conditions, now))
        }
    }
}

/// Its figures to the last digit, and what else is known of its host.
fn facts(node: &Node, body: &Body, now: Timestamp) -> Markup {
    html! {
        ul.facts {
            @if let Some(name) = &node.name { li { "Node " b { (name) } } }
            @if let Some(dump) = &body.dump { li { "From " b { (dump) } } }
            @for (heading, amount) in node.figures.headed() {
                li { (heading.label) " " b { (amount.exact(heading.unit)) } }
            }
            @if !body.features.is_empty() { li { "GPU features " b { (joined(&body.features)) } } }
            @for (name, value) in &body.host { li { (name) " " b { (value) } } }
            @if let Some(born) = node.born { li { "Age " b { (time::ago(born, now)) } } }
        }
    }
}

fn all(devices: &Devices) -> Markup {
    let lists = [
        (DeviceKind::Gpu, &devices.gpus),
        (DeviceKind::Disk, &devices.disks),
        (DeviceKind::Port, &devices.ports),
    ];
    let groups = lists.iter().flat_map(|(kind, groups)| groups.iter().map(|group| (*kind, group)));
    let groups: Vec<(DeviceKind, &Group)> = groups.collect();
    html! {
        @if groups.is_empty() { p { "No device was found that counts." } }
        @else { (counted(&groups)) }
        @if devices.truncated { p { "There are more devices than its NodeInventory holds; the figures count them all." } }
        @if devices.refused.is_empty() { p { "No device was found that does not count." } }
        @else { (refused(&devices.refused)) }
    }
}

fn counted(groups: &[(DeviceKind, &Group)]) -> Markup {
    let has_remarks = groups.iter().any(|(_, group)| !group.like.remarks.is_empty());
    html! {
        div.scroll role="group" tabindex="0" aria-label="What counts" {
            table {
                caption { "What counts" }
                thead {
                    tr {
                        th scope="col" { "Number" }
                        th scope="col" { "What" }
                        th scope="col" { "Memory, size or speed of each" }
                        th scope="col" { "Names" }
                        @if has_remarks { th scope="col" { "Remarks" } }
                    }
                }
                tbody {
                    @for (of, group) in groups {
                        tr {
                            td { (grouped(group.count)) }
                            td {
                                @if let Some(model) = &group.like.model { (model) }
                                @else { (kind(*of, group.count)) }
                            }
                            td { (group.like.figure.short(unit(*of))) }
                            td {
                                @if group.names.is_empty() { "too many to list" }
                                @else { (joined(&group.names)) }
                            }
                            @if has_remarks { td { (group.like.remarks.join("; ")) } }
                        }
                    }
                }
            }
        }
    }
}

fn refused(refused: &[Refused]) -> Markup {
    html! {
        div.scroll role="group" tabindex="0" aria-label="What does not count" {
            table {
                caption { "What was found and does not count" }
                thead {
                    tr {
                        th scope="col" { "Number" } th scope="col" { "What" }
                        th scope="col" { "Rule" } th scope="col" { "Why" }
                    }
                }
                tbody {
                    @for it in refused {
                        tr {
                            td { (grouped(it.count)) }
                            td { (kind(it.kind, it.count)) }
                            td { code { (it.rule.id()) } }
                            td {
                                (it.rule.meaning())
                                @if !it.names.is_empty() { ": " (joined(&it.names)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn kind(kind: DeviceKind, count: u64) -> &'static str {
    match (kind, count) {
        (DeviceKind::Gpu, 1) => "GPU",
        (DeviceKind::Gpu, _) => "GPUs",
        (DeviceKind::Disk, 1) => "disk",
        (DeviceKind::Disk, _) => "disks",
        (DeviceKind::Port, 1) => "port",
        (DeviceKind::Port, _) => "ports",
    }
}

fn joined(names: &[Said]) -> Markup {
    html! {
        @for (index, name) in names.iter().enumerate() { @if index > 0 { ", " } (name) }
    }
}

/// A statement, as it was given.
fn stated(it: &Override) -> Markup {
    let name = it.name.as_ref().map(Said::from);
    html! {
        code {
            "--" (Said::from(&it.option))
            @if let Some(name) = name { " " (name) }
            @if let Some(value) = it.value { "=" (value) }
        }
    }
}
