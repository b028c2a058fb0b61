//! The log of a program: for people or for machines, on standard error, with nothing in it that a terminal obeys.

use std::fmt;
use std::io::{self, Write};

use tracing::Level;
use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::prelude::*;

use crate::telling::{plain, visible_json};

/// What is logged, and how.
#[derive(Clone, Copy, Debug)]
pub struct Log {
    /// The crate whose log it is.
    pub of: &'static str,
    /// How much of it.
    pub level: Level,
    /// Whether a line is a JSON object, for machines.
    pub is_json: bool,
    /// Whether lines for people are in color.
    pub has_color: bool,
}

impl Log {
    /// From now on what happens is logged.
    pub fn start(self) {
        let ours = Targets::new().with_target(self.of, self.level).with_default(others(self.level));
        let log = tracing_subscriber::registry().with(ours);
        let lines = layer().with_target(false);
        if self.is_json {
            let lines = lines.json().flatten_event(true);
            log.with(lines.with_writer(|| Visible(io::stderr()))).init();
        } else {
            let lines = lines.fmt_fields(debug_fn(field).delimited(" "));
            log.with(lines.with_ansi(self.has_color).with_writer(io::stderr)).init();
        }
    }
}

/// How much is logged of other people's code: at most warnings, since it logs whole requests with what is secret
/// in them, and only to whoever wants details. It has a line for each try that fails, and ours tells of that once.
fn others(level: Level) -> LevelFilter {
    if level > Level::INFO { LevelFilter::WARN } else { LevelFilter::OFF }
}

/// A field of a line for people. What has spaces stands between quotes, so that it is seen where it ends.
fn field(out: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    let text = format!("{value:?}");
    let text = plain(&text);
    match field.name() {
        "message" => write!(out, "{text}"),
        name if text.contains(' ') && !text.starts_with('"') => write!(out, "{name}={text:?}"),
        name => write!(out, "{name}={text}"),
    }
}

/// Lines of JSON, of which each comes whole, as they are written.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        self.0.write_all(visible_json(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A trouble that may last: it is told when it begins, when it becomes another, and when it is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ongoing(Option<String>);

/// What is new of a trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It has begun, or is another one now.
    Begun,
    /// It is over.
    Over,
}

impl Ongoing {
    /// It is this now, or there is none. Answers what is new; absent where nothing is.
    pub fn now(&mut self, trouble: Option<&str>) -> Option<News> {
        if self.0.as_deref() == trouble {
            return None;
        }
        self.0 = trouble.map(str::to_owned);
        Some(if self.0.is_some() { News::Begun } else { News::Over })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::telling::is_unseen;

    /// What a device may call itself, and no line of a log may hold.
    const HOSTILE: &str = "<b x=\"1\">\u{1b}[2J\n\u{202e}\u{0}\u{9b}31m";

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Paper {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn others_are_heard_of_only_by_whoever_wants_details_and_only_what_they_warn_of() {
        for level in [Level::ERROR, Level::WARN, Level::INFO] {
            assert_eq!(others(level), LevelFilter::OFF);
        }
        for level in [Level::DEBUG, Level::TRACE] {
            assert_eq!(others(level), LevelFilter::WARN);
        }
    }

    fn tell() {
        let trouble = io::Error::other(HOSTILE);
        tracing::warn!(device = HOSTILE, %trouble, size_bytes = 5_u64, "a {HOSTILE} device");
    }

    #[test]
    fn a_line_for_people_is_one_line_and_obeyed_by_nobody() {
        let out = Paper::default();
        let keep = out.clone();
        let lines = layer().with_target(false).with_ansi(false).with_writer(move || keep.clone());
        let lines = lines.fmt_fields(debug_fn(field).delimited(" "));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), tell);
        let text = out.text();
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert!(!text.trim_end().chars().any(is_unseen), "{text:?}");
        for word in
            ["WARN a <b x=\"1\">\\u{1b}[2J\\n", " device=\"<b ", " trouble=\"<b ", " size_bytes=5"]
        {
            assert!(text.contains(word), "{word}: {text}");
        }
    }

    #[test]
    fn a_line_for_machines_says_exactly_what_was_said_and_is_obeyed_by_nobody() {
        let out = Paper::default();
        let keep = out.clone();
        let lines = layer().with_target(false).json().flatten_event(true);
        let lines = lines.with_writer(move || Visible(keep.clone()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), tell);
        let text = out.text();
        assert!(!text.trim_end().chars().any(is_unseen), "{text:?}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["device"], &line["trouble"]), (&HOSTILE.into(), &HOSTILE.into()));
        assert_eq!((&line["level"], &line["size_bytes"]), (&"WARN".into(), &5.into()));
    }

    #[test]
    fn a_trouble_is_told_once_and_again_where_it_is_another() {
        let mut ongoing = Ongoing::default();
        let told = [None, Some("a"), Some("a"), Some("b"), None, None].map(|it| ongoing.now(it));
        assert_eq!(
            told,
            [None, Some(News::Begun), None, Some(News::Begun), Some(News::Over), None]
        );
    }
}
