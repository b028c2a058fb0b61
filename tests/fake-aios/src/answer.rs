//! From a request to an answer: finds the service and the route. All of it is synchronous, on the world
//! that it is given.

use std::time::Instant;

use crate::fault::{Fault, Weather};
use crate::request::{Answer, Content, Request};
use crate::route::{Destination, Route, Service, find};
use crate::world::World;
use crate::{control, gateway, membership, parser, registry};

/// The route of a request, where it has one.
pub(crate) fn route_of(service: Service, request: &Request) -> Option<Route> {
    match find(service, &request.method, &request.path) {
        Destination::Route(route, _) => Some(route),
        Destination::OtherMethods(_) | Destination::Nowhere => None,
    }
}

/// Carries a request out.
pub(crate) fn answer(
    world: &mut World,
    service: Service,
    request: &Request,
    faults: &[Fault],
) -> Answer {
    world.settle(Instant::now());
    match find(service, &request.method, &request.path) {
        Destination::Route(route, arguments) => {
            let weather = Weather::of(faults, |service| world.switches.is_stopped(service));
            routed(world, service, route, &arguments, request, &weather)
        }
        Destination::OtherMethods(methods) if service != Service::Registry => {
            let status = if request.method == "OPTIONS" { 200 } else { 405 };
            let page = if status == 200 { Content::Nothing } else { flask_page(405) };
            Answer { status, content: page, allow: Some(methods) }
        }
        _ if service == Service::Registry => {
            registry::page(404, &format!("Cannot {} {}", request.method, request.path))
        }
        _ => Answer { status: 404, content: flask_page(404), allow: None },
    }
}

fn routed(
    world: &mut World,
    service: Service,
    route: Route,
    arguments: &[String],
    request: &Request,
    weather: &Weather,
) -> Answer {
    match service {
        Service::Parser => parser::answer(world, weather, route, arguments, request),
        Service::Gateway => gateway::answer(world, weather, route, arguments, request),
        Service::Registry => registry::answer(world, weather, route, arguments, request),
        Service::Tasks => world.tasks.answer(route, arguments, request),
        Service::Membership => membership::answer(world, route, arguments, request),
        Service::Addons => world.addons.answer(route, arguments, request),
        Service::Control => control::answer(world, route, arguments, request),
    }
}

/// Flask's page where a route or a method is unknown.
fn flask_page(status: u16) -> Content {
    let (title, text) = match status {
        405 => ("Method Not Allowed", "The method is not allowed for the requested URL."),
        _ => (
            "Not Found",
            "The requested URL was not found on the server. If you entered the URL manually please check \
             your spelling and try again.",
        ),
    };
    Content::Html(format!(
        "<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
    ))
}
