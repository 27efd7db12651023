//! What comes into a draft as a file: a checklist out of an XLSForm workbook, a picture.

use super::{
    Act, PackDraft, Verb,
    files::{Files, good_code},
    keep, permitted, store,
    xlsform::{self, Left},
};
use crate::{
    campaigns::{
        Fit,
        draft::PICTURES,
        layout::{LISTS, file_of},
    },
    kernel::{PackDraftId, REQUIRED, Result, db::Tx},
    people::By,
    record::Field,
};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::IntoParams;

/// Largest file, in bytes.
pub const LARGEST: usize = 4 * 1024 * 1024;

refusals! {
    PICTURE_NAME "packs.picture_name" "文件名由字母、数字和连字符组成，以.svg或者.png结尾。" "The name is made of letters, digits and hyphens and ends in .svg or .png.";
    PICTURE_THERE "packs.picture_there" "已有名为“{name}”的示意图。" "There is a picture “{name}” already.";
}

/// The checklist that a workbook becomes.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NewList {
    /// Code of the checklist, and the beginning of the numbers of its questions.
    pub code: String,
    pub zh: String,
    pub en: String,
    /// Where it is used; everywhere when left out.
    #[serde(default)]
    pub side: Option<Field>,
    /// What it is made for.
    pub scope: Fit,
}

/// Takes over the checklist in a workbook; answers what could not be taken over as it stood.
pub fn take_over(
    tx: &mut Tx,
    by: &By,
    id: PackDraftId,
    list: &NewList,
    workbook: &[u8],
) -> Result<(PackDraft, Vec<Left>)> {
    let (before, to) = permitted(tx, by, id, Verb::TakeOver)?;
    good_code("code", &list.code)?;
    let found = xlsform::read(workbook, &list.code)?;
    let files = store::files(tx, id)?;
    let mut changed = files.clone();
    let side = list.side.map(|s| s.code().to_owned()).unwrap_or_default();
    let head = [
        ("code", list.code.clone()),
        ("zh", list.zh.clone()),
        ("en", list.en.clone()),
        ("version", "1".to_owned()),
        ("side", side),
        ("scope", list.scope.code().to_owned()),
        ("basis", "D".to_owned()),
        ("source", "D".to_owned()),
        ("certainty", "design".to_owned()),
    ];
    let head: BTreeMap<String, String> = head.map(|(column, text)| (column.to_owned(), text)).into();
    changed.act(&Act::AddRow { file: LISTS.to_owned(), cells: head, below: None })?;
    for cells in found.items {
        changed.act(&Act::AddRow { file: file_of(&list.code), cells, below: None })?;
    }
    let after = PackDraft { state: to, ..before.clone() };
    let draft = keep(tx, by, (&before, after), (&files, &changed), (Verb::TakeOver, &list.code))?;
    Ok((draft, found.left))
}

/// A picture with what it shows and the questions beside which it stands.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NewPicture {
    /// Name of the file, such as `bag.svg`.
    pub file: String,
    /// Ids of questions, a space between.
    pub items: String,
    pub zh: String,
    pub en: String,
}

/// Adds a picture. Whether it is one, the checker says.
pub fn add_picture(tx: &mut Tx, by: &By, id: PackDraftId, new: &NewPicture, bytes: &[u8]) -> Result<PackDraft> {
    let (before, to) = permitted(tx, by, id, Verb::AddPicture)?;
    let stem = new.file.strip_suffix(".svg").or_else(|| new.file.strip_suffix(".png")).unwrap_or_default();
    if stem.is_empty() || stem.len() > 60 || !stem.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return PICTURE_NAME.at("file");
    }
    if bytes.is_empty() {
        return REQUIRED.at("file");
    }
    let files = store::files(tx, id)?;
    let mut changed: Files = files.clone();
    let path = format!("pictures/{}", new.file);
    if changed.content(&path).is_some() {
        return PICTURE_THERE.with("name", &new.file).at("file");
    }
    changed.put(&path, Some(BASE64.encode(bytes)));
    let cells = [
        ("file", new.file.as_str()),
        ("items", &new.items),
        ("zh", &new.zh),
        ("en", &new.en),
        ("source", "D"),
        ("certainty", "design"),
    ];
    let cells = cells.map(|(column, text)| (column.to_owned(), text.to_owned())).into();
    changed.act(&Act::AddRow { file: PICTURES.to_owned(), cells, below: None })?;
    let after = PackDraft { state: to, ..before.clone() };
    keep(tx, by, (&before, after), (&files, &changed), (Verb::AddPicture, &new.file))
}
