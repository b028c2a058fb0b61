//! A bar of several parts, for eyes only: its numbers stand beside it.

use maud::{Markup, html};

/// How many colours there are.
pub const COLOURS: usize = 8;

/// A bar of parts: each is a colour's number and a value, and `most` is what fills the whole length.
pub fn bar(parts: &[(usize, u64)], most: u64) -> Markup {
    let ends = parts.iter().scan(0_u64, |end, (_, value)| {
        *end = end.saturating_add(*value);
        Some(*end)
    });
    html! {
        svg.bar aria-hidden="true" focusable="false" {
            @for ((colour, value), end) in parts.iter().zip(ends) {
                @let (from, to) = (permille(end - value, most), permille(end, most));
                rect class={ "m" (colour % COLOURS) } x=(percent(from)) width=(percent(to - from)) height="100%" {}
            }
        }
    }
}

/// A colour's sample.
pub fn sample(colour: usize) -> Markup {
    html! {
        svg.sample aria-hidden="true" focusable="false" {
            rect class={ "m" (colour % COLOURS) } width="100%" height="100%" {}
        }
    }
}

fn permille(value: u64, most: u64) -> u64 {
    let share = u128::from(value) * 1000 / u128::from(most.max(1));
    u64::try_from(share.min(1000)).unwrap_or(1000)
}

fn percent(permille: u64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}
