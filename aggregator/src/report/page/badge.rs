//! A state, by a sign, a colour and a word: no one of them alone.

use inventory_common::resource::ConditionStatus;
use maud::{Markup, html};

use crate::report::model::{Condition, State};

/// A word with the sign and colour of its class: `good`, `fair`, `bad` or `dim`.
pub fn badge(class: &str, word: &str) -> Markup {
    html! { span class={ "badge " (class) } { (word) } }
}

/// A node's state.
pub fn state(state: State) -> Markup {
    badge(state.class(), state.word())
}

/// Whether a condition holds.
pub fn condition(condition: &Condition) -> Markup {
    let class = match condition.is_good {
        Some(true) => "good",
        Some(false) => "bad",
        None => "fair",
    };
    let word = match condition.status {
        ConditionStatus::Unknown => "unknown",
        status => status.as_str(),
    };
    badge(class, word)
}
