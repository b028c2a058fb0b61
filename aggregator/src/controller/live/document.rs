//! The cluster's document as it would be submitted now.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::Source;
use crate::controller::picture::Picture;
use crate::controller::shared::Shared;
use crate::report::Shown;

/// The document, without what is secret; or what is not known, on a line each.
pub async fn document(State(source): State<Arc<Source>>) -> Result<Response, StatusCode> {
    let text = source.make(|source| text(&source.shared)).await?;
    Ok(match text {
        Ok(text) => ([(CONTENT_TYPE, "application/json")], text + "\n").into_response(),
        Err(lines) => (StatusCode::SERVICE_UNAVAILABLE, lines + "\n").into_response(),
    })
}

fn text(shared: &Shared) -> Result<String, String> {
    let (onboarding, sight) = {
        let view = shared.view();
        if !view.is_whole() {
            return Err(view.unknown().join("\n"));
        }
        (view.cluster().cloned(), view.sight())
    };
    let onboarding = onboarding.ok_or("there is no ClusterOnboarding 'cluster'")?;
    let picture = Picture::of(onboarding, sight);
    let measured = picture.measured().ok_or("the nodes cannot be summed")?;
    Shown::of(picture.onboarding.spec.profile, measured, &picture.coverage)?.text()
}
