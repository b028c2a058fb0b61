//! A page's markup: its tags are balanced, and its scripts and styles are its own.

/// Elements without an end.
const VOID: [&str; 5] = ["meta", "link", "br", "hr", "input"];

/// Elements in which nothing is markup.
const RAW: [&str; 2] = ["script", "style"];

/// The contents of its scripts and styles, in their order. Panics where the page is not well formed.
pub fn own(page: &str) -> Vec<&str> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap_or(page);
    let (mut open, mut own) = (Vec::new(), Vec::new());
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(end) = rest.strip_prefix('/') {
            let (name, behind) = end.split_once('>').expect("an end tag ends");
            assert_eq!(open.pop(), Some(name));
            rest = behind;
            continue;
        }
        let name = name(&mut rest);
        attributes(&mut rest);
        if RAW.contains(&name) {
            let (content, behind) = rest.split_once(&format!("</{name}>")).expect("it ends");
            own.push(content);
            rest = behind;
        } else if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
    own
}

fn name<'a>(rest: &mut &'a str) -> &'a str {
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').expect("a name ends");
    let (name, behind) = rest.split_at(end);
    assert!(!name.is_empty(), "{rest:.40}");
    *rest = behind;
    name
}

/// Reads attributes up to the end of the tag.
fn attributes(rest: &mut &str) {
    loop {
        *rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix('>') {
            *rest = behind;
            return;
        }
        let attribute = name(rest);
        assert!(!attribute.starts_with("on") && attribute != "style", "{attribute}");
        if let Some(value) = rest.strip_prefix("=\"") {
            let (value, behind) = value.split_once('"').expect("a value ends");
            assert!(!value.contains('<') && !value.contains("javascript:"), "{value}");
            *rest = behind;
        }
    }
}
