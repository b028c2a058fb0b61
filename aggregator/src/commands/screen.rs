//! A terminal on which one thing is shown again and again, each time in the place of the last.

use std::io;

use anstream::adapter::strip_str;
use console::{Term, truncate_str};

/// Where it is shown.
pub struct Screen {
    term: Term,
    has_color: bool,
    /// How many lines were shown last.
    lines: usize,
}

impl Screen {
    /// Standard output; absent where that is no terminal.
    pub fn standard() -> Option<Self> {
        let term = Term::stdout();
        let has_color = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        term.is_term().then_some(Self { term, has_color, lines: 0 })
    }

    /// Shows this in the place of what was shown last. What does not fit is left out, and that is said: only
    /// what is on the screen can be written over.
    pub fn show(&mut self, text: &str) -> io::Result<()> {
        let (height, width) = self.term.size();
        let text = if self.has_color { text.to_owned() } else { strip_str(text).to_string() };
        let lines = fitting(&text, height.saturating_sub(1).into());
        // To where it begins, each line over the one before, and below it nothing of what was longer.
        let begin = format!("\u{1b}[{}A\r", self.lines);
        let begin = if self.lines > 0 { begin } else { String::new() };
        let line =
            |line: &String| truncate_str(line, width.into(), "…").into_owned() + "\u{1b}[K\n";
        let out = begin + &lines.iter().map(line).collect::<String>() + "\u{1b}[J";
        self.lines = lines.len();
        self.term.write_str(&out)
    }
}

/// The first lines, of which there are no more than `most`, and how many there are beside.
fn fitting(text: &str, most: usize) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= most {
        return lines.into_iter().map(str::to_owned).collect();
    }
    let kept = most.saturating_sub(1);
    let more = format!("… and {} more lines", lines.len() - kept);
    lines.into_iter().take(kept).map(str::to_owned).chain([more]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(fitting("a\nb\nc\n", 3), ["a", "b", "c"]);
        assert_eq!(fitting("a\nb\nc\n", 2), ["a", "… and 2 more lines"]);
        assert_eq!(fitting("", 2), [""; 0]);
    }
}
