//! The words that the programs print, as `explain` tells them.

use inventory_aggregator::explain::{Group, Topic, topics};

use super::table::{code, table};

/// All of them but the rules, which have a page.
pub fn page() -> String {
    let topics = topics();
    let groups =
        topics.chunk_by(|a, b| a.group == b.group).filter(|group| group_of(group) != Group::Rule);
    let sections = groups.map(|group| {
        let rows = group.iter().map(|topic| {
            let of: Vec<String> = topic.of.iter().map(|it| code(it)).collect();
            [
                code(topic.name),
                of.join(", "),
                topic.meaning.to_owned(),
                topic.source.to_owned(),
                topic.remedy.to_owned(),
            ]
        });
        format!(
            "## {}\n\n{}",
            heading(group_of(group)),
            table(["word", "of", "means", "from", "do"], rows)
        )
    });
    let sections: Vec<String> = sections.collect();
    format!(
        "# The words that the programs print\n\n`inventory-aggregator explain WORD` says the same in a terminal. Rules, with their \
         reasons: [rules.md](../explanation/rules.md).\n\n{}",
        sections.join("\n")
    )
}

fn group_of(group: &[Topic]) -> Group {
    group[0].group
}

/// The group's title, as a heading.
fn heading(group: Group) -> String {
    let mut letters = group.title().chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Why a device is not counted, and why there is such a rule.
pub fn rules() -> String {
    let topics = topics();
    let rules = topics.iter().filter(|topic| topic.group == Group::Rule);
    let rows = rules.map(|topic| {
        let Topic { name, meaning, reason, source, remedy, .. } = topic;
        [
            code(name),
            (*meaning).to_owned(),
            (*reason).to_owned(),
            (*source).to_owned(),
            (*remedy).to_owned(),
        ]
    });
    format!(
        "# Every rule with its reason\n\nA device counts unless one of these rules says otherwise; the first that applies is printed with \
         it (`--dump --detail`, `--explain`). `inventory-aggregator explain WORD` says the same in a terminal. What the figures are \
         made of: [figures.md](figures.md).\n\n{}",
        table(["rule", "not counted", "because", "seen by", "do"], rows)
    )
}
