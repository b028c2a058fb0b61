//! What was measured of clusters of several sizes, and how it grows with them.

use crate::support::slope::Slope;

/// Of one cluster: what was measured, with its unit, and the figure.
pub type Figures = Vec<(&'static str, f64)>;

/// The smallest cluster of which growth says something: below, what every cluster costs is most of it.
const SMALLEST: usize = 100;

/// Prints a line for each figure, with the exponent of its growth: 1 grows as the nodes do.
pub fn tell(clusters: &[(usize, Figures)]) {
    let sizes: Vec<String> = clusters.iter().map(|(nodes, _)| nodes.to_string()).collect();
    println!("\nnodes\t{}\texponent", sizes.join("\t"));
    for (what, _) in clusters.first().into_iter().flat_map(|(_, figures)| figures) {
        let of = |figures: &Figures| figures.iter().find(|(it, _)| it == what).map(|(_, it)| *it);
        let all: Vec<(usize, f64)> =
            clusters.iter().filter_map(|(nodes, figures)| Some((*nodes, of(figures)?))).collect();
        let cells: Vec<String> = all.iter().map(|(_, value)| cell(*value)).collect();
        println!("{what}\t{}\t{}", cells.join("\t"), exponent(&all));
    }
}

fn cell(value: f64) -> String {
    if value < 100.0 && value.fract() != 0.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

fn exponent(all: &[(usize, f64)]) -> String {
    let large = all.iter().filter(|(nodes, value)| *nodes >= SMALLEST && *value > 0.0);
    let logs: Vec<(f64, f64)> = large.map(|(nodes, it)| ((*nodes as f64).ln(), it.ln())).collect();
    Slope::of(&logs)
        .map_or_else(String::new, |slope| format!("{:.2} ± {:.2}", slope.value, slope.error))
}
