//! Stand-ins for screenshots: a shop page as flat shapes, a little different for each step.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// The page after the given step, as PNG, 900 by 600: 1200 by 800 CSS pixels at a scale of 0.75.
pub(crate) fn shop(step: u32) -> Vec<u8> {
    let mut page = RgbImage::from_pixel(900, 600, Rgb([252, 252, 250]));
    let ink = Rgb([52, 56, 66]);
    let pale = Rgb([218, 220, 224]);
    fill(&mut page, (0, 0, 1200, 64), ink);
    fill(&mut page, (32, 22, 140, 20), Rgb([240, 240, 240]));
    fill(&mut page, (420, 16, 360, 32), Rgb([86, 92, 104]));
    fill(&mut page, (1110, 20, 56, 24), Rgb([86, 92, 104]));
    let tint = (step * 19 % 90) as u8;
    fill(&mut page, (48, 112, 520, 560), Rgb([176 - tint, 196, 220]));
    fill(&mut page, (620, 120, 372, 30), ink);
    for line in 0..4 {
        fill(&mut page, (620, 180 + line * 30, 420 - line * 37, 12), pale);
    }
    fill(&mut page, (620, 330, 110, 26), ink);
    fill(&mut page, (812, 372, 180, 44), Rgb([24, 96, 178]));
    fill(&mut page, (856, 388, 92, 12), Rgb([255, 255, 255]));
    for card in 0..3 {
        fill(&mut page, (620 + card * 180, 500, 160, 172), pale);
    }
    let mut png = Cursor::new(Vec::new());
    page.write_to(&mut png, ImageFormat::Png).expect("a PNG");
    png.into_inner()
}

fn fill(page: &mut RgbImage, (left, top, width, height): (u32, u32, u32, u32), ink: Rgb<u8>) {
    for y in top * 3 / 4..(top + height) * 3 / 4 {
        for x in left * 3 / 4..(left + width) * 3 / 4 {
            page.put_pixel(x, y, ink);
        }
    }
}
