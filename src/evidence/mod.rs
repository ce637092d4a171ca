//! Composes what a finding keeps: pictures, HAR, console. It works over bytes and signals that
//! others collected, asks no browser and opens no file.

pub mod console;
pub mod filmstrip;
pub mod har;
mod lettering;
pub mod picture;

pub use console::console;
pub use filmstrip::{Frame, filmstrip};
pub use har::har;
pub use picture::{PictureError, mark};
