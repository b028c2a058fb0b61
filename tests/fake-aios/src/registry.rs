//! The clusters registry as it answers when it is asked directly: an Express server.

use serde_json::{Map, Value, json};

use crate::clusters::{LIMIT_BYTES, Refused};
use crate::fault::{Outage, Weather};
use crate::request::{Answer, Request};
use crate::route::Route;
use crate::world::{World, database_down};

pub(crate) fn answer(
    world: &mut World,
    weather: &Weather,
    route: Route,
    arguments: &[String],
    request: &Request,
) -> Answer {
    let body = match body(request) {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let id = arguments.first().map(String::as_str).unwrap_or_default();
    let clusters = &mut world.clusters;
    let done = match route {
        Route::Groups => Err(Refused::Failed("groupService is not defined".to_owned())),
        _ if weather.has(Outage::Database) => Err(database_down()),
        Route::Create => clusters.create(&body),
        Route::Read => clusters.read(id),
        Route::Update => clusters.update(id, &body),
        Route::Delete => clusters.delete(id),
        _ => clusters.query(body.get("query").unwrap_or(&Value::Null)).map(Value::Array),
    };
    match done {
        Ok(value) => Answer::json(200, value),
        Err(refused) => Answer::json(refused.status(), json!({"error": refused.to_string()})),
    }
}

/// What Express makes of the body: nothing without the content type, a page where it cannot be read.
fn body(request: &Request) -> Result<Value, Answer> {
    if !request.announces_json() || request.body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    if request.body.len() > LIMIT_BYTES {
        return Err(page(413, "PayloadTooLargeError: request entity too large"));
    }
    serde_json::from_slice(&request.body)
        .map_err(|error| page(400, &format!("SyntaxError: Unexpected token in JSON: {error}")))
}

/// Express's page for an error.
pub(crate) fn page(status: u16, text: &str) -> Answer {
    Answer::html(
        status,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n\
             </head>\n<body>\n<pre>{text}</pre>\n</body>\n</html>\n"
        ),
    )
}
