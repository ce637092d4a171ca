//! The command line of desirepath.

fn main() {}
//! Runs the bundled shop alone, to try it.

mod demo;

use demo::shop::{Shop, ShopRelease};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let release: ShopRelease = std::env::args().nth(1).as_deref().unwrap_or("1.0").parse()?;
    let port = std::env::args().nth(2).map(|port| port.parse()).transpose()?;
    let shop = Shop::start(release, port).await?;
    println!("{}", shop.url());
    tokio::signal::ctrl_c().await?;
    shop.stop().await;
    Ok(())
}
