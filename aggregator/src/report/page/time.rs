//! Times, for people and for machines.

use k8s_openapi::jiff::Timestamp;
use maud::{Markup, html};

use crate::report::age::age;
pub use crate::report::age::seconds;

/// A point in time.
pub fn point(time: Timestamp) -> Markup {
    html! { time datetime=(whole(time)) { (time.strftime("%Y-%m-%d %H:%M UTC")) } }
}

/// A point in time, to the second.
pub fn second(time: Timestamp) -> Markup {
    html! { time datetime=(whole(time)) { (time.strftime("%Y-%m-%d %H:%M:%S UTC")) } }
}

/// How long before `now` it was.
pub fn ago(time: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(whole(time)) title=(whole(time)) { (age(seconds(time, now))) } }
}

fn whole(time: Timestamp) -> impl std::fmt::Display + maud::Render {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
