//! A node as a row, cell by cell.

use k8s_openapi::jiff::Timestamp;

use crate::columns::Column;
use crate::report::age::{age, seconds};
use crate::report::amount::{Amount, Unit, grouped};
use crate::report::figures::{Figures, HEADINGS};
use crate::report::gpus::Share;
use crate::report::model::Node;

/// How many columns there are.
pub const WIDTH: usize = 13;

/// The columns. Where there is no room, what is left out first is what the others tell best.
pub const COLUMNS: [Column; WIDTH] = [
    Column::text("NODE"),
    Column::text("STATE"),
    Column::number("GPUS"),
    Column::text("MODELS").spared(5),
    Column::number("GPU MEMORY"),
    Column::number("VCPUS").spared(7),
    Column::number("MEMORY").spared(8),
    Column::number("DISKS").spared(2),
    Column::number("DISK SIZE").spared(4),
    Column::number("NICS").spared(1),
    Column::number("BANDWIDTH").spared(3),
    Column::prose("CONDITIONS"),
    Column::number("AGE").spared(6),
];

/// The place of the age, which alone changes by itself.
pub const AGE: usize = WIDTH - 1;

/// The columns of figures: the place of the column, and that of the figure among all of them.
const FIGURES: [(usize, usize); 8] =
    [(2, 0), (4, 1), (5, 2), (6, 3), (7, 5), (8, 6), (9, 7), (10, 8)];

/// The node's row.
pub fn of_node(node: &Node, now: Timestamp) -> [String; WIDTH] {
    let age = node.born.map_or(String::new(), |born| age(seconds(born, now)));
    let rest = [
        (1, node.state.word().to_owned()),
        (3, models(&node.gpus)),
        (11, conditions(node)),
        (AGE, age),
    ];
    row(title(node), &node.figures, rest)
}

/// The row of a document's node.
pub fn of_entry(id: &str, figures: &Figures, gpus: &[Share]) -> [String; WIDTH] {
    row(id.to_owned(), figures, [(3, models(gpus))])
}

/// The row of all that a document has together.
pub fn of_sums(figures: &Figures) -> [String; WIDTH] {
    row("total".to_owned(), figures, [])
}

/// The row of all nodes together, of which `whole` are there and fully known.
pub fn of_all(figures: &Figures, whole: u64, expected: u64) -> [String; WIDTH] {
    row("total".to_owned(), figures, [(1, format!("{} of {}", grouped(whole), grouped(expected)))])
}

/// The cell of a figure: in the largest unit that it fills.
pub fn short(amount: Amount, unit: Unit) -> String {
    spaced(&amount.short(unit))
}

fn row<const N: usize>(
    title: String,
    figures: &Figures,
    rest: [(usize, String); N],
) -> [String; WIDTH] {
    let unit = |index: usize| HEADINGS.get(index).map_or(Unit::Count, |heading| heading.unit);
    let figures = FIGURES.map(|(place, index)| (place, short(figures.at(index), unit(index))));
    let mut row = [const { String::new() }; WIDTH];
    for (place, cell) in [(0, title)].into_iter().chain(figures).chain(rest) {
        if let Some(slot) = row.get_mut(place) {
            *slot = spaced(&cell);
        }
    }
    row
}

/// What a page must not break, a terminal need not know of.
fn spaced(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// Its id, with the Node's name where that is another.
pub fn title(node: &Node) -> String {
    match &node.name {
        Some(name) => format!("{} ({})", node.title.as_str(), name.as_str()),
        None => node.title.as_str().to_owned(),
    }
}

/// GPUs by model; how many is told once where they are all alike.
fn models(gpus: &[Share]) -> String {
    if let [only] = gpus {
        return only.model.as_str().to_owned();
    }
    let share = |share: &Share| format!("{} × {}", grouped(share.count), share.model.as_str());
    gpus.iter().map(share).collect::<Vec<_>>().join(", ")
}

/// The conditions that are not as they should be, with their reasons.
fn conditions(node: &Node) -> String {
    let told = node
        .complaints()
        .map(|condition| format!("{}: {}", condition.kind, condition.reason.as_str()));
    told.collect::<Vec<_>>().join(", ")
}
