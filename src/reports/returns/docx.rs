//! A small DOCX file: title, headings, paragraphs, tables, and numbers that are fields. Bytes depend on the content alone.

use crate::kernel::{Error, Result, secret::sha256};
use std::{
    fmt::Write as _,
    io::{Cursor, Write},
};
use zip::{ZipWriter, write::SimpleFileOptions};

/// A number that names its cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Code of the row, such as R07.
    pub name: String,
    /// The part: office, product and field; empty for the whole.
    pub part: String,
    /// As it is said.
    pub said: String,
}

/// A piece of a paragraph.
#[derive(Debug, Clone)]
pub enum Piece {
    Text(String),
    Number(Number),
}

impl Piece {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Number {
    pub fn of(name: &str, part: &str, value: i64) -> Self {
        Self { name: name.to_owned(), part: part.to_owned(), said: value.to_string() }
    }

    /// The name of the document's property that holds it: Word shows it by a field of that name.
    fn property(&self) -> String {
        let plain =
            |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect::<String>();
        match self.part.as_str() {
            "" => plain(&self.name),
            part => format!("{}_{}", plain(&self.name), &sha256(part.as_bytes())[..8]),
        }
    }
}

/// A document that is being written.
#[derive(Debug, Default)]
pub struct Docx {
    body: String,
    numbers: Vec<Number>,
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TYPES: &str = concat!(
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">",
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>",
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>",
    "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>",
    "<Override PartName=\"/docProps/custom.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.custom-properties+xml\"/>",
    "</Types>"
);
const RELATIONS: &str = concat!(
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>",
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties\" Target=\"docProps/custom.xml\"/>",
    "</Relationships>"
);
/// The format of user-defined properties (FMTID_UserDefinedProperties).
const FMTID: &str = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}";

impl Docx {
    pub fn new() -> Self {
        Self::default()
    }

    /// The title, in the middle (小标宋, two: 22 points).
    pub fn title(&mut self, text: &str) {
        let run = run(text, "<w:b/><w:sz w:val=\"44\"/>");
        let _ =
            write!(self.body, "<w:p><w:pPr><w:jc w:val=\"center\"/><w:spacing w:after=\"360\"/></w:pPr>{run}</w:p>");
    }

    /// A heading (黑体, three: 16 points).
    pub fn heading(&mut self, text: &str) {
        let run = run(text, "<w:rFonts w:eastAsia=\"黑体\"/><w:sz w:val=\"32\"/>");
        let _ = write!(
            self.body,
            "<w:p><w:pPr><w:keepNext/><w:spacing w:before=\"240\" w:after=\"120\"/></w:pPr>{run}</w:p>"
        );
    }

    /// A paragraph, its first line indented by two characters.
    pub fn paragraph(&mut self, pieces: Vec<Piece>) {
        let runs = self.runs(pieces, "<w:rFonts w:eastAsia=\"仿宋\"/><w:sz w:val=\"32\"/>");
        let _ = write!(self.body, "<w:p><w:pPr><w:ind w:firstLineChars=\"200\"/></w:pPr>{runs}</w:p>");
    }

    /// A table with heads; nothing when it has no lines.
    pub fn table(&mut self, heads: &[&str], lines: Vec<Vec<Vec<Piece>>>) {
        if lines.is_empty() {
            return;
        }
        let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
            .map(|side| format!("<w:{side} w:val=\"single\" w:sz=\"4\"/>"))
            .concat();
        let mut table = format!(
            "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr><w:tblGrid/>"
        );
        let cell = |content: String| format!("<w:tc><w:p>{content}</w:p></w:tc>");
        let heads: String = heads.iter().map(|head| cell(run(head, "<w:b/>"))).collect();
        let _ = write!(table, "<w:tr><w:trPr><w:tblHeader/></w:trPr>{heads}</w:tr>");
        for line in lines {
            let cells: String = line.into_iter().map(|pieces| cell(self.runs(pieces, ""))).collect();
            let _ = write!(table, "<w:tr>{cells}</w:tr>");
        }
        self.body.push_str(&table);
        self.body.push_str("</w:tbl><w:p/>");
    }

    /// The list of every number: its cell and what it says.
    pub fn sources(&mut self, heading: &str, heads: &[&str; 3]) {
        self.heading(heading);
        let mut numbers = self.numbers.clone();
        numbers.sort_by_key(Number::property);
        numbers.dedup();
        let line = |n: Number| [n.name, n.part, n.said].map(|text| vec![Piece::Text(text)]).to_vec();
        self.table(heads, numbers.into_iter().map(line).collect());
    }

    /// The file.
    pub fn finish(self) -> Result<Vec<u8>> {
        let document = format!(
            "{HEAD}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{}\
             <w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
             <w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\"/></w:sectPr></w:body></w:document>",
            self.body
        );
        packed(&[
            ("[Content_Types].xml", format!("{HEAD}{TYPES}").into_bytes()),
            ("_rels/.rels", format!("{HEAD}{RELATIONS}").into_bytes()),
            ("docProps/custom.xml", properties(self.numbers).into_bytes()),
            ("word/document.xml", document.into_bytes()),
        ])
    }

    fn runs(&mut self, pieces: Vec<Piece>, look: &str) -> String {
        let mut runs = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => runs.push_str(&run(&text, look)),
                Piece::Number(number) => {
                    let (property, shown) = (number.property(), run(&number.said, look));
                    let _ = write!(runs, "<w:fldSimple w:instr=\" DOCPROPERTY {property} \">{shown}</w:fldSimple>");
                    self.numbers.push(number);
                }
            }
        }
        runs
    }
}

fn run(text: &str, look: &str) -> String {
    format!("<w:r><w:rPr>{look}</w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text))
}

fn properties(mut numbers: Vec<Number>) -> String {
    numbers.sort_by_key(Number::property);
    numbers.dedup_by_key(|n| n.property());
    let mut all = String::new();
    for (pid, number) in (2..).zip(&numbers) {
        let (name, said) = (number.property(), escaped(&number.said));
        let _ = write!(
            all,
            "<property fmtid=\"{FMTID}\" pid=\"{pid}\" name=\"{name}\"><vt:lpwstr>{said}</vt:lpwstr></property>"
        );
    }
    format!(
        "{HEAD}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\" \
         xmlns:vt=\"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes\">{all}</Properties>"
    )
}

fn escaped(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    let mut out = String::new();
    for c in plain {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// Files in a ZIP, none with a time of its own: the same files are the same bytes.
pub fn packed(files: &[(&str, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, bytes) in files {
        zip.start_file(*name, options).map_err(Error::broken)?;
        zip.write_all(bytes).map_err(Error::broken)?;
    }
    Ok(zip.finish().map_err(Error::broken)?.into_inner())
}
