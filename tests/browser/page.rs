//! A page in the browser, and what can be asked of it.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::cdp::Cdp;
use thirtyfour::prelude::*;

/// A page that is open.
#[derive(Clone)]
pub struct Page {
    pub driver: WebDriver,
}

impl Page {
    /// Opens the file.
    pub async fn open(driver: WebDriver, file: &Path) -> WebDriverResult<Self> {
        driver.goto(format!("file://{}", file.display())).await?;
        Ok(Self { driver })
    }

    /// What the script answers.
    pub async fn ask<T: DeserializeOwned>(&self, script: &str) -> WebDriverResult<T> {
        self.driver.execute(script, Vec::<Value>::new()).await?.convert()
    }

    pub async fn find(&self, selector: &str) -> WebDriverResult<WebElement> {
        self.driver.query(By::Css(selector)).first().await
    }

    /// The texts of all that the selector finds and a reader sees.
    pub async fn seen(&self, selector: &str) -> WebDriverResult<Vec<String>> {
        let selector = json!(selector);
        self.ask(&format!(
            "return [...document.querySelectorAll({selector})].filter((it) => it.checkVisibility()).map((it) => it.textContent)"
        ))
        .await
    }

    /// Has the browser tell pages that somebody prefers these colors.
    pub async fn prefer(&self, colors: &str) -> WebDriverResult<()> {
        let features = json!([{ "name": "prefers-color-scheme", "value": colors }]);
        let asked = json!({ "features": features });
        Cdp::new(self.driver.handle().clone())
            .send_raw("Emulation.setEmulatedMedia", asked)
            .await?;
        Ok(())
    }

    /// Makes the window as wide as this many CSS pixels.
    pub async fn widen(&self, width: u32) -> WebDriverResult<()> {
        self.measure(width, 800).await
    }

    /// Makes the window as wide and as high as this many CSS pixels.
    pub async fn measure(&self, width: u32, height: u32) -> WebDriverResult<()> {
        let cdp = Cdp::new(self.driver.handle().clone());
        cdp.emulation().set_device_metrics_override(width, height, 1.0, false).await
    }

    /// Moves to the part of the page with this id, or to its beginning.
    pub async fn show(&self, part: &str) -> WebDriverResult<()> {
        let part = json!(part);
        let script = format!("(document.getElementById({part}) ?? document.body).scrollIntoView()");
        self.driver.execute(script, Vec::<Value>::new()).await.map(drop)
    }

    pub async fn hide_scrollbars(&self) -> WebDriverResult<()> {
        let cdp = Cdp::new(self.driver.handle().clone());
        let asked = json!({ "hidden": true });
        cdp.send_raw("Emulation.setScrollbarsHidden", asked).await.map(drop)
    }

    /// Asserts that the browser complained of nothing.
    pub async fn is_without_complaint(&self) -> WebDriverResult<()> {
        let log = self.driver.handle().get_log("browser").await?;
        assert!(log.is_empty(), "{log:?}");
        Ok(())
    }
}
