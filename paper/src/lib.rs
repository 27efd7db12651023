//! 文书: official documents as PDF.
//!
//! A [`Document`] is plain data; a [`Press`] prints it. The same data gives the same bytes. Nothing is read but the
//! templates and fonts compiled in, fonts of a folder the operator names, and Noto fonts of the system; a document
//! with a character that none of them has is refused and the character named, because it would come out as a blank.
//!
//! ```no_run
//! # fn main() -> Result<(), paper::Trouble> {
//! use paper::{Document, Header, Press, TalkNotice};
//! let press = Press::new(None)?;
//! let header = Header { issuer: "正定县市场监督管理局".into(), ..Header::default() };
//! let pdf: Vec<u8> = press.print(&Document::TalkNotice(TalkNotice { header, ..TalkNotice::default() }))?;
//! # Ok(()) }
//! ```

mod trouble;
mod parts;
mod forms;
mod letters;
mod minutes;
mod tables;
mod document;
mod fonts;
mod press;

pub use document::Document;
pub use forms::{
    Answer, Approval, Checklist, CloseOutApproval, CorrectionOrder, FailedSample, Measure, OnSiteRecord, RecheckItem,
    RecheckRecord, RectificationReport, StockItem, Verdict,
};
pub use letters::{HandledItem, OfficeLetter, SupervisedHandling, TalkNotice, TalkRecord};
pub use minutes::{Decision, MeetingMinutes};
pub use parts::{
    Contact, Copies, Credentials, Deadline, Evidence, Header, Method, Officer, Party, Provision, Remedies, Remedy,
    Service, Signature, Verification,
};
pub use press::Press;
pub use tables::{StatisticalTable, TableFact, TableRow};
pub use trouble::Trouble;
