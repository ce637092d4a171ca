//! One screenshot with the target outlined and the step named. Many of them side by side are a
//! `filmstrip`.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageFormat, ImageReader, Rgb, RgbImage};

use super::lettering::{self, Style};
use crate::record::Rect;

/// Why a picture cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The screenshot is no PNG that can be read.
    #[error("the screenshot cannot be read: {0}")]
    Unreadable(image::ImageError),
    /// The picture cannot be written as PNG.
    #[error("the picture cannot be written: {0}")]
    Unwritable(image::ImageError),
    /// There is nothing to show.
    #[error("there is no frame to show")]
    Empty,
}

/// The background of captions.
pub(super) const PAPER: Rgb<u8> = Rgb([24, 26, 31]);
/// The letters of captions.
pub(super) const INK: Rgb<u8> = Rgb([244, 245, 247]);
/// The outline of the target, and the number of the failing frame.
pub(super) const ALARM: Rgb<u8> = Rgb([224, 36, 48]);

const HALO: Rgb<u8> = Rgb([255, 255, 255]);
/// How much of 255 the surroundings of a target are darkened: enough to lead the eye, little
/// enough to still read them.
const DIMMED: u8 = 46;
const CAPTION_LINES: usize = 3;
const MARGIN: u32 = 12;
/// No page is higher than this in a picture; a full-page screenshot of an endless list would
/// be.
const TALLEST: u32 = 8000;

/// A screenshot (PNG) with `target`, a box in CSS pixels, outlined, its surroundings dimmed,
/// and `caption` in a band above it. `scale` is the screenshot's pixels for one CSS pixel.
///
/// A target outside the picture is left out; the caption is there in any case.
///
/// # Errors
/// The bytes are no PNG, or the result cannot be encoded.
pub fn mark(
    png: &[u8],
    target: Option<Rect>,
    caption: &str,
    scale: f64,
) -> Result<Vec<u8>, PictureError> {
    let mut page = decode(png)?;
    if let Some(frame) = target.and_then(|rect| frame(rect, scale, page.dimensions())) {
        dim_outside(&mut page, frame);
        let thickness = if scale >= 2.0 { 4 } else { 3 };
        outline(&mut page, frame, thickness);
    }
    let (width, height) = page.dimensions();
    let columns = width.saturating_sub(2 * MARGIN) / Style::LARGE.advance();
    let lines = lettering::wrap(caption, columns.max(1) as usize, CAPTION_LINES);
    if lines.is_empty() {
        return encode(&page);
    }
    let band = lines.len() as u32 * Style::LARGE.line() + 2 * MARGIN - 4;
    let mut picture = RgbImage::from_pixel(width, height + band, PAPER);
    for (y, line) in (0u32..).zip(&lines) {
        let at = (MARGIN, MARGIN + y * Style::LARGE.line());
        lettering::write(&mut picture, at, Style::LARGE, INK, line);
    }
    image::imageops::replace(&mut picture, &page, 0, i64::from(band));
    encode(&picture)
}

/// A box in pixels: left, top, right, bottom; right and bottom are outside.
type Frame = (u32, u32, u32, u32);

/// The target in pixels, a little larger than it is, cut to the picture.
fn frame(rect: Rect, scale: f64, (width, height): (u32, u32)) -> Option<Frame> {
    const ROOM: f64 = 4.0;
    let edge = |value: f64, limit: u32| {
        let value = value.clamp(0.0, f64::from(limit));
        // A box that is no number is nowhere.
        if value.is_nan() { 0 } else { value.round() as u32 }
    };
    let (left, right) = (rect.x * scale - ROOM, (rect.x + rect.width) * scale + ROOM);
    let (top, bottom) = (rect.y * scale - ROOM, (rect.y + rect.height) * scale + ROOM);
    let frame = (edge(left, width), edge(top, height), edge(right, width), edge(bottom, height));
    (frame.0 < frame.2 && frame.1 < frame.3).then_some(frame)
}

