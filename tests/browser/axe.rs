//! axe-core: whether everybody can use the page.

use serde_json::Value;

use crate::driver::Result;
use crate::page::Page;

/// The variable with the file of axe-core.
const AXE: &str = "AXE";

/// What a finding must be called to fail a test.
const SERIOUS: [&str; 2] = ["serious", "critical"];

/// Why it cannot be asked; absent where it can.
pub fn missing() -> Option<String> {
    std::env::var_os(AXE).is_none().then(|| format!("{AXE} names no file: tests/run browser"))
}

/// Asserts that axe-core finds nothing serious, and that it looked.
pub async fn finds_nothing_serious(page: &Page, what: &str) -> Result {
    let script = std::fs::read_to_string(std::env::var_os(AXE).unwrap()).expect("axe-core");
    page.client.execute(&script, Vec::new()).await?;
    let found: Value =
        page.wait("axe.run().then(done, (error) => done({ error: String(error) }))").await?;
    let passed = found["passes"].as_array().map_or(0, Vec::len);
    assert!(passed > 10, "axe-core did not look at {what}: {found}");
    let is_serious = |finding: &&Value| {
        finding["impact"].as_str().is_some_and(|impact| SERIOUS.contains(&impact))
    };
    let findings: Vec<&Value> =
        found["violations"].as_array().unwrap().iter().filter(is_serious).collect();
    assert!(findings.is_empty(), "{what}: {findings:#?}");
    Ok(())
}
