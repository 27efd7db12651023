//! What goes through the document exchange (公文交换): summary, table (to read, to print, as data) in one ZIP, with a manifest of hashes.

use super::{
    Sheet,
    docx::packed,
    export,
    summary::{self, Problems},
};
use crate::kernel::{Error, Lang, Result, secret::sha256};
use serde_json::json;

/// The bundle of a table with its `pdf`. The same table makes the same bytes.
pub fn bundle(sheet: &Sheet, problems: &Problems, pdf: Vec<u8>, lang: Lang) -> Result<Vec<u8>> {
    let (content, digest) = sheet.frozen()?;
    let mut files = vec![
        ("summary.docx", summary::draft(sheet, problems, lang)?),
        ("table.pdf", pdf),
        ("table.xlsx", export::xlsx(sheet, lang)?),
        ("table.csv", export::csv(sheet, lang)?),
        ("table.json", content.into_bytes()),
    ];
    let listed = files.iter().map(|(name, bytes)| json!({"name": name, "bytes": bytes.len(), "sha256": sha256(bytes)}));
    let manifest = json!({
        "campaign": sheet.campaign,
        "office": sheet.office,
        "office_zh": sheet.office_zh,
        "period": sheet.period.code,
        "as_of": sheet.as_of,
        "submitted_at": sheet.submitted_at,
        "table_sha256": digest,
        "files": listed.collect::<Vec<_>>(),
    });
    files.push(("manifest.json", serde_json::to_vec_pretty(&manifest).map_err(Error::broken)?));
    packed(&files)
}
