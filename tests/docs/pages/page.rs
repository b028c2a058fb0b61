//! What a page is made of: blocks of code, links, headings, words of code.

use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A page of Markdown.
#[derive(Debug, Default)]
pub struct Page {
    pub path: PathBuf,
    pub text: String,
    pub blocks: Vec<Block>,
    pub links: Vec<String>,
    pub headings: Vec<String>,
    /// What stands between single backticks.
    pub quoted: Vec<String>,
}

/// A block of code.
#[derive(Debug)]
pub struct Block {
    /// Where it begins, from 1 on.
    pub line: usize,
    /// The words behind its fence; absent where it is only indented.
    pub info: Option<String>,
    pub text: String,
}

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the project's folder")
}

/// Every page: those at the top, of deployment, and all below `docs`.
pub fn pages() -> Vec<Page> {
    let folders = ["", "deploy", "deploy/chart"];
    let mut paths: Vec<PathBuf> =
        folders.iter().flat_map(|folder| entries(&root().join(folder))).collect();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        let (below, files) = entries(&folder).into_iter().partition(|entry| entry.is_dir());
        folders.extend::<Vec<PathBuf>>(below);
        paths.extend::<Vec<PathBuf>>(files);
    }
    paths.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    paths.iter().map(|path| Page::read(path)).collect()
}

/// What is in a folder.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

impl Page {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a page");
        Self { path: path.to_owned(), ..Self::of(text) }
    }

    /// The page of this text.
    pub fn of(text: String) -> Self {
        let mut page = Self::default();
        let mut is_block = false;
        let mut is_heading = false;
        for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    is_block = true;
                    let info = match kind {
                        CodeBlockKind::Fenced(info) => Some(info.into_string()),
                        CodeBlockKind::Indented => None,
                    };
                    let line = text[..range.start].matches('\n').count() + 1;
                    page.blocks.push(Block { line, info, text: String::new() });
                }
                Event::End(TagEnd::CodeBlock) => is_block = false,
                Event::Start(Tag::Heading { .. }) => {
                    is_heading = true;
                    page.headings.push(String::new());
                }
                Event::End(TagEnd::Heading(_)) => is_heading = false,
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Text(part) if is_block => {
                    page.blocks.last_mut().expect("a block").text.push_str(&part);
                }
                Event::Text(part) if is_heading => page.heading(&part),
                Event::Code(part) => {
                    if is_heading {
                        page.heading(&part);
                    }
                    page.quoted.push(part.into_string());
                }
                _ => {}
            }
        }
        Self { text, ..page }
    }

    fn heading(&mut self, part: &str) {
        self.headings.last_mut().expect("a heading").push_str(part);
    }

    /// The page's path from the project's folder on.
    pub fn name(&self) -> String {
        let path = self.path.strip_prefix(root()).unwrap_or(&self.path);
        path.display().to_string()
    }
}
