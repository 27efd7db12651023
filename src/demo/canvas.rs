//! A small canvas: enough to draw what an inspector's phone might have seen.

use super::dice::Dice;
use crate::kernel::{Error, Result};
use image::{DynamicImage, RgbImage, imageops::FilterType};

/// Width of the drawing; the photograph is twice as large.
pub const WIDTH: i32 = 320;
pub const HEIGHT: i32 = 240;
/// Quality of the JPEG.
const QUALITY: u8 = 66;

/// Red, green, blue.
pub type Colour = [u8; 3];

/// A drawing.
pub struct Canvas {
    pixels: Vec<u8>,
}

/// What a channel of a colour can show of `value`.
fn channel(value: i32) -> u8 {
    u8::try_from(value.clamp(0, 255)).unwrap_or(0)
}

/// A colour between two, in parts of 255.
pub fn between(one: Colour, other: Colour, part: i32) -> Colour {
    let part = part.clamp(0, 255);
    std::array::from_fn(|i| {
        let (a, b) = (i32::from(one[i]), i32::from(other[i]));
        channel(a + (b - a) * part / 255)
    })
}

/// Lighter by so much; darker when negative.
pub fn lighter(colour: Colour, by: i32) -> Colour {
    colour.map(|c| channel(i32::from(c) + by))
}

impl Canvas {
    pub fn new() -> Self {
        Self { pixels: vec![0; (WIDTH * HEIGHT * 3) as usize] }
    }

    /// From `x` so many pixels to the right, in row `y`.
    fn span(&mut self, x: i32, y: i32, width: i32, colour: Colour) {
        let (from, to) = (x.max(0), (x + width).min(WIDTH));
        if from >= to || !(0..HEIGHT).contains(&y) {
            return;
        }
        let row = ((y * WIDTH + from) * 3) as usize..((y * WIDTH + to) * 3) as usize;
        for pixel in self.pixels[row].chunks_exact_mut(3) {
            pixel.copy_from_slice(&colour);
        }
    }

    pub fn rect(&mut self, (x, y, width, height): (i32, i32, i32, i32), colour: Colour) {
        for row in y..y + height {
            self.span(x, row, width, colour);
        }
    }

    /// From one colour at the top to another at the foot.
    pub fn shade(&mut self, (x, y, width, height): (i32, i32, i32, i32), top: Colour, foot: Colour) {
        for row in 0..height {
            self.span(x, y + row, width, between(top, foot, row * 255 / height.max(1)));
        }
    }

    /// A box that light falls on from the left.
    pub fn block(&mut self, (x, y, width, height): (i32, i32, i32, i32), colour: Colour) {
        self.shade((x, y, width, height), lighter(colour, 14), lighter(colour, -18));
        self.rect((x, y, 2, height), lighter(colour, 34));
        self.rect((x + width - 3, y, 3, height), lighter(colour, -40));
        self.rect((x, y, width, 1), lighter(colour, 40));
        self.rect((x + 3, y + height, width - 2, 2), [40, 40, 40]);
    }

    /// A standing cylinder.
    pub fn drum(&mut self, (x, y, width, height): (i32, i32, i32, i32), colour: Colour) {
        for column in 0..width {
            let light = 36 - (column - width / 3).abs() * 90 / width.max(1);
            self.rect((x + column, y, 1, height), lighter(colour, light));
        }
        self.rect((x, y, width, 3), lighter(colour, 50));
    }

    pub fn disc(&mut self, x: i32, y: i32, radius: i32, colour: Colour) {
        for row in -radius..=radius {
            let half = (radius * radius - row * row).isqrt();
            self.span(x - half, y + row, half * 2 + 1, colour);
        }
    }

