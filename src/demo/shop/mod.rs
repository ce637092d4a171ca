//! The bundled shop: a front server and three services behind it, in two releases. How it starts
//! and stops is here; what each server does is in its own folder.

mod cart;
mod catalog;
mod front;
mod money;
mod payment;
mod release;
mod server;
mod service;
#[cfg(test)]
mod tests;
mod visitors;

use std::io;

use self::release::Regressions;
pub use self::release::{ShopRelease, UnknownRelease};
use self::server::Server;
use self::service::Service;

/// A running shop. It ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Shop {
    front: Server,
    catalog: Server,
    cart: Server,
    payment: Server,
}

impl Shop {
    /// Starts the front on this loopback port, or on a free one, and its three services on free
    /// ports.
    ///
    /// # Errors
    ///
    /// When a port cannot be had.
    pub async fn start(release: ShopRelease, port: Option<u16>) -> io::Result<Shop> {
        let regressions = Regressions::of(release);
        let catalog = Server::start(catalog::router(regressions), None).await?;
        let to_catalog = Service::new("catalog", catalog.origin());
        let cart = Server::start(cart::router(to_catalog.clone(), regressions), None).await?;
        let payment = Server::start(payment::router(regressions), None).await?;
        let services = front::Services {
            catalog: to_catalog,
            cart: Service::new("cart", cart.origin()),
            payment: Service::new("payment", payment.origin()),
        };
        let front = Server::start(front::router(release, services), port).await?;
        Ok(Shop { front, catalog, cart, payment })
    }

    /// Where a browser finds it: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        self.front.origin().to_owned()
    }

    /// The services behind the front: name and origin.
    #[must_use]
    pub fn services(&self) -> Vec<(&'static str, String)> {
        let origin = |server: &Server| server.origin().to_owned();
        vec![
            ("catalog", origin(&self.catalog)),
            ("cart", origin(&self.cart)),
            ("payment", origin(&self.payment)),
        ]
    }

    /// Stops the front first, so that no request finds its services gone.
    pub async fn stop(self) {
        self.front.stop().await;
        self.cart.stop().await;
        self.catalog.stop().await;
        self.payment.stop().await;
    }
}
