//! The front server, the only one that a browser talks to: pages, assets, and the way to the
//! services. What the services know stays with them.

mod account;
mod assets;
mod checkout;
mod gateway;
mod markup;
mod pages;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::middleware;

use self::session::Session;
use super::release::{Regressions, ShopRelease};
use super::service::Service;
use super::visitors::{Doorkeeper, REMEMBERED, Visitors};

/// What every request of the front can reach.
#[derive(Debug)]
struct Front {
    release: ShopRelease,
    regressions: Regressions,
    door: Doorkeeper,
    sessions: Visitors<Session>,
    catalog: Service,
    cart: Service,
    payment: Service,
}

/// The services that the front stands before.
#[derive(Debug, Clone)]
pub(super) struct Services {
    pub(super) catalog: Service,
    pub(super) cart: Service,
    pub(super) payment: Service,
}

/// The front's requests.
pub(super) fn router(release: ShopRelease, services: Services) -> Router {
    let Services { catalog, cart, payment } = services;
    let front = Arc::new(Front {
        release,
        regressions: Regressions::of(release),
        door: Doorkeeper::default(),
        sessions: Visitors::new(REMEMBERED),
        catalog,
        cart,
        payment,
    });
    Router::new()
        .merge(pages::routes())
        .merge(account::routes())
        .merge(checkout::routes())
        .merge(gateway::routes())
        .fallback(pages::unknown)
        .layer(middleware::from_fn_with_state(Arc::clone(&front), session::recognise))
        // Outside the layer: assets make nobody a visitor.
        .merge(assets::routes())
        .with_state(front)
}
