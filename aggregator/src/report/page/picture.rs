//! Where the GPU memory is: by model, and by node. Each bar has its numbers beside it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use maud::{Markup, html};

use super::bars::{bar, sample};
use crate::report::amount::{Unit, grouped};
use crate::report::figures::GPU_MEMORY;
use crate::report::gpus::Share;
use crate::report::model::{Node, Report};
use crate::report::said::Said;

/// The most nodes that have a line each; of more, those with the same GPUs share one.
const SINGLE: usize = 48;

/// The pictures, or that there is nothing to draw.
pub fn picture(report: &Report) -> Markup {
    let with_gpus =
        report.nodes.iter().filter(|node| node.state.is_summed() && !node.gpus.is_empty());
    let with_gpus: Vec<&Node> = with_gpus.collect();
    let models = models(&with_gpus);
    let dark =
        report.nodes.iter().filter(|node| node.figures.at(GPU_MEMORY).known().is_none()).count();
    html! {
        section #gpus aria-labelledby="gpus-title" {
            h2 #gpus-title { "GPU memory" }
            @if models.is_empty() { p { "No node is known to have a GPU." } }
            @else {
                (by_model(&models))
                (by_node(&with_gpus, &models))
            }
            @if dark > 0 { p { "Of " (grouped(dark as u64)) " of the nodes the GPU memory is unknown." } }
        }
    }
}

/// GPUs of one model, and on how many nodes they are.
struct Model {
    share: Share,
    nodes: u64,
}

/// The models, those with the most memory first.
fn models(nodes: &[&Node]) -> Vec<Model> {
    let mut models: BTreeMap<&Said, Model> = BTreeMap::new();
    for share in nodes.iter().flat_map(|node| &node.gpus) {
        match models.get_mut(&share.model) {
            Some(model) => {
                model.share.add(share);
                model.nodes += 1;
            }
            None => drop(models.insert(&share.model, Model { share: share.clone(), nodes: 1 })),
        }
    }
    let mut models: Vec<Model> = models.into_values().collect();
    models.sort_by_key(|model| Reverse(model.share.memory_mib));
    models
}

fn by_model(models: &[Model]) -> Markup {
    let most = models.iter().map(|model| model.share.memory_mib).max().unwrap_or(0);
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="by-model" {
            table.picture {
                caption #by-model { "By model" }
                thead {
                    tr {
                        th scope="col" { "Model" } th.n scope="col" { "GPUs" }
                        th.n scope="col" { "Nodes" } th.n scope="col" { "Memory" }
                        td {}
                    }
                }
                tbody {
                    @for (colour, model) in models.iter().enumerate() {
                        tr {
                            th scope="row" { (sample(colour)) (model.share.model) }
                            td.n { (grouped(model.share.count)) }
                            td.n { (grouped(model.nodes)) }
                            td.n { (model.share.memory().short(Unit::Mib)) }
                            td.room { (bar(&[(colour, model.share.memory_mib)], most)) }
                        }
                    }
                }
            }
        }
    }
}

/// Nodes with the same GPUs: the first, the last, and how many.
struct Alike<'a> {
    first: &'a Node,
    last: &'a Node,
    count: u64,
}

fn alike<'a>(nodes: &[&'a Node]) -> Vec<Alike<'a>> {
    let one = |node: &&'a Node| Alike { first: node, last: node, count: 1 };
    if nodes.len() <= SINGLE {
        return nodes.iter().map(one).collect();
    }
    let mut places: BTreeMap<&[Share], usize> = BTreeMap::new();
    let mut groups: Vec<Alike> = Vec::new();
    for node in nodes {
        let place = *places.entry(&node.gpus).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => (group.last, group.count) = (node, group.count + 1),
            None => groups.push(one(node)),
        }
    }
    groups
}

fn by_node(nodes: &[&Node], models: &[Model]) -> Markup {
    let colours: BTreeMap<&Said, usize> =
        models.iter().enumerate().map(|(colour, model)| (&model.share.model, colour)).collect();
    let memory = |node: &Node| node.gpus.iter().map(|share| share.memory_mib).sum::<u64>();
    let most = nodes.iter().map(|node| memory(node)).max().unwrap_or(0);
    let groups = alike(nodes);
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="by-node" {
            table.picture {
                caption #by-node { "By node" @if nodes.len() > SINGLE { ", those with the same GPUs together" } }
                thead {
                    tr {
                        th scope="col" { "Node" } th scope="col" { "GPUs" }
                        th.n scope="col" { "GPU memory" @if nodes.len() > SINGLE { " of each" } }
                        td {}
                    }
                }
                tbody {
                    @for group in &groups {
                        @let node = group.first;
                        @let parts: Vec<(usize, u64)> = node.gpus.iter().map(|share| (colours.get(&share.model).copied().unwrap_or(0), share.memory_mib)).collect();
                        tr {
                            th scope="row" {
                                a href=(node.href()) { (node.title) }
                                @if group.count > 1 {
                                    " … " a href=(group.last.href()) { (group.last.title) }
                                    " (" (grouped(group.count)) " nodes)"
                                }
                            }
                            td.text { (composition(&node.gpus)) }
                            td.n { (node.figures.at(GPU_MEMORY).short(Unit::Mib)) }
                            td.room { (bar(&parts, most)) }
                        }
                    }
                }
            }
        }
    }
}

/// GPUs in words: `8 × NVIDIA H100`.
pub fn composition(shares: &[Share]) -> Markup {
    html! {
        @for (index, share) in shares.iter().enumerate() {
            @if index > 0 { ", " }
            (grouped(share.count)) " × " (share.model)
        }
    }
}
