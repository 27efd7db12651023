//! Whether a JPEG has come whole: a photograph cut off by a bad line begins as it should and has no end.

use std::io::{self, BufRead, Read, Seek};

const MARK: u8 = 0xff;
const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Whether the picture's data are followed by the mark of its end. What a phone may have appended after it does not
/// matter, nor does a small picture within the header (ITU-T T.81 B.1.1).
pub fn comes_to_its_end(picture: &mut (impl BufRead + Seek)) -> io::Result<bool> {
    match walk(picture) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        walked => walked.map(|()| true),
    }
}

fn walk(picture: &mut (impl BufRead + Seek)) -> io::Result<()> {
    picture.seek_relative(2)?;
    // The segments before the data say their own length.
    loop {
        let mark = next_mark(picture)?;
        let [high, low] = [byte(picture)?, byte(picture)?];
        picture.seek_relative(i64::from(u16::from_be_bytes([high, low])) - 2)?;
        if mark == START_OF_SCAN {
            break;
        }
    }
    // Within the data, 0xFF is followed by zero or by a mark.
    while next_mark(picture)? != END_OF_IMAGE {}
    Ok(())
}

fn next_mark(picture: &mut impl BufRead) -> io::Result<u8> {
    if picture.skip_until(MARK)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    loop {
        let mark = byte(picture)?;
        if mark != MARK {
            return Ok(mark);
        }
    }
}

fn byte(picture: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    picture.read_exact(&mut byte)?;
    Ok(byte[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::picture::tests::{jpeg, phone};
    use std::io::Cursor;

    fn is_whole(bytes: &[u8]) -> bool {
        comes_to_its_end(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_photograph_that_was_cut_off_is_told_from_a_whole_one() {
        let whole = jpeg(80, 60, Some(&phone()));
        assert!(is_whole(&whole) && is_whole(&[whole.as_slice(), b"a film"].concat()));
        for end in [0, 2, 3, 40, whole.len() / 2, whole.len() - 1] {
            assert!(!is_whole(&whole[..end]), "{end} of {}", whole.len());
        }
    }
}
