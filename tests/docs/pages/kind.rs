//! What a block of code is, by the words behind its fence: none is there only to be looked at.

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Commands behind `$`, each with what it prints.
    Console(Place),
    /// Commands alone, to be copied.
    Script(Place),
    /// Commands that no test can run, for this reason.
    Untried(String),
    /// A file, which the page's commands find if it has a name.
    File { format: Format, name: Option<String>, used_as: Use },
    /// No command and no file: what a person sees.
    Text,
}

/// Where commands are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Here, with a host that is described and a stand-in for AIOS.
    Here,
    /// Against a real API server.
    Api,
    /// On a real cluster.
    Cluster,
    /// In each of these.
    Everywhere,
}

impl Place {
    /// Whether what is run there is run here.
    pub fn is_in(self, here: Self) -> bool {
        self == here || self == Self::Everywhere
    }
}

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Yaml,
}

/// Who must take a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Its format's reader alone.
    Itself,
    /// The command line's reader of profiles.
    Profile,
    /// The chart.
    Values,
}

const PLACES: [(&str, Place); 3] =
    [("api", Place::Api), ("cluster", Place::Cluster), ("everywhere", Place::Everywhere)];
const USES: [(&str, Use); 2] = [("profile", Use::Profile), ("values", Use::Values)];

impl Kind {
    /// By the words behind the fence; an error where they say nothing of this.
    pub fn of(info: Option<&str>) -> Result<Self, String> {
        let info = info.ok_or("an indented block: say what it is behind a fence")?;
        let (language, rest) = info.split_once(' ').unwrap_or((info, ""));
        if let Some(reason) = rest.strip_prefix("untried: ") {
            return Ok(Self::Untried(reason.to_owned()));
        }
        match language {
            "console" => Ok(Self::Console(place(rest)?)),
            "sh" => Ok(Self::Script(place(rest)?)),
            "yaml" => file(Format::Yaml, rest),
            "json" => file(Format::Json, rest),
            "text" if rest.is_empty() => Ok(Self::Text),
            _ => Err(format!("'{info}' says no kind: console, sh, yaml, json, text, untried: WHY")),
        }
    }

    /// Where its commands are run; absent where there are none, or nobody runs them.
    pub const fn place(&self) -> Option<Place> {
        match self {
            Self::Console(place) | Self::Script(place) => Some(*place),
            _ => None,
        }
    }
}

fn place(word: &str) -> Result<Place, String> {
    match PLACES.iter().find(|(known, _)| *known == word) {
        Some((_, place)) => Ok(*place),
        None if word.is_empty() => Ok(Place::Here),
        None => Err(format!("'{word}' is no place: api, cluster, everywhere, untried: WHY")),
    }
}

fn file(format: Format, words: &str) -> Result<Kind, String> {
    let mut name = None;
    let mut used_as = Use::Itself;
    for word in words.split_whitespace() {
        match USES.iter().find(|(known, _)| *known == word) {
            Some((_, known)) => used_as = *known,
            None if word.contains('.') => name = Some(word.to_owned()),
            None => return Err(format!("'{word}' is neither a file's name nor profile or values")),
        }
    }
    Ok(Kind::File { format, name, used_as })
}
