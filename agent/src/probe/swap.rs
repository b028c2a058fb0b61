//! Swap space: `SwapTotal`, and the areas behind it from `proc/swaps`.

use inventory_common::{ProbeName, Swap, SwapArea};

use super::meminfo::{self, Meminfo};
use super::text::{is_numbered, number};
use super::{Depth, Probed, Report};
use crate::host::HostRoot;

/// The list of swap areas; it decides no figure.
pub const AREAS: &str = "proc/swaps";

/// Swap space; fails without `SwapTotal`.
#[must_use]
pub fn probe(root: &HostRoot, meminfo: &Meminfo, depth: Depth) -> Probed<Option<Swap>> {
    let report = Report::new(ProbeName::Swap);
    match meminfo::bytes(meminfo, "SwapTotal", "SwapTotal in kB") {
        Ok(total_bytes) => {
            let text = (depth == Depth::Detail).then(|| root.text(AREAS).ok()).flatten();
            let areas = text.as_deref().map(parse);
            let zram_bytes = areas.as_ref().map(|areas| zram_bytes(areas));
            let areas = areas.unwrap_or_default();
            report.done(Some(Swap { total_bytes, zram_bytes, areas }))
        }
        Err(error) => report.failed(&error, None),
    }
}

/// The areas below the heading `Filename Type Size Used Priority`; sizes are in KiB.
#[must_use]
pub fn parse(text: &str) -> Vec<SwapArea> {
    let area = |line: &str| {
        // A path may hold blanks, which the kernel writes as \040; the other columns never do.
        let mut columns = line.split_ascii_whitespace();
        let path = columns.next()?.to_owned();
        let size_bytes = number(columns.nth(1)?)?.checked_mul(1024)?;
        Some(SwapArea { path, size_bytes })
    };
    text.lines().skip(1).filter_map(area).collect()
}

/// How much of the swap space is compressed memory.
fn zram_bytes(areas: &[SwapArea]) -> u64 {
    let is_zram = |area: &&SwapArea| {
        area.path.rsplit('/').next().is_some_and(|name| is_numbered(name, "zram"))
    };
    areas.iter().filter(is_zram).map(|area| area.size_bytes).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::manifest::Manifest;

    const TEXT: &str = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n\
        /dev/zram0                              partition\t8388604\t\t0\t\t100\n\
        /swap\\040file                          file\t\t1048572\t\t0\t\t-2\n";

    #[test]
    fn areas_are_listed_with_their_sizes_in_bytes() {
        let areas = parse(TEXT);
        assert_eq!(areas.len(), 2);
        assert_eq!(areas[1], SwapArea { path: "/swap\\040file".into(), size_bytes: 1_073_737_728 });
        assert_eq!(zram_bytes(&areas), 8_388_604 * 1024);
    }

    #[test]
    fn without_areas_there_is_only_the_heading() {
        assert_eq!(parse("Filename\tType\tSize\tUsed\tPriority\n"), []);
        assert_eq!(parse(""), []);
    }

    #[test]
    fn the_areas_are_a_detail() {
        let files = [(meminfo::FILE, "SwapTotal: 9437176 kB\n"), (AREAS, TEXT)];
        let root = HostRoot::of_tree(files.into_iter().collect(), Manifest::default());
        let swap = |depth| probe(&root, &meminfo::read(&root), depth).found.unwrap();
        let (figures, detail) = (swap(Depth::Figures), swap(Depth::Detail));
        assert_eq!((figures.areas.len(), figures.zram_bytes), (0, None));
        assert_eq!((detail.areas.len(), detail.zram_bytes), (2, Some(8_388_604 * 1024)));
        assert_eq!(figures.total_bytes, detail.total_bytes);
    }
}
