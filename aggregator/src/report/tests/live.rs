//! Pages that follow what they show.

use serde_json::json;

use super::*;
use crate::cluster::difference::{Difference, Kind};
use crate::report::{Brief, Differences, FoundNode, Live, Look, Said, live, live_node, waiting};

fn noon() -> Timestamp {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

fn now() -> Live {
    Live { revision: "7-1".to_owned(), unseen: Vec::new() }
}

/// A cluster as the controller keeps it: of `a` all is known, of `b` a part, and `c` is not there.
fn kept() -> Found {
    let mut found = nothing();
    let expected = |id: &str| ExpectedNode { node_id: Some(id.into()), agent: Agent::Ready };
    found.expected = Expected::Nodes(Roll {
        expected: ["a", "b", "c"].map(|id| (id.into(), expected(id))).into(),
        ..Roll::default()
    });
    let briefs = [
        ("a", Brief { born: Some("2026-01-01T00:00:00Z".parse().unwrap()), ..Brief::default() }),
        ("b", Brief { lacking: vec!["swap"], unwell: vec!["Complete"], born: None }),
    ];
    for (name, brief) in briefs {
        let unknowns = json!(brief.lacking);
        found.state.apply(name, object(&named(name), &unknowns).into());
        found.details.insert(name.to_owned(), Detail::Brief(brief));
    }
    found
}

fn followed(found: Found, comparison: Comparison) -> String {
    live(&found.report(Form::Live, noon()).with(comparison), &now())
}

#[test]
fn a_page_that_follows_leads_to_each_node_and_to_the_document() {
    let mut found = kept();
    found.profile = Ok(profile(&json!({})));
    let page = followed(found, unlooked());
    holds(&page, &["href=\"/node/a\"", "href=\"/node/c\"", "data-node=\"c\"", "/cluster.json"]);
    holds(&page, &["data-revision=\"7-1\"", "data-v=\"-1767225600\"", ">12\u{a0}h</time>"]);
    for absent in ["id=\"each\"", "#node-", "regionId"] {
        assert!(!page.contains(absent), "{absent}");
    }
    let table = text(part(&page, "id=\"nodes-table\"", "</table>"));
    holds(&table, &["not as it should be: Complete", "missing", "unknown"]);
}

#[test]
fn of_a_node_s_inventory_as_much_is_kept_as_its_line_needs() {
    let page = followed(kept(), unlooked());
    let table = part(&page, "id=\"nodes-table\"", "</table>");
    let row = |id: &str| {
        let row = part(table, &format!("<a href=\"/node/{id}\">"), "</tr>");
        row.split("<td").skip(1).map(|cell| text(&format!("<td{cell}"))).collect::<Vec<_>>()
    };
    let of_dumps = {
        let mut found = nothing();
        add_object(&mut found, object(&named("a"), &json!([])));
        shown(found)
    };
    assert_eq!(row("a")[1..], super::row(&of_dumps, "a")[1..]);
    assert_eq!(row("b")[6], "unknown", "its swap is 0 and not known");
}

#[test]
fn only_a_page_that_follows_may_ask_where_it_came_from() {
    let (follows, whole) = (followed(nothing(), unlooked()), shown(nothing()));
    for (page, scripts, may_ask) in [(&follows, 2, true), (&whole, 1, false)] {
        let allowed = part(page, "Content-Security-Policy\" content=\"", "\">");
        assert_eq!(allowed.contains("; connect-src 'self'"), may_ask, "{allowed}");
        assert_eq!(page.matches("<script>").count(), scripts);
        assert_eq!(allowed.matches("sha256-").count(), scripts + 1);
        for word in ["EventSource", "fetch(", "http-equiv=\"refresh\"", "data-revision"] {
            assert_eq!(page.contains(word), may_ask, "{word}");
        }
    }
    assert_eq!(
        super::super::policy(),
        part(&follows, "Content-Security-Policy\" content=\"", "\">").to_owned()
            + "; frame-ancestors 'none'"
    );
}

#[test]
fn a_node_s_page_says_all_that_its_object_holds() {
    let mut state = ClusterState::default();
    let whole = object(&named("a"), &json!([]));
    state.apply("a", whole.clone().into());
    let expected = kept().expected;
    let coverage = crate::cluster::coverage::judge(&kept().state.snapshot(), &expected);
    let of = |name: &'static str, detail: Detail| {
        FoundNode { name, state: &state, detail, expected: &expected, coverage: &coverage }.node()
    };
    let a = of("a", Detail::Object(Box::new(whole))).unwrap();
    let page = live_node("a", Some(&a), &now(), noon());
    holds(
        &text(&page),
        &["Node a", "16portsvfa virtual function", "65,536 MiB", "Said: said by a test"],
    );
    holds(&page, &["data-node=\"a\"", "href=\"/#nodes\""]);
    let c = of("c", Detail::Plain).unwrap();
    holds(
        &text(&live_node("c", Some(&c), &now(), noon())),
        &["missing", "node 'c' has no inventory"],
    );
    assert!(of("d", Detail::Plain).is_none());
    let none = live_node(HOSTILE, None, &now(), noon());
    holds(&none, &["There is no node '&lt;/td&gt;&lt;script&gt;"]);
    assert_eq!(none.matches("<script").count(), 2);
}

#[test]
fn what_cannot_be_seen_is_told_before_anything_else() {
    let unseen = Live { unseen: vec![Said::new(HOSTILE)], ..now() };
    let page = waiting(&unseen, noon());
    holds(&page, &["id=\"unseen\"", "&lt;/td&gt;&lt;script&gt;", "data-revision"]);
    assert!(!page.contains("id=\"totals\"") && !page.contains("may be outdated"));
    let page = live(&kept().report(Form::Live, noon()), &unseen);
    let (before, _) = page.split_once("id=\"totals\"").unwrap();
    holds(before, &["may be outdated", "&lt;/td&gt;&lt;script&gt;"]);
    assert!(!followed(kept(), unlooked()).contains("id=\"unseen\""));
}

#[test]
fn what_aios_says_otherwise_is_shown_side_by_side_and_is_text() {
    let one = Difference {
        node: Some(HOSTILE.to_owned()),
        path: "memory".to_owned(),
        stored: json!(HOSTILE),
        wanted: json!(65_536),
        kind: Kind::Changed,
    };
    let look = Look {
        at: "2026-01-01T11:58:00Z".parse().unwrap(),
        asked: vec![("Parser", Said::new("http://parser"))],
        is_true: Some(false),
        verdict: Said::new(HOSTILE),
        differences: Differences::of(&vec![one; 107]),
    };
    let page = followed(kept(), Comparison::Made(Box::new(look)));
    let told = part(&page, "id=\"aios\"", "</section>");
    holds(
        &text(told),
        &["not true", "http://parser", "2 min", "the first 100 of 107", "65,536 MiB"],
    );
    assert_eq!(page.matches("<script").count(), 2);
    holds(part(&followed(kept(), unlooked()), "id=\"aios\"", "</section>"), &["nobody looked"]);
}

#[test]
fn a_large_cluster_s_page_that_follows_has_a_line_for_each_node_and_no_more() {
    let mut found = nothing();
    for number in 0..5_000 {
        let name = format!("node-{number:04}");
        found.state.apply(&name, named(&name).into());
        found.details.insert(name, Detail::Brief(Brief::default()));
    }
    let page = followed(found, unlooked());
    assert!(page.len() / 5_000 < 1_200, "{} bytes for each node", page.len() / 5_000);
}
