//! Topics for people.

use anstyle::Style;

use super::topic::Topic;
use crate::columns::{Column, columns};

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
    text += &lines(rows.into_iter().filter(|(_, told)| !told.is_empty()), width);
    text
}

/// The topics' names with their meanings, group by group, wrapped to this many columns.
#[must_use]
pub fn as_list(topics: &[Topic], width: u16) -> String {
    let groups = topics.chunk_by(|a, b| a.group == b.group).map(|group| {
        let title = group.first().map_or("", |topic| topic.group.title());
        let rows = group.iter().map(|topic| (topic.name, topic.meaning));
        format!("{BOLD}{title}{BOLD:#}\n{}", lines(rows, width))
    });
    groups.collect::<Vec<_>>().join("\n")
}

/// Rows of two columns, the second wrapped.
fn lines<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>, width: u16) -> String {
    let rows = rows.map(|(name, told)| [name, told].map(str::to_owned));
    let table = [Column::text(""), Column::prose("")];
    let text = columns(&table, rows, Some(width.saturating_sub(2))).text();
    text.lines().map(|line| "  ".to_owned() + line + "\n").collect()
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
            let wide =
                lines.lines().filter(|line| line.starts_with(' ') && line.chars().count() > 80);
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
