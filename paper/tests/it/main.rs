//! What is printed is read back from the PDF.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod samples;
mod forms;
mod glyphs;
mod limits;

use lopdf::Document as Pdf;
use paper::{Document, Press, Trouble};

/// A press that refuses the same everywhere.
fn press() -> Press {
    Press::without_system_fonts(None).unwrap()
}

/// A printed document, read back.
struct Printed {
    pdf: Pdf,
    bytes: Vec<u8>,
}

fn print(document: &Document) -> Printed {
    let bytes = press().print(document).unwrap();
    Printed { pdf: Pdf::load_mem(&bytes).unwrap(), bytes }
}

impl Printed {
    fn pages(&self) -> usize {
        self.pdf.get_pages().len()
    }

    /// All text, without the white space and line ends that depend on the layout.
    fn text(&self) -> String {
        let pages: Vec<u32> = self.pdf.get_pages().into_keys().collect();
        self.pdf.extract_text(&pages).unwrap().split_whitespace().collect()
    }

    #[track_caller]
    fn says(&self, expected: &str) -> &Self {
        let text = self.text();
        let wanted: String = expected.split_whitespace().collect();
        assert!(text.contains(&wanted), "“{expected}” is not in the document, which reads: {text}");
        self
    }

    /// An entry of the document information, such as the title.
    fn info(&self, key: &[u8]) -> String {
        let id = self.pdf.trailer.get(b"Info").unwrap().as_reference().unwrap();
        let value = self.pdf.get_dictionary(id).unwrap().get(key).unwrap();
        lopdf::decode_text_string(value).unwrap()
    }
}

fn refusal(document: &Document) -> Trouble {
    press().print(document).expect_err("the document should have been refused")
}
