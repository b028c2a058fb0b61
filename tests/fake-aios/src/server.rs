//! The edge: from HTTP to the world and back, with the faults that befall a request on its way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::header;
use axum::response::Response;

use crate::answer::{answer, route_of};
use crate::fault::{Fault, Outage};
use crate::line::{Cut, Door};
use crate::request::Request;
use crate::route::Service;
use crate::wire;
use crate::world::{Received, World};

/// The world, shared by the services' ports and whoever holds the fake.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// The world, alone. A panic of another thread while it held the world is no reason for one here.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request down, and takes the faults that befall it.
    fn receive(&self, service: Service, request: &Request) -> Vec<Fault> {
        let route = route_of(service, request);
        let mut world = self.lock();
        if service != Service::Control {
            world.received.push(Received {
                service,
                route,
                method: request.method.clone(),
                path: request.path.clone(),
                body: request.body.clone(),
                at: SystemTime::now(),
            });
        }
        world.faults.take(service, route)
    }
}

/// Serves one port until the runtime ends.
pub(crate) async fn serve(door: Door, service: Service, shared: Shared) {
    let routes = Router::new().fallback(handle).with_state((service, shared));
    // Its error type has no value: it serves until it is dropped.
    let _ = axum::serve(door, routes.into_make_service_with_connect_info::<Cut>()).await;
}

async fn handle(
    State((service, shared)): State<(Service, Shared)>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: axum::extract::Request,
) -> Response {
    let Some(request) = read(request).await else { return wire::reset(&cut) };
    let faults = shared.receive(service, &request);
    // A request is carried out even if its sender has gone: in AIOS nobody would notice.
    let carried_out = tokio::spawn(carry_out(service, shared, request, faults, cut.clone()));
    carried_out.await.unwrap_or_else(|_| wire::reset(&cut))
}

async fn carry_out(
    service: Service,
    shared: Shared,
    request: Request,
    faults: Vec<Fault>,
    cut: Cut,
) -> Response {
    wait(&faults, |fault| match fault {
        Fault::DelayRequest(delay) => Some(*delay),
        Fault::Hang => Some(Duration::MAX),
        _ => None,
    })
    .await;
    if resets(service, &faults) {
        return wire::reset(&cut);
    }
    if let Some(response) = wire::interception(&faults) {
        return response;
    }
    let answer = shared
        .lock()
        .noting(route_of(service, &request), |world| answer(world, service, &request, &faults));
    wait(&faults, |fault| match fault {
        Fault::DelayAnswer(delay) | Fault::DatabaseDown { after: delay } => Some(*delay),
        _ => None,
    })
    .await;
    if faults.contains(&Fault::LoseAnswer) {
        return wire::reset(&cut);
    }
    wire::response(service, &answer, &faults)
}

/// The request, whole, if its sender stayed that long.
async fn read(request: axum::extract::Request) -> Option<Request> {
    let (head, body) = request.into_parts();
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Some(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: axum::body::to_bytes(body, usize::MAX).await.ok()?,
    })
}

async fn wait(faults: &[Fault], delay: impl Fn(&Fault) -> Option<Duration>) {
    let delay = faults.iter().filter_map(delay).fold(Duration::ZERO, Duration::saturating_add);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// Whether nobody is there to take the request.
fn resets(service: Service, faults: &[Fault]) -> bool {
    let own = Some(Outage::Service(service));
    faults.iter().any(|fault| *fault == Fault::Reset || fault.outage() == own)
}
