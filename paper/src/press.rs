//! Sets a document and writes it as PDF.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::document::Document;
use crate::fonts::Shelf;
use crate::trouble::Trouble;

const DATA: &str = "data.json";

const TEMPLATES: [(&str, &str); 12] = [
    ("shared.typ", include_str!("../templates/shared.typ")),
    ("on_site_record.typ", include_str!("../templates/on_site_record.typ")),
    ("correction_order.typ", include_str!("../templates/correction_order.typ")),
    ("rectification_report.typ", include_str!("../templates/rectification_report.typ")),
    ("recheck_record.typ", include_str!("../templates/recheck_record.typ")),
    ("close_out_approval.typ", include_str!("../templates/close_out_approval.typ")),
    ("supervised_handling.typ", include_str!("../templates/supervised_handling.typ")),
    ("office_letter.typ", include_str!("../templates/office_letter.typ")),
    ("talk_notice.typ", include_str!("../templates/talk_notice.typ")),
    ("talk_record.typ", include_str!("../templates/talk_record.typ")),
    ("meeting_minutes.typ", include_str!("../templates/meeting_minutes.typ")),
    ("statistical_table.typ", include_str!("../templates/statistical_table.typ")),
];

/// Prints documents. Set up once; clones share the fonts. Printing takes a few milliseconds of one core and blocks.
#[derive(Clone)]
pub struct Press(Arc<Inner>);

struct Inner {
    library: LazyHash<Library>,
    sources: Vec<Source>,
    shelf: Shelf,
    system: Option<OnceLock<Shelf>>,
    archival: PdfOptions,
    undated: PdfOptions,
}

impl Press {
    /// A press with the fonts compiled in, those in the folder `more_fonts`, and Noto of the system for what they lack.
    pub fn new(more_fonts: Option<&Path>) -> Result<Press, Trouble> {
        Press::with(more_fonts, Some(OnceLock::new()))
    }

    /// A press that leaves the system's fonts alone, so that every machine prints, and refuses, the same.
    pub fn without_system_fonts(more_fonts: Option<&Path>) -> Result<Press, Trouble> {
        Press::with(more_fonts, None)
    }

    fn with(more_fonts: Option<&Path>, system: Option<OnceLock<Shelf>>) -> Result<Press, Trouble> {
        let sources = TEMPLATES.iter().map(|(name, text)| Source::new(file_id(name), (*text).to_owned())).collect();
        let standards = PdfStandards::new(&[PdfStandard::A_2b])
            .map_err(|error| Trouble::Typesetting(error.message().to_string()))?;
        let options = |standards| {
            let creator = Smart::Custom(Some("Paicha".to_owned()));
            PdfOptions { standards, creator, ..PdfOptions::default() }
        };
        Ok(Press(Arc::new(Inner {
            library: LazyHash::new(Library::default()),
            sources,
            shelf: Shelf::new(more_fonts)?,
            system,
            archival: options(standards),
            undated: options(PdfStandards::default()),
        })))
    }

    /// Whether every character of the document can be printed. Ask before a number is drawn for it: numbers are not
    /// to be wasted on a document that will be refused.
    pub fn check(&self, document: &Document) -> Result<(), Trouble> {
        self.check_written(document, &serde_json::to_string(document)?)
    }

    /// As [`Press::check`], where the document has been written as JSON already. Nearly always the fonts have all of it;
    /// only what they lack, and what hides behind an escape, is looked for field by field.
    pub fn check_written(&self, document: &Document, json: &str) -> Result<(), Trouble> {
        let hides = |escape: &[u8]| escape[0] == b'\\' && matches!(escape[1], b'u' | b'b' | b'f');
        if !json.as_bytes().windows(2).any(hides) && json.chars().all(|c| self.0.shelf.has(c)) {
            return Ok(());
        }
        self.shelf_for(&serde_json::to_value(document)?).map(drop)
    }

    /// The document as a PDF/A-2b file; as plain PDF while its header has no date, since an archival file has to carry
    /// one. The same document gives the same bytes.
    pub fn print(&self, document: &Document) -> Result<Vec<u8>, Trouble> {
        let mut data = serde_json::to_value(document)?;
        data["title"] = Value::String(document.title());
        let shelf = self.shelf_for(&data)?;
        let main = file_id(&format!("{}.typ", document.template()));
        let desk = Desk { press: &self.0, shelf, main, data: Bytes::new(serde_json::to_vec(&data)?) };
        let printed = desk.print(if document.header().date.is_some() { &self.0.archival } else { &self.0.undated });
        typst::comemo::evict(10); // what the typesetter remembers grows with every document
        printed
    }

    /// The fonts that have every character of the data: the system's are read only for a document that needs them.
    fn shelf_for(&self, data: &Value) -> Result<&Shelf, Trouble> {
        let Some(missing) = first_missing(&self.0.shelf, data) else { return Ok(&self.0.shelf) };
        let Some(system) = &self.0.system else { return Err(missing) };
        let shelf = system.get_or_init(|| self.0.shelf.with_system());
        match first_missing(shelf, data) {
            None => Ok(shelf),
            Some(missing) => Err(missing),
        }
    }
}

impl fmt::Debug for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Press").field("fonts", &self.0.shelf.fonts.len()).finish_non_exhaustive()
    }
}

fn first_missing(shelf: &Shelf, data: &Value) -> Option<Trouble> {
    let (character, mut path) = missing(shelf, data)?;
    path.reverse();
    Some(Trouble::missing(character, &path.join(".")))
}

/// The first character that no font has, and where it stands, from the inside outwards.
fn missing(shelf: &Shelf, data: &Value) -> Option<(char, Vec<String>)> {
    let inside = |key: &dyn ToString, value| {
        let (character, mut path) = missing(shelf, value)?;
        path.push(key.to_string());
        Some((character, path))
    };
    match data {
        Value::String(text) => text.chars().find(|&c| !shelf.has(c)).map(|c| (c, Vec::new())),
        Value::Array(items) => (1..).zip(items).find_map(|(n, item)| inside(&n, item)),
        Value::Object(fields) => fields.iter().find_map(|(key, value)| inside(key, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[expect(clippy::expect_used, reason = "the names are this file's own and plain")]
fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain file name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// What the typesetter may see while it sets one document: the templates, the data, the fonts. No files, no clock.
struct Desk<'a> {
    press: &'a Inner,
    shelf: &'a Shelf,
    main: FileId,
    data: Bytes,
}

impl Desk<'_> {
    fn print(&self, options: &PdfOptions) -> Result<Vec<u8>, Trouble> {
        let set = typst::compile::<PagedDocument>(self);
        // a warning means that something is not as the template wants it: not good enough for a legal document
        if !set.warnings.is_empty() {
            return Err(refusal(&set.warnings));
        }
        let pages = set.output.map_err(|errors| refusal(&errors))?;
        typst_pdf::pdf(&pages, options).map_err(|errors| refusal(&errors))
    }
}

fn refusal(diagnostics: &[SourceDiagnostic]) -> Trouble {
    let messages: Vec<&str> = diagnostics.iter().map(|one| one.message.as_str()).collect();
    Trouble::Typesetting(messages.join("; "))
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shelf.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.press.sources.iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == file_id(DATA) { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shelf.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