fn dim_outside(page: &mut RgbImage, (left, top, right, bottom): Frame) {
    for (x, y, pixel) in page.enumerate_pixels_mut() {
        if !((left..right).contains(&x) && (top..bottom).contains(&y)) {
            *pixel = lettering::mix(*pixel, PAPER, DIMMED);
        }
    }
}

/// A red line with a white halo on both sides, so that it is seen on every background.
fn outline(page: &mut RgbImage, frame: Frame, thickness: u32) {
    const GLOW: u32 = 2;
    ring(page, frame, 0, GLOW, HALO);
    ring(page, frame, GLOW, thickness, ALARM);
    ring(page, frame, GLOW + thickness, GLOW, HALO);
}

/// A ring that begins `away` pixels outside of the frame, cut to the picture.
fn ring(page: &mut RgbImage, frame: Frame, away: u32, thickness: u32, ink: Rgb<u8>) {
    let (width, height) = page.dimensions();
    let grown = |by: u32| {
        let (left, top, right, bottom) = frame;
        (
            left.saturating_sub(by),
            top.saturating_sub(by),
            (right + by).min(width),
            (bottom + by).min(height),
        )
    };
    let (inner, outer) = (grown(away), grown(away + thickness));
    for y in outer.1..outer.3 {
        for x in outer.0..outer.2 {
            let inside = (inner.0..inner.2).contains(&x) && (inner.1..inner.3).contains(&y);
            if !inside {
                page.put_pixel(x, y, ink);
            }
        }
    }
}

pub(super) fn decode(png: &[u8]) -> Result<RgbImage, PictureError> {
    let reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    let page = reader.decode().map_err(PictureError::Unreadable)?.into_rgb8();
    let (width, height) = page.dimensions();
    if height <= TALLEST {
        return Ok(page);
    }
    Ok(image::imageops::crop_imm(&page, 0, 0, width, TALLEST).to_image())
}

pub(super) fn encode(picture: &RgbImage) -> Result<Vec<u8>, PictureError> {
    let mut png = Vec::new();
    // Pages are flat areas and text: filtering by the left neighbour costs little and is about
    // as small as trying every filter.
    PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Sub)
        .write_image(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .map_err(PictureError::Unwritable)?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: u32, height: u32) -> Vec<u8> {
        encode(&RgbImage::from_pixel(width, height, Rgb([250, 250, 250]))).expect("a PNG")
    }

    #[test]
    fn the_target_stands_out_and_the_page_is_whole() {
        let rect = Rect { x: 50.0, y: 40.0, width: 60.0, height: 20.0 };
        let marked = decode(&mark(&page(400, 300), Some(rect), "step 3: pay", 1.0).expect("marks"))
            .expect("a PNG");
        let band = marked.height() - 300;
        assert!(band > 20, "there is a caption");
        let at = |x: u32, y: u32| *marked.get_pixel(x, y + band);
        assert_eq!(at(80, 50), Rgb([250, 250, 250]), "the target itself is as it was");
        assert_ne!(at(300, 200), Rgb([250, 250, 250]), "the surroundings are dimmed");
        assert!(marked.pixels().any(|&p| p == ALARM) && marked.pixels().any(|&p| p == HALO));
    }

    #[test]
    fn survives_every_box() {
        let odd = [f64::NAN, f64::INFINITY, -1e300, -20.0, 0.0, 390.0, 1e300];
        for x in odd {
            for size in odd {
                let rect = Rect { x, y: size, width: size, height: x };
                assert!(mark(&page(400, 100), Some(rect), "", 2.0).is_ok(), "{rect:?}");
            }
        }
        assert!(mark(&page(1, 1), None, "a caption wider than the picture", 1.0).is_ok());
        assert!(matches!(mark(b"no png", None, "", 1.0), Err(PictureError::Unreadable(_))));
    }
}
