//! How far AIOS has been told.

use k8s_openapi::jiff::Timestamp;
use maud::{Markup, html};

use super::{badge, time};
use crate::report::model::{Condition, Onboarding};

/// What the cluster's `ClusterOnboarding` says.
pub fn onboarding(onboarding: &Onboarding, now: Timestamp) -> Markup {
    html! {
        section #onboarding aria-labelledby="onboarding-title" {
            h2 #onboarding-title { "Onboarding" }
            p { "Submit " (onboarding.policy) "." }
            p {
                "Last submitted: "
                @match onboarding.submitted {
                    Some(at) => (time::point(at)),
                    None => "never by the controller",
                }
            }
            @if onboarding.conditions.is_empty() {
                p { "The controller has not looked yet." }
            } @else {
                (conditions("What the ClusterOnboarding's conditions say", &onboarding.conditions, now))
            }
        }
    }
}

/// A table of conditions.
pub fn conditions(caption: &str, conditions: &[Condition], now: Timestamp) -> Markup {
    html! {
        div.scroll role="group" tabindex="0" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "Condition" } th scope="col" { "Status" }
                        th scope="col" { "Why" } th scope="col" { "Since" }
                    }
                }
                tbody {
                    @for condition in conditions {
                        tr {
                            th scope="row" { (condition.kind) }
                            td { (badge::condition(condition)) }
                            td.text { (condition.reason) ": " (condition.message) }
                            td { (time::ago(condition.since, now)) }
                        }
                    }
                }
            }
        }
    }
}
