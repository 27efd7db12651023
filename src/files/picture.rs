//! Pictures: whether they are ones, how large, what they claim of time and place, and a small copy to look at.

use super::{
    degrees::Degrees,
    jpeg as file,
    model::{DAMAGED, Media},
};
use crate::kernel::{Error, Result};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, metadata::Orientation};
use std::{
    fs::File,
    io::{BufRead, BufReader, Cursor, Seek},
    path::Path,
};

/// The longer side of the small picture, in pixels.
const SMALL: u32 = 320;
/// Pictures with more pixels are kept as they are, without a small copy: opening one takes four bytes or more of
/// memory for each pixel, and a few kilobytes can claim to be thousands of millions of them.
const MOST_PIXELS: u64 = 64_000_000;
/// Memory for opening one picture.
const MEMORY: u64 = 512 * 1024 * 1024;

/// What was found out about a picture.
#[derive(Debug, Default)]
pub struct Picture {
    /// As it is to be looked at: turned the way the camera was held.
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// Whether [`small`] can make a small copy of it.
    pub can_be_small: bool,
    pub claims: Claims,
}

/// What a picture says of its own origin (EXIF). Anybody can write anything there.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Claims {
    pub at: Option<String>,
    pub latitude: Option<Degrees>,
    pub longitude: Option<Degrees>,
}

/// Looks at the picture in `path`. Other kinds than JPEG are opened, which takes time and memory: see [`is_heavy`].
pub fn look(path: &Path, media: Media) -> Result<Picture> {
    let Some(format) = format(media) else {
        // No free decoder: HEIC is kept with what it claims, and downloaded to be looked at.
        let claims = if media == Media::Heif { claims(path)? } else { Claims::default() };
        return Ok(Picture { claims, ..Picture::default() });
    };
    let claims = claims(path)?;
    let Some(seen) = measure(path, format).map(Some).or_else(|e| unusual(e, media))? else {
        return Ok(Picture { claims, ..Picture::default() });
    };
    let (width, height) = if turns(seen.turn) { (seen.height, seen.width) } else { (seen.width, seen.height) };
    Ok(Picture { width: Some(width.into()), height: Some(height.into()), can_be_small: seen.opens, claims })
}

/// Whether [`look`] opens pictures of this kind: one at a time.
pub fn is_heavy(media: Media) -> bool {
    media != Media::Jpeg && format(media).is_some()
}

/// What is made of a picture when somebody looks at it, or at what it shows.
#[derive(Debug)]
pub struct Small {
    /// A JPEG of at most 320 pixels, without anything the original carries along.
    pub jpeg: Vec<u8>,
    /// A mark of what a photograph shows: see [`likeness`].
    pub likeness: Option<String>,
}

/// The small copy of a picture. Takes much time and memory: for a blocking thread, one at a time.
pub fn small(bytes: &[u8], media: Media) -> Result<Small> {
    let format = format(media).ok_or(Error::NotFound)?;
    let mut decoder = decoder(Cursor::new(bytes), format).map_err(Error::broken)?;
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let small = shrink(&DynamicImage::from_decoder(decoder).map_err(Error::broken)?, turn);
    // a drawing or a signature is a few lines on nothing: one is like another
    let likeness = if media == Media::Png { None } else { likeness(&small) };
    Ok(Small { jpeg: jpeg(&small)?, likeness })
}

const fn format(media: Media) -> Option<ImageFormat> {
    match media {
        Media::Jpeg => Some(ImageFormat::Jpeg),
        Media::Png => Some(ImageFormat::Png),
        Media::Webp => Some(ImageFormat::WebP),
        _ => None,
    }
}

struct Seen {
    width: u32,
    height: u32,
    turn: Orientation,
    /// Whether it can be opened within our memory.
    opens: bool,
}

fn decoder<'r>(from: impl BufRead + Seek + 'r, format: ImageFormat) -> Result<impl ImageDecoder + 'r, ImageError> {
    let mut reader = ImageReader::with_format(from, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    reader.into_decoder()
}