    pub fn ring(&mut self, (x, y): (i32, i32), radius: i32, width: i32, colour: Colour) {
        for row in -radius..=radius {
            let half = (radius * radius - row * row).isqrt();
            let inner = radius - width;
            let hole = if row.abs() < inner { (inner * inner - row * row).isqrt() } else { 0 };
            self.span(x - half, y + row, half - hole, colour);
            self.span(x + hole, y + row, half - hole, colour);
        }
    }

    pub fn line(&mut self, from: (i32, i32), to: (i32, i32), width: i32, colour: Colour) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let x = from.0 + (to.0 - from.0) * step / steps;
            let y = from.1 + (to.1 - from.1) * step / steps;
            self.rect((x - width / 2, y - width / 2, width, width), colour);
        }
    }

    /// A shape between two level edges: (y, left, right) above and below.
    pub fn slope(&mut self, above: (i32, i32, i32), below: (i32, i32, i32), top: Colour, foot: Colour) {
        let height = (below.0 - above.0).max(1);
        for row in 0..height {
            let left = above.1 + (below.1 - above.1) * row / height;
            let right = above.2 + (below.2 - above.2) * row / height;
            self.span(left, above.0 + row, right - left, between(top, foot, row * 255 / height));
        }
    }

    /// Lines that look like print from afar.
    pub fn print(&mut self, (x, y, width, lines): (i32, i32, i32, i32), colour: Colour, dice: &mut Dice) {
        for line in 0..lines {
            let mut at = x;
            while at < x + width - 6 {
                let word = dice.pixels(4, 15);
                self.rect((at, y + line * 7, word.min(x + width - at), 3), lighter(colour, dice.pixels(0, 40)));
                at += word + 3;
            }
        }
    }

    /// Something written by hand.
    pub fn scribble(&mut self, (x, y, width): (i32, i32, i32), colour: Colour, dice: &mut Dice) {
        let mut from = (x, y);
        while from.0 < x + width {
            let to = (from.0 + dice.pixels(2, 4), y + dice.pixels(-3, 3));
            self.line(from, to, 1, colour);
            from = if dice.percent(22) { (to.0 + 4, y) } else { to };
        }
    }

    /// A round seal.
    pub fn seal(&mut self, at: (i32, i32), radius: i32) {
        let red = [200, 40, 44];
        self.ring(at, radius, 2, red);
        for (x, y) in [(0, -4), (-4, 0), (4, 0), (-2, 4), (3, 4), (0, 0)] {
            self.disc(at.0 + x, at.1 + y, 2, red);
        }
    }

    /// As a phone would have taken it: darker towards the corners, with some grain, as a JPEG of 640 × 480.
    pub fn develop(mut self, dice: &mut Dice) -> Result<Vec<u8>> {
        let (light, warm) = (dice.pixels(-16, 12), dice.pixels(-6, 10));
        let far = (WIDTH * WIDTH + HEIGHT * HEIGHT) / 4;
        let mut grain = dice.roll() | 1;
        let places = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x - WIDTH / 2, y - HEIGHT / 2)));
        for (pixel, (x, y)) in self.pixels.chunks_exact_mut(3).zip(places) {
            grain ^= grain << 13;
            grain ^= grain >> 7;
            grain ^= grain << 17;
            let speck = i32::try_from(grain & 7).unwrap_or(0) - 3;
            let add = light - (x * x + y * y) * 46 / far + speck;
            for (value, tint) in pixel.iter_mut().zip([warm, 0, -warm]) {
                *value = channel(i32::from(*value) + add + tint);
            }
        }
        let image = RgbImage::from_raw(WIDTH as u32, HEIGHT as u32, self.pixels);
        let image = image.ok_or_else(|| Error::broken("a canvas without its pixels"))?;
        let large =
            DynamicImage::ImageRgb8(image).resize_exact(WIDTH as u32 * 2, HEIGHT as u32 * 2, FilterType::Triangle);
        let mut jpeg = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
        large.write_with_encoder(encoder).map_err(Error::broken)?;
        Ok(jpeg)
    }
}
