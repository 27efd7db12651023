//! What a file is, by its content: names and headers of the sender are not asked.

use super::model::{DAMAGED, EMPTY, MACROS, Media, NOT_ACCEPTED, UNKNOWN_TYPE};
use crate::kernel::{Error, Result};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

/// How much of the beginning tells the type.
const HEAD: usize = 8 * 1024;
/// A ZIP ends with 22 bytes and a comment of at most 65 535 (APPNOTE.TXT 4.3.16).
const ZIP_END: u64 = 22 + 65_535;
/// The largest table of contents that is read of a ZIP.
const ZIP_CONTENTS: u64 = 4 * 1024 * 1024;

/// The type of `file`; refuses what is not on the list of [`Media`].
pub fn media_of(file: &mut File) -> Result<Media> {
    let head = read(file, 0, HEAD as u64)?;
    if head.is_empty() {
        return EMPTY.refuse();
    }
    if head.starts_with(b"PK\x03\x04") {
        return office(file);
    }
    // RFC 4867, 5.1; `infer` takes it for a shell script.
    if head.starts_with(b"#!AMR\n") || head.starts_with(b"#!AMR-WB\n") {
        return Ok(Media::Amr);
    }
    let Some(found) = infer::get(&head).map(|t| t.mime_type()) else { return UNKNOWN_TYPE.refuse() };
    let media = match found {
        "video/x-m4v" => Media::Mp4,
        _ => Media::from_code(found).ok_or_else(|| Error::Refused(NOT_ACCEPTED.with("found", found)))?,
    };
    if media == Media::Pdf && !has_end(file)? {
        return DAMAGED.with("media", "PDF").refuse();
    }
    Ok(media)
}

/// Whether the end mark of a PDF (ISO 32000-1, 7.5.5) stands near the end: one that was cut off cannot be read later.
fn has_end(file: &mut File) -> Result<bool> {
    let size = size(file)?;
    let tail = read(file, size.saturating_sub(2048), 2048)?;
    Ok(tail.windows(5).any(|w| w == b"%%EOF"))
}

/// Which of the document formats that are ZIP archives it is, by its table of contents. Nothing is unpacked, so a
/// bomb stays a small file.
fn office(file: &mut File) -> Result<Media> {
    let names = entries(file)?.ok_or_else(|| Error::Refused(DAMAGED.with("media", "ZIP")))?;
    let has = |what: &str| names.iter().any(|n| n == what);
    let below = |folder: &str| names.iter().any(|n| n.starts_with(folder));
    if names.iter().any(|n| n.ends_with("vbaproject.bin")) {
        return MACROS.refuse();
    }
    match has("[content_types].xml") {
        true if below("word/") => Ok(Media::Docx),
        true if below("xl/") => Ok(Media::Xlsx),
        false if has("ofd.xml") => Ok(Media::Ofd),
        _ => NOT_ACCEPTED.with("found", "application/zip").refuse(),
    }
}

