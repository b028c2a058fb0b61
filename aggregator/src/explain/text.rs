//! Topics for people.

use std::fmt::Write;

use anstyle::Style;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::topic::Topic;

const BOLD: Style = Style::new().bold();

/// Each topic with all that is told of it, wrapped to this many columns. Its colors are for the stream to
/// leave out that is no terminal.
#[must_use]
pub fn as_text(topics: &[&Topic], width: u16) -> String {
    let told: Vec<String> = topics.iter().map(|topic| whole(topic, width)).collect();
    told.join("\n")
}

fn whole(topic: &Topic, width: u16) -> String {
    let Topic { group, name, of, meaning, reason, source, remedy } = topic;
    let of = if of.is_empty() { String::new() } else { format!(" ({})", of.join(", ")) };
    let mut text = format!("{BOLD}{name}{BOLD:#}  {}{of}\n", group.title());
    let rows = [("means", *meaning), ("why", *reason), ("from", *source), ("do", *remedy)];
    for line in columns(rows.into_iter().filter(|(_, told)| !told.is_empty()), width) {
        let _infallible = writeln!(text, "{line}");
    }
    text
}

/// The topics' names with their meanings, group by group, wrapped to this many columns.
#[must_use]
pub fn as_list(topics: &[Topic], width: u16) -> String {
    let groups = topics.chunk_by(|a, b| a.group == b.group).map(|group| {
        let title = group.first().map_or("", |topic| topic.group.title());
        let rows = group.iter().map(|topic| (topic.name, topic.meaning));
        let lines: Vec<String> = columns(rows, width).collect();
        format!("{BOLD}{title}{BOLD:#}\n{}\n", lines.join("\n"))
    });
    groups.collect::<Vec<_>>().join("\n")
}

/// Rows of two columns, the second wrapped.
fn columns<'a>(
    rows: impl Iterator<Item = (&'a str, &'a str)>,
    width: u16,
) -> impl Iterator<Item = String> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table.set_width(width);
    for (name, told) in rows {
        table.add_row([name, told]);
    }
    let lines: Vec<String> = table.lines().map(|line| format!(" {}", line.trim_end())).collect();
    lines.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{Group, topics};

    fn shown(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_topic_is_told_with_source_and_remedy() {
        let topics = topics();
        let topic = topics.iter().find(|topic| topic.name == "optical").unwrap();
        let expected = "optical  rule: why a device is not counted\n\
            \x20 means  a CD, DVD or Blu-ray drive\n\
            \x20 why    nobody's work is placed on a disc, and an empty drive claims about a gigabyte\n\
            \x20 from   /sys/class/block/NAME: its name is srN, or device/type is 5\n\
            \x20 do     if it should count all the same: --count NAME\n";
        assert_eq!(shown(&as_text(&[topic], 200)), expected);
    }

    #[test]
    fn what_needs_nothing_to_be_done_says_nothing_of_it() {
        let topics = topics();
        let topic = topics.iter().find(|topic| topic.name == "AllRead").unwrap();
        let told = shown(&as_text(&[topic], 200));
        assert!(told.starts_with("AllRead  reason of a NodeInventory's condition (Complete)\n"));
        assert!(!told.contains("  do "), "{told}");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let topics = topics();
        let all: Vec<&Topic> = topics.iter().collect();
        for text in [as_list(&topics, 80), as_text(&all, 80)] {
            let lines = shown(&text);
            let wide = lines.lines().filter(|line| line.starts_with(' ') && line.len() > 82);
            assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new());
        }
    }

    #[test]
    fn the_list_has_every_group() {
        let list = as_list(&topics(), 80);
        for group in [Group::Rule, Group::Cause, Group::ExitStatus] {
            assert_eq!(list.matches(group.title()).count(), 1, "{}", group.title());
        }
    }
}
