//! Text from outside, shown as text whatever is in it.

use inventory_common::telling::plain;
use maud::Render;

/// Text of a host, a cluster or a person. Nothing in it is markup, moves the cursor, or turns the order of
/// what stands around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said(String);

impl Said {
    /// The text, with what cannot be seen in it made visible.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(plain(text).into_owned())
    }

    /// The text as it is shown, before it is escaped.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Said {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl Render for Said {
    fn render_to(&self, buffer: &mut String) {
        self.0.render_to(buffer);
    }
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    #[test]
    fn markup_is_shown_and_not_obeyed() {
        let said = Said::new("<b x='\"&");
        assert_eq!(html!((said)).into_string(), "&lt;b x='&quot;&amp;");
        assert_eq!(
            html!(p title=(said) {}).into_string(),
            r#"<p title="&lt;b x='&quot;&amp;"></p>"#
        );
    }

    #[test]
    fn what_cannot_be_seen_is_made_visible() {
        assert_eq!(
            Said::new("a\u{0}\n\u{202e}b\u{200b}").as_str(),
            "a\\u{0}\\n\\u{202e}b\\u{200b}"
        );
        assert_eq!(Said::new("Größe 東京").as_str(), "Größe 東京");
    }
}