/// The names in a ZIP's table of contents, in lower case; none when it has no readable one.
fn entries(file: &mut File) -> Result<Option<Vec<String>>> {
    let size = size(file)?;
    let tail = read(file, size.saturating_sub(ZIP_END), ZIP_END)?;
    let Some(end) = tail.windows(4).rposition(|w| w == b"PK\x05\x06") else { return Ok(None) };
    let (Some(length), Some(start)) = (u32_at(&tail, end + 12), u32_at(&tail, end + 16)) else { return Ok(None) };
    if u64::from(length) > ZIP_CONTENTS {
        return Ok(None);
    }
    let contents = read(file, start.into(), length.into())?;
    if contents.len() as u64 != u64::from(length) {
        return Ok(None);
    }
    let (mut names, mut at) = (Vec::new(), 0);
    while at < contents.len() {
        let sizes = [28, 30, 32].map(|field| u16_at(&contents, at + field));
        let (true, [Some(name), Some(extra), Some(comment)]) = (contents[at..].starts_with(b"PK\x01\x02"), sizes)
        else {
            return Ok(None);
        };
        let Some(bytes) = contents.get(at + 46..at + 46 + name) else { return Ok(None) };
        names.push(String::from_utf8_lossy(bytes).replace('\\', "/").to_lowercase());
        at += 46 + name + extra + comment;
    }
    Ok(Some(names))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn size(file: &File) -> Result<u64> {
    Ok(file.metadata().map_err(Error::broken)?.len())
}

fn read(file: &mut File, from: u64, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from)).map_err(Error::broken)?;
    file.take(most).read_to_end(&mut bytes).map_err(Error::broken)?;
    Ok(bytes)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::io::Write;

    fn sniff(bytes: &[u8]) -> Result<Media> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        media_of(&mut file)
    }

    fn refusal(bytes: &[u8]) -> &'static str {
        sniff(bytes).unwrap_err().refusal().code
    }

    /// A ZIP with empty entries of these names, as an office program writes one.
    pub fn zip(names: &[&str]) -> Vec<u8> {
        let (mut body, mut contents) = (Vec::new(), Vec::new());
        for name in names {
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            contents.extend([b"PK\x01\x02".as_slice(), &[0; 24], &length, &[0; 16]].concat());
            contents.extend(name.as_bytes());
            body.extend([b"PK\x03\x04".as_slice(), &[0; 22], &length, &[0; 2], name.as_bytes()].concat());
        }
        let (count, start) = (u16::try_from(names.len()).unwrap().to_le_bytes(), u32::try_from(body.len()).unwrap());
        let length = u32::try_from(contents.len()).unwrap();
        body.extend(contents);
        body.extend([b"PK\x05\x06".as_slice(), &[0; 4], &count, &count].concat());
        body.extend([length.to_le_bytes().as_slice(), &start.to_le_bytes(), &[0; 2]].concat());
        body
    }

    #[test]
    fn documents_are_told_by_what_is_in_them() {
        let types = "[Content_Types].xml";
        assert_eq!(sniff(&zip(&["word/document.xml", "docProps/app.xml", types])).unwrap(), Media::Docx);
        assert_eq!(sniff(&zip(&[types, "xl/workbook.xml"])).unwrap(), Media::Xlsx);
        assert_eq!(sniff(&zip(&["OFD.xml", "Doc_0/Document.xml"])).unwrap(), Media::Ofd);
        assert_eq!(sniff(b"%PDF-1.7\n1 0 obj\nstartxref\n9\n%%EOF\n").unwrap(), Media::Pdf);
        assert_eq!(sniff(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap(), Media::Heif);
        assert_eq!(sniff(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom").unwrap(), Media::Mp4);
        assert_eq!(sniff(b"#!AMR\n<").unwrap(), Media::Amr);
    }

    #[test]
    fn what_can_run_is_refused() {
        assert_eq!(refusal(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"), "files.not_accepted");
        assert_eq!(refusal(&[b"\x7fELF\x02\x01\x01".as_slice(), &[0; 60]].concat()), "files.not_accepted");
        assert_eq!(refusal(b"<!DOCTYPE html><script>alert(1)</script>"), "files.not_accepted");
        assert_eq!(refusal(b"#!/bin/sh\nrm -rf /\n"), "files.not_accepted");
        let svg = refusal(b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>");
        assert!(matches!(svg, "files.not_accepted" | "files.unknown_type"), "{svg}");
        assert_eq!(refusal(b"some text"), "files.unknown_type");
        let archive = ["META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex"];
        assert_eq!(refusal(&zip(&archive)), "files.not_accepted");
        let macros = ["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"];
        assert_eq!(refusal(&zip(&macros)), "files.macros");
    }

    #[test]
    fn what_is_broken_is_refused() {
        assert_eq!(refusal(b""), "files.empty");
        assert_eq!(refusal(b"%PDF-1.7\n1 0 obj\n"), "files.damaged");
        let whole = zip(&["[Content_Types].xml", "word/document.xml"]);
        for cut in 4..whole.len() - 8 {
            assert!(sniff(&whole[..cut]).is_err(), "cut at {cut}");
        }
        let mut lying = whole.clone();
        let end = lying.len() - 22;
        for (at, value) in [(end + 12, u32::MAX), (end + 16, u32::MAX), (end + 12, 3)] {
            lying[at..at + 4].copy_from_slice(&value.to_le_bytes());
            assert_eq!(refusal(&lying), "files.damaged");
        }
    }
}
