//! The steps before a failure as small frames side by side, each with its number and what was
//! done. Which steps are shown, the caller decides.

use image::imageops;
use image::{Rgb, RgbImage};

use super::lettering::{self, Style};
use super::picture::{ALARM, INK, PAPER, PictureError, decode, encode};

/// One frame: the page after a step.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The screenshot.
    pub png: &'a [u8],
    /// What was done, in words.
    pub caption: &'a str,
}

const ACROSS: usize = 4;
const WIDTH: u32 = 300;
/// A frame shows the top of a long page: what is beneath is too small to be read anyway.
const HEIGHT: u32 = 210;
const GAP: u32 = 10;
const CAPTION_LINES: usize = 2;
const PENDING: Rgb<u8> = Rgb([58, 62, 71]);

/// Lays the frames side by side, at most four in a row, numbered from `first`; the last one, where it
/// broke, has the colour of alarm.
///
/// A frame whose screenshot cannot be read keeps its place and its caption.
///
/// # Errors
/// There is no frame, or the result cannot be encoded.
pub fn filmstrip(frames: &[Frame<'_>], first: u32) -> Result<Vec<u8>, PictureError> {
    let Some(last) = frames.len().checked_sub(1) else { return Err(PictureError::Empty) };
    let shots: Vec<Option<RgbImage>> =
        frames.iter().map(|frame| decode(frame.png).ok().map(|page| shrink(&page))).collect();
    let tallest = shots.iter().flatten().map(RgbImage::height).max().unwrap_or(HEIGHT);
    let caption = CAPTION_LINES as u32 * Style::SMALL.line() + 6;
    let cell = (WIDTH + GAP, tallest + caption + GAP);
    let rows = frames.len().div_ceil(ACROSS);
    // Even rows: six frames are three and three, not four and two.
    let columns = frames.len().div_ceil(rows);
    let mut strip =
        RgbImage::from_pixel(columns as u32 * cell.0 + GAP, rows as u32 * cell.1 + GAP, PAPER);
    for (i, (frame, shot)) in frames.iter().zip(&shots).enumerate() {
        let (x, y) = (GAP + (i % columns) as u32 * cell.0, GAP + (i / columns) as u32 * cell.1);
        match shot {
            Some(shot) => imageops::replace(&mut strip, shot, i64::from(x), i64::from(y)),
            None => imageops::replace(
                &mut strip,
                &RgbImage::from_pixel(WIDTH, tallest, PENDING),
                i64::from(x),
                i64::from(y),
            ),
        }
        let number = format!(" {} ", first + i as u32);
        let badge = number.len() as u32 * Style::SMALL_BOLD.advance();
        let colour = if i == last { ALARM } else { PENDING };
        let top = y + tallest + 5;
        let plate = RgbImage::from_pixel(badge, Style::SMALL.line(), colour);
        imageops::replace(&mut strip, &plate, i64::from(x), i64::from(top));
        lettering::write(&mut strip, (x, top + 2), Style::SMALL_BOLD, INK, &number);
        let left = x + badge + 6;
        let room = ((WIDTH - badge - 6) / Style::SMALL.advance()) as usize;
        let lines = lettering::wrap(frame.caption, room, CAPTION_LINES);
        for (row, line) in (0u32..).zip(&lines) {
            let at = (left, top + 2 + row * Style::SMALL.line());
            lettering::write(&mut strip, at, Style::SMALL, INK, line);
        }
    }
    encode(&strip)
}

/// The top of the page, `WIDTH` wide.
fn shrink(page: &RgbImage) -> RgbImage {
    let (width, height) = page.dimensions();
    let visible = (u64::from(width) * u64::from(HEIGHT) / u64::from(WIDTH)).max(1);
    let visible = height.min(u32::try_from(visible).unwrap_or(height)).max(1);
    let top = imageops::crop_imm(page, 0, 0, width, visible).to_image();
    let scaled = u64::from(visible) * u64::from(WIDTH) / u64::from(width.max(1));
    let scaled = u32::try_from(scaled).unwrap_or(HEIGHT).clamp(1, HEIGHT);
    imageops::thumbnail(&top, WIDTH, scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_into_rows_and_keeps_the_place_of_what_cannot_be_read() {
        let page = encode(&RgbImage::from_pixel(1200, 840, Rgb([9, 200, 9]))).expect("a PNG");
        let frame = Frame { png: &page, caption: "click button “Add to cart”" };
        let broken = Frame { png: b"?", caption: "a screenshot that was cut off" };
        let strip = filmstrip(&[frame, frame, broken, frame, frame], 7).expect("a strip");
        let strip = decode(&strip).expect("a PNG");
        assert_eq!(strip.width(), 3 * 310 + 10, "three and two");
        assert!(strip.height() > 2 * 210);
        assert!(strip.pixels().any(|&p| p == ALARM));
        assert!(matches!(filmstrip(&[], 1), Err(PictureError::Empty)));
    }

    #[test]
    fn survives_pages_of_every_shape() {
        for (width, height) in [(1, 1), (1, 5000), (5000, 1)] {
            let page = encode(&RgbImage::new(width, height)).expect("a PNG");
            assert!(filmstrip(&[Frame { png: &page, caption: "" }], 1).is_ok());
        }
    }
}
