//! How this terminal wants to be written to.

use std::io::IsTerminal;

use crate::diagnostic::Color;
use crate::report::Palette;

/// Columns where nobody says how many.
const WIDTH: usize = 100;

/// Whether results on stdout are coloured.
#[must_use]
pub fn palette() -> Palette {
    if wants_colour() && std::io::stdout().is_terminal() { Palette::Colour } else { Palette::Plain }
}

/// Whether diagnostics on stderr are coloured.
#[must_use]
pub fn color() -> Color {
    if wants_colour() && std::io::stderr().is_terminal() { Color::Always } else { Color::Never }
}

/// The terminal's width in columns.
#[must_use]
pub fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(WIDTH)
}

/// <https://no-color.org>: any value that is not empty.
fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
