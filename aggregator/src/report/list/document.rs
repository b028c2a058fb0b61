//! A document as a table: what AIOS is told of each node.

use anstyle::Style;
use inventory_common::cluster::{Document, FIGURES};
use inventory_common::telling::plain;

use super::row::{COLUMNS, of_entry, of_sums};
use super::table::{no_room, styled};
use crate::columns::columns;
use crate::report::detail::Detail;
use crate::report::figures::Figures;
use crate::report::gpus::shares;

/// The document with a line for each node and one for all of them, no wider than `width` where that can be. It
/// has no word for *unknown*: a 0 that may be one is told as that.
#[must_use]
pub fn document_table(document: &Document, width: Option<u16>) -> String {
    let nodes: Vec<_> = document.nodes.node_data.iter().map(|entry| &entry.node).collect();
    let figures: Vec<Figures> =
        nodes.iter().map(|node| Figures::of(node, &Detail::Plain)).collect();
    let whole: [bool; FIGURES.len()] =
        std::array::from_fn(|index| figures.iter().all(|figures| figures.at(index).is_whole()));
    let sums = document.totals().figures();
    let sums = Figures::sums(sums, |index| whole.get(index).is_some_and(|whole| *whole));
    let rows = nodes.iter().zip(&figures);
    let rows = rows.map(|(node, figures)| of_entry(&plain(&node.id), figures, &shares(node)));
    let table = columns(&COLUMNS, rows.chain([of_sums(&sums)]), width);
    let bold = Style::new().bold();
    let last = table.rows.len().saturating_sub(1);
    let is_bold = |index: usize| index == 0 || index == last;
    let rows = table.rows.iter().enumerate();
    let rows =
        rows.map(|(index, row)| styled(row, if is_bold(index) { bold } else { Style::new() }));
    let (id, region) = (plain(&document.id), plain(&document.region_id));
    let head = format!("cluster {id} in region {region}\n\n");
    head + &rows.collect::<String>() + &no_room(&table.left_out)
}