fn measure(path: &Path, format: ImageFormat) -> Result<Seen, ImageError> {
    let mut decoder = decoder(BufReader::new(File::open(path)?), format)?;
    let (width, height) = decoder.dimensions();
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let fits = u64::from(width) * u64::from(height) <= MOST_PIXELS;
    let opens = match format {
        ImageFormat::Jpeg if file::comes_to_its_end(&mut BufReader::new(File::open(path)?))? => fits,
        ImageFormat::Jpeg => return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()),
        _ => fits && within_memory(DynamicImage::from_decoder(decoder))?.is_some(),
    };
    Ok(Seen { width, height, turn, opens })
}

fn within_memory(opened: Result<DynamicImage, ImageError>) -> Result<Option<DynamicImage>, ImageError> {
    match opened {
        Ok(image) => Ok(Some(image)),
        Err(ImageError::Limits(_)) => Ok(None),
        Err(e) => Err(e),
    }
}

/// A picture of a kind that our decoder does not know is kept without a small copy; one that is broken is refused
/// while whoever took it can still take it again.
fn unusual(error: ImageError, media: Media) -> Result<Option<Seen>> {
    match error {
        ImageError::Unsupported(_) | ImageError::Limits(_) => Ok(None),
        // A file that ends too early shows as this, too; ours are on our own disk.
        ImageError::Decoding(_) | ImageError::IoError(_) => DAMAGED.with("media", media.code()).refuse(),
        other => Err(Error::broken(other)),
    }
}

