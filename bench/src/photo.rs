//! Photographs of 100 KiB, all different: a real JPEG with a comment of its own.

use crate::Failure;
use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType};

const BYTES: usize = 100 * 1024;
/// The longest comment that one segment holds, with its length.
const SEGMENT: usize = 65_000;

/// The picture that all of them show.
pub fn base() -> Result<Vec<u8>, Failure> {
    // Grain of four pixels: about as hard to compress as a photograph.
    let grain = RgbImage::from_fn(320, 240, |x, y| {
        let chance = mix(u64::from(x) << 32 | u64::from(y)).to_le_bytes();
        let [x, y] = [x / 2, y].map(|v| v.to_le_bytes()[0]);
        Rgb([x ^ (chance[0] >> 3), y ^ (chance[1] >> 3), chance[2] >> 2])
    });
    let picture = image::imageops::resize(&grain, 1280, 960, FilterType::Triangle);
    for quality in (10..=80).rev().step_by(10) {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&picture).map_err(Failure::new)?;
        if bytes.len() + 8 <= BYTES {
            return Ok(bytes);
        }
    }
    Err(Failure::new("the picture cannot be made small enough"))
}

/// Photograph number `n`.
pub fn unique(base: &[u8], n: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BYTES);
    bytes.extend_from_slice(&base[..2]);
    let mut left = BYTES - base.len();
    let mut state = mix(n);
    while left >= 8 {
        let segment = if left > SEGMENT { SEGMENT.min(left - 8) } else { left };
        bytes.extend_from_slice(&[0xFF, 0xFE]);
        bytes.extend_from_slice(&u16::try_from(segment - 2).unwrap_or(u16::MAX).to_be_bytes());
        for _ in 0..segment - 4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.push((state >> 56) as u8);
        }
        left -= segment;
    }
    bytes.extend_from_slice(&base[2..]);
    bytes
}

/// Sixty-four bits that look like chance and are always the same for `n` (splitmix64).
pub fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
