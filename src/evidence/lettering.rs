//! Letters on pictures, in an embedded font, so that a picture looks the same on every machine.
//! It knows Latin letters only; where they stand and what they say is the caller's.

use image::{Rgb, RgbImage};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

/// How large and heavy the letters are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    weight: FontWeight,
    size: RasterHeight,
}

impl Style {
    /// For captions under small frames.
    pub(super) const SMALL: Style =
        Style { weight: FontWeight::Regular, size: RasterHeight::Size16 };
    /// For the number of a frame.
    pub(super) const SMALL_BOLD: Style =
        Style { weight: FontWeight::Bold, size: RasterHeight::Size16 };
    /// For the caption of a whole picture.
    pub(super) const LARGE: Style = Style { weight: FontWeight::Bold, size: RasterHeight::Size20 };

    /// The width of one letter in pixels; all are alike.
    pub(super) const fn advance(self) -> u32 {
        get_raster_width(self.weight, self.size) as u32
    }

    /// From one line to the next, in pixels.
    pub(super) const fn line(self) -> u32 {
        self.size.val() as u32 + 4
    }
}

/// Writes one line of text with its upper left corner at `x`, `y`; what does not fit is cut.
pub(super) fn write(
    image: &mut RgbImage,
    (x, y): (u32, u32),
    style: Style,
    ink: Rgb<u8>,
    text: &str,
) {
    let mut left = x;
    for letter in text.chars() {
        let raster = get_raster(letter, style.weight, style.size)
            .or_else(|| get_raster('\u{00a4}', style.weight, style.size));
        let Some(raster) = raster else { continue };
        for (dy, row) in (0u32..).zip(raster.raster()) {
            for (dx, &cover) in (0u32..).zip(*row) {
                if cover > 0
                    && let Some(pixel) = image.get_pixel_mut_checked(left + dx, y + dy)
                {
                    *pixel = mix(*pixel, ink, cover);
                }
            }
        }
        left += style.advance();
    }
}

/// `over` on `under`, `cover` of 255 parts.
pub(super) fn mix(under: Rgb<u8>, over: Rgb<u8>, cover: u8) -> Rgb<u8> {
    let channel = |i: usize| {
        let (u, o, c) = (u32::from(under[i]), u32::from(over[i]), u32::from(cover));
        ((u * (255 - c) + o * c + 127) / 255).min(255) as u8
    };
    Rgb([channel(0), channel(1), channel(2)])
}

/// Breaks a text into at most `lines` lines of `columns` letters, between words where that is
/// possible; what is left out is shown by three dots.
pub(super) fn wrap(text: &str, columns: usize, lines: usize) -> Vec<String> {
    let text = latin(text);
    let mut wrapped: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let used = line.chars().count();
        if used > 0 && used + 1 + word.len() > columns {
            wrapped.push(std::mem::take(&mut line));
        } else if used > 0 {
            line.push(' ');
        }
        while word.len() > columns {
            let rest = word.split_off(columns);
            wrapped.push(word.iter().collect());
            word = rest;
        }
        line.extend(word);
    }
    if !line.is_empty() {
        wrapped.push(line);
    }
    if wrapped.len() > lines {
        wrapped.truncate(lines);
        if let Some(last) = wrapped.last_mut() {
            *last = last.chars().take(columns.saturating_sub(3)).collect::<String>() + "...";
        }
    }
    wrapped
}

/// The nearest text that the embedded font can write.
fn latin(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '“' | '”' | '„' => latin.push('"'),
            '‘' | '’' => latin.push('\''),
            '–' | '—' => latin.push('-'),
            '…' => latin.push_str("..."),
            '→' => latin.push_str("->"),
            letter if letter.is_control() => latin.push(' '),
            letter => latin.push(letter),
        }
    }
    latin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_between_words_and_cuts_what_is_too_much() {
        assert_eq!(wrap("click “Add to cart”", 12, 2), ["click \"Add", "to cart\""]);
        assert_eq!(wrap("a bb ccc dddd", 4, 2), ["a bb", "c..."]);
        assert_eq!(wrap("abcdefgh", 3, 5), ["abc", "def", "gh"]);
        assert!(wrap("", 10, 2).is_empty());
    }
}