const fn turns(turn: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(turn, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

/// A picture of at most 320 pixels, turned the way the camera was held.
fn shrink(image: &DynamicImage, turn: Orientation) -> DynamicImage {
    let is_large = image.width() > SMALL || image.height() > SMALL;
    let mut small = if is_large { image.thumbnail(SMALL, SMALL) } else { image.clone() };
    small.apply_orientation(turn);
    small
}

/// The difference hash of a picture (Krawetz 2013): made small and grey, 64 bits say which of its cells are brighter than
/// their right neighbours; 16 hexadecimal digits. Two pictures of one view have nearly the same, whatever their size and
/// compression. None of a picture that shows next to nothing.
fn likeness(small: &DynamicImage) -> Option<String> {
    let grey = small.resize_exact(9, 8, image::imageops::FilterType::Triangle).to_luma8();
    let (dark, bright) = grey.pixels().fold((255, 0), |(low, high), p| (p.0[0].min(low), p.0[0].max(high)));
    let cells = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
    let brightness = |x, y| grey.get_pixel(x, y).0[0];
    let bits = cells.fold(0_u64, |bits, (x, y)| bits << 1 | u64::from(brightness(x, y) > brightness(x + 1, y)));
    let shows = bright - dark.min(bright) >= 24 && (8..=56).contains(&bits.count_ones());
    shows.then(|| format!("{bits:016x}"))
}

fn jpeg(small: &DynamicImage) -> Result<Vec<u8>> {
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 78);
    on_white(small).write_with_encoder(encoder).map_err(Error::broken)?;
    Ok(jpeg)
}

/// JPEG knows no transparency; a drawing or a signature on nothing is meant to stand on paper.
fn on_white(image: &DynamicImage) -> image::RgbImage {
    let mut flat = image::RgbImage::new(image.width(), image.height());
    for (under, over) in flat.pixels_mut().zip(image.to_rgba8().pixels()) {
        let [red, green, blue, alpha] = over.0.map(u16::from);
        under.0 = [red, green, blue].map(|c| u8::try_from((c * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255));
    }
    flat
}

fn claims(path: &Path) -> Result<Claims> {
    let mut file = BufReader::new(File::open(path).map_err(Error::broken)?);
    let Ok(found) = exif::Reader::new().read_from_container(&mut file) else { return Ok(Claims::default()) };
    let latitude = degrees(&found, exif::Tag::GPSLatitude, exif::Tag::GPSLatitudeRef, 90.0);
    let longitude = degrees(&found, exif::Tag::GPSLongitude, exif::Tag::GPSLongitudeRef, 180.0);
    let (latitude, longitude) = latitude.zip(longitude).unzip();
    Ok(Claims { at: taken_at(&found), latitude, longitude })
}

fn taken_at(found: &exif::Exif) -> Option<String> {
    let mut at = exif::DateTime::from_ascii(ascii(found, exif::Tag::DateTimeOriginal)?).ok()?;
    if let Some(offset) = ascii(found, exif::Tag::OffsetTimeOriginal) {
        // An offset that cannot be read leaves the time as it is.
        let _ = at.parse_offset(offset);
    }
    let [month, day, hour, minute, second] =
        [at.month, at.day, at.hour, at.minute, at.second].map(|n| i8::try_from(n).ok());
    let time = jiff::civil::DateTime::new(i16::try_from(at.year).ok()?, month?, day?, hour?, minute?, second?, 0);
    let offset = at.offset.filter(|minutes| minutes.abs() <= 14 * 60).map(|minutes| {
        let sign = if minutes < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    });
    Some(format!("{}{}", time.ok()?, offset.unwrap_or_default()))
}

fn degrees(found: &exif::Exif, tag: exif::Tag, side: exif::Tag, limit: f64) -> Option<Degrees> {
    let exif::Value::Rational(parts) = &found.get_field(tag, exif::In::PRIMARY)?.value else { return None };
    let [degrees, minutes, seconds] = parts.get(..3)?.first_chunk()?.map(|part| part.to_f64());
    let value = degrees + minutes / 60.0 + seconds / 3600.0;
    let sign = match ascii(found, side)?.first()? {
        b'N' | b'E' => 1.0,
        b'S' | b'W' => -1.0,
        _ => return None,
    };
    Degrees::within(sign * value, limit)
}

fn ascii(found: &exif::Exif, tag: exif::Tag) -> Option<&[u8]> {
    match &found.get_field(tag, exif::In::PRIMARY)?.value {
        exif::Value::Ascii(lines) => lines.first().map(Vec::as_slice),
        _ => None,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::io::Write;

    /// A JPEG of these measures, dark above and light below, with `exif` in it.
    pub fn jpeg(width: u32, height: u32, exif: Option<&[u8]>) -> Vec<u8> {
        let shade = |_, y| image::Rgb([if y < height / 2 { 20 } else { 230 }; 3]);
        let picture = image::RgbImage::from_fn(width, height, shade);
        let mut bytes = Vec::new();
        picture.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80)).unwrap();
        if let Some(exif) = exif {
            let length = u16::try_from(exif.len() + 8).unwrap().to_be_bytes();
            bytes.splice(2..2, [&[0xff, 0xe1], length.as_slice(), b"Exif\0\0", exif].concat());
        }
        bytes
    }

    /// EXIF of a phone held upright in Zhengding on 14 June 2023.
    pub fn phone() -> Vec<u8> {
        use exif::{In, Rational, Tag, Value};
        let parts =
            |d, m, s| Value::Rational([(d, 1), (m, 1), (s, 100)].map(|(num, denom)| Rational { num, denom }).to_vec());
        let text = |t: &str| Value::Ascii(vec![t.as_bytes().to_vec()]);
        let fields = [
            (Tag::Orientation, Value::Short(vec![6])),
            (Tag::DateTimeOriginal, text("2023:06:14 09:30:05")),
            (Tag::OffsetTimeOriginal, text("+08:00")),
            (Tag::GPSLatitudeRef, text("N")),
            (Tag::GPSLatitude, parts(38, 8, 4723)),
            (Tag::GPSLongitudeRef, text("E")),
            (Tag::GPSLongitude, parts(114, 34, 1200)),
        ]
        .map(|(tag, value)| exif::Field { tag, ifd_num: In::PRIMARY, value });
        let mut writer = exif::experimental::Writer::new();
        for field in &fields {
            writer.push_field(field);
        }
        let mut out = std::io::Cursor::new(Vec::new());
        writer.write(&mut out, false).unwrap();
        out.into_inner()
    }

    fn seen(bytes: &[u8], media: Media) -> Result<Picture> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        look(file.path(), media)
    }

    fn shrunk(bytes: &[u8], media: Media) -> Vec<u8> {
        small(bytes, media).unwrap().jpeg
    }

    /// A PNG that claims to be this large and has next to nothing in it.
    pub fn bomb(side: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        image::GrayImage::new(1, 1).write_with_encoder(image::codecs::png::PngEncoder::new(&mut bytes)).unwrap();
        bytes[16..20].copy_from_slice(&side.to_be_bytes());
        bytes[20..24].copy_from_slice(&side.to_be_bytes());
        let checksum = crc(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
        bytes
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }

    #[test]
    fn a_photo_is_turned_as_the_phone_was_held() {
        let picture = seen(&jpeg(800, 600, Some(&phone())), Media::Jpeg).unwrap();
        assert_eq!((picture.width, picture.height), (Some(600), Some(800)));
        let small = image::load_from_memory(&shrunk(&jpeg(800, 600, Some(&phone())), Media::Jpeg)).unwrap().to_luma8();
        assert_eq!(small.dimensions(), (240, 320));
        // What was above in the sensor is on the right after a quarter turn clockwise.
        assert!(small.get_pixel(230, 160).0[0] < 60 && small.get_pixel(10, 160).0[0] > 190);
    }

    #[test]
    fn time_and_place_are_read_as_claims_and_do_not_go_into_the_small_picture() {
        let picture = seen(&jpeg(400, 400, Some(&phone())), Media::Jpeg).unwrap();
        assert_eq!(picture.claims.at.as_deref(), Some("2023-06-14T09:30:05+08:00"));
        let place = (picture.claims.latitude.unwrap().value(), picture.claims.longitude.unwrap().value());
        assert_eq!(place, (38.146_453, 114.57));
        let small = shrunk(&jpeg(400, 400, Some(&phone())), Media::Jpeg);
        assert!(!small.windows(4).any(|w| w == b"Exif"));
    }

    /// A view with something in it, a little different for each `n`, of this size and compression.
    fn view(n: u32, side: u32, quality: u8) -> Vec<u8> {
        let shade = |x: u32, y: u32| ((x * 7 / side * (3 + n) + y * 5 / side * 11) * 37 % 256).to_le_bytes()[0];
        let picture = image::RgbImage::from_fn(side, side, |x, y| image::Rgb([shade(x, y); 3]));
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
        picture.write_with_encoder(encoder).unwrap();
        bytes
    }

    #[test]
    fn a_copy_has_nearly_the_same_mark_and_another_view_has_not() {
        let mark = |bytes: &[u8]| {
            let text = small(bytes, Media::Jpeg).unwrap().likeness.unwrap();
            u64::from_str_radix(&text, 16).unwrap()
        };
        let (first, copy, other) = (mark(&view(1, 900, 90)), mark(&view(1, 640, 50)), mark(&view(2, 900, 90)));
        assert!((first ^ copy).count_ones() <= 3, "{first:x} {copy:x}");
        assert!((first ^ other).count_ones() > 8, "{first:x} {other:x}");
        assert_eq!(small(&jpeg(400, 400, None), Media::Jpeg).unwrap().likeness, None, "next to nothing to be seen");
    }

    #[test]
    fn nonsense_in_exif_claims_nothing() {
        let mut exif = phone();
        let at = exif.windows(10).position(|w| w == b"2023:06:14").unwrap();
        exif[at..at + 10].copy_from_slice(b"2023:13:99");
        assert_eq!(seen(&jpeg(40, 40, Some(&exif)), Media::Jpeg).unwrap().claims.at, None);
        assert_eq!(seen(&jpeg(40, 40, Some(b"MM\0*\xff\xff\xff\xff")), Media::Jpeg).unwrap().claims, Claims::default());
    }

    #[test]
    fn a_bomb_is_kept_shut() {
        let picture = seen(&bomb(50_000), Media::Png).unwrap();
        assert_eq!((picture.width, picture.can_be_small), (Some(50_000), false));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let broken = [b"\xff\xd8\xff\xe0".as_slice(), &[7; 500]].concat();
        for (bytes, media) in
            [(broken.as_slice(), Media::Jpeg), (&bomb(1000), Media::Png), (b"RIFF....WEBP", Media::Webp)]
        {
            assert_eq!(seen(bytes, media).unwrap_err().refusal().code, "files.damaged", "{media}");
        }
    }

    #[test]
    fn a_signature_on_nothing_stands_on_white() {
        let mut bytes = Vec::new();
        let clear = image::RgbaImage::new(20, 10);
        clear.write_with_encoder(image::codecs::png::PngEncoder::new(&mut bytes)).unwrap();
        assert!(seen(&bytes, Media::Png).unwrap().can_be_small);
        let small = shrunk(&bytes, Media::Png);
        assert!(image::load_from_memory(&small).unwrap().to_luma8().pixels().all(|p| p.0[0] > 250));
    }
}
