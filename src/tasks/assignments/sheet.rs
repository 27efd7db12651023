//! Tasks by spreadsheet (按表派发): a row for each enterprise, with who looks at what there by when.
//!
//! A row is taken or refused by itself, and what is wrong stands beside it. What is right becomes the lines of an
//! [`Assignment`] by a list, each under the number of its row; its tasks are made as those of any other are, so that a stop
//! at any point neither loses nor doubles one. The same table sent once more finds its tasks made.

use super::{
    Assignment, Draft, HEADS, Line, MOST, NOBODY, New, Outcome, Preview, Sharing, TOO_MANY, assignment,
    candidates::{self, Named},
    choose::{self, Candidate, said},
    freeze, known, serves,
    store::{self, SheetRow},
};
use crate::{
    accounts,
    campaigns::{self, Pack},
    enterprises::{
        self, Lexicon, List,
        imports::{date_of, filled},
    },
    kernel::{
        AccountId, AssignmentId, CampaignId, EnterpriseId, Error, Lang, Refusal, Result, SiteId, TargetId,
        db::Tx,
        secret,
        sheet::{self, Fault, Row, Table},
    },
    people::By,
    tasks::{Kind, Way, open_campaign, rules},
};
use jiff::civil::Date;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

words! {
    /// What a column of the table means.
    #[schema(as = TaskColumn)]
    pub enum Column {
        Uscc "uscc" "统一社会信用代码" "Credit code",
        Name "name" "企业名称" "Enterprise",
        Site "site" "地点编号" "Site number",
        Products "products" "产品" "Products",
        Owner "owner" "承办人登录名" "Login of who goes",
        Due "due" "完成期限" "Due date",
    }
}

/// Other ways in which the headings are written.
const HEADINGS: &[(&str, Column)] = &[
    ("信用代码", Column::Uscc),
    ("社会信用代码", Column::Uscc),
    ("uscc", Column::Uscc),
    ("单位名称", Column::Name),
    ("主体名称", Column::Name),
    ("名称", Column::Name),
    ("name", Column::Name),
    ("场所编号", Column::Site),
    ("site", Column::Site),
    ("产品名称", Column::Products),
    ("重点产品", Column::Products),
    ("检查产品", Column::Products),
    ("product", Column::Products),
    ("承办人", Column::Owner),
    ("承办人账号", Column::Owner),
    ("检查人员", Column::Owner),
    ("登录名", Column::Owner),
    ("owner", Column::Owner),
    ("login", Column::Owner),
    ("期限", Column::Due),
    ("截止日期", Column::Due),
    ("完成时限", Column::Due),
    ("due", Column::Due),
];

refusals! {
    COLUMNS_MISSING "assignments.sheet_columns_missing" "表中缺少“{zh}”列，请使用下载的表样填写。" "The column “{en}” is missing; fill in the table that can be downloaded.";
    SUBJECT_UNKNOWN "assignments.sheet_unknown" "辖区内没有找到“{value}”，请核对统一社会信用代码、名称或者地点编号。" "“{value}” was not found within the jurisdiction; check the credit code, name or site number.";
    SEVERAL "assignments.sheet_several" "辖区内有多家“{value}”，请填写统一社会信用代码。" "There are several called “{value}” within the jurisdiction; give the credit code.";
    TWICE "assignments.sheet_twice" "与第 {line} 行是同一家企业，一家企业只派一次。" "The same enterprise as in row {line}; nobody is visited twice.";
    CELL_EMPTY "assignments.sheet_cell_empty" "“{zh}”未填写。" "“{en}” is empty.";
    PRODUCT_UNKNOWN "assignments.sheet_product_unknown" "本次行动的产品目录中没有“{value}”。" "“{value}” is not among the products of the campaign.";
    OWNER_UNKNOWN "assignments.sheet_owner_unknown" "辖区内没有登录名为“{value}”的在用账号。" "There is no open account “{value}” within the jurisdiction.";
}

/// A table that is to be handed out.
#[derive(Debug, Clone, Serialize)]
pub struct Wanted {
    pub campaign: CampaignId,
    /// The share of a target that its visits serve.
    pub target: Option<TargetId>,
    /// Name of the file.
    pub file: String,
    pub rows: Vec<Row>,
}

/// What would come of a table.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TaskSheetPreview)]
pub struct SheetPreview {
    #[serde(flatten)]
    pub preview: Preview,
    /// What is wrong, row by row. A row with a fault is left out.
    pub faults: Vec<Fault>,
    /// The table as it was sent, with what would come of each row beside it.
    #[serde(skip)]
    pub table: Table,
}

/// The headings of a table to be filled in.
pub fn blank_table(lang: Lang) -> Table {
    Table::new(Column::ALL.iter().map(|c| c.label(lang)), Vec::new())
}

/// What would come of a table. Nothing is changed.
pub fn preview_sheet(tx: &mut Tx, by: &By, wanted: &Wanted, lang: Lang) -> Result<SheetPreview> {
    by.actor.must_be(HEADS)?;
    let reading = Reading::of(tx, by, wanted)?;
    let faults: Vec<Fault> = reading.faults.iter().map(|(line, refusal)| Fault::of(*line, refusal, lang)).collect();
    let outcomes: BTreeMap<i64, Outcome> = reading.draft.lines.iter().map(|l| (l.line, l.outcome)).collect();
    let word = |line| match outcomes.get(&line) {
        Some(outcome) => outcome.label(lang).to_owned(),
        None => sheet::said(&faults, line),
    };
    let table = sheet::annotated(&wanted.rows, |line| if line == reading.header { head(lang) } else { word(line) });
    Ok(SheetPreview { preview: reading.draft.preview(), faults, table })
}

/// Freezes who gets which task by a table: made by [`go_on`](super::go_on). The same id with the same table answers as the
/// first time.
pub fn assign_sheet(tx: &mut Tx, by: &By, id: AssignmentId, wanted: &Wanted) -> Result<Assignment> {
    by.actor.must_be(HEADS)?;
    let asked = secret::sha256(serde_json::to_string(wanted).map_err(Error::broken)?.as_bytes());
    if let Some(known) = known(tx, by, id, &asked)? {
        return Ok(known);
    }
    let Reading { draft, faults, .. } = Reading::of(tx, by, wanted)?;
    let chosen = || draft.lines.iter().filter(|l| l.outcome == Outcome::Chosen);
    let Some(due) = chosen().filter_map(|l| l.due).max() else { return NOBODY.refuse() };
    let mut owners: Vec<AccountId> = chosen().filter_map(|l| l.owner).collect();
    let mut products: Vec<String> = chosen().flat_map(|l| l.products.0.clone()).collect();
    owners.sort();
    owners.dedup();
    products.sort();
    products.dedup();
    let new = New {
        campaign: wanted.campaign,
        target: wanted.target,
        products: List(products),
        tag: None,
        way: Way::List,
        wanted: None,
        names: List::default(),
        seed: None,
        sharing: Sharing::Turn,
        owners: List(owners),
        due,
    };
    let file = wanted.file.chars().take(200).collect();
    let assignment = Assignment { file: Some(file), ..assignment(by, id, &new, (asked, None), &draft) };
    freeze(tx, by, &assignment, draft.lines)?;
    for row in &wanted.rows {
        let wrong = |lang| said_of(&faults, row.line, lang);
        let (wrong_zh, wrong_en) = (wrong(Lang::Zh), wrong(Lang::En));
        let row = SheetRow { line: row.line, cells: List(row.cells.clone()), wrong_zh, wrong_en, outcome: None };
        store::add_sheet_row(tx, id, &row)?;
    }
    Ok(assignment)
}

fn said_of(faults: &[(i64, Refusal)], line: i64, lang: Lang) -> Option<String> {
    let said: Vec<&str> = faults.iter().filter(|(at, _)| *at == line).map(|(_, r)| r.say(lang)).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// The table by which an assignment was handed out, with what came of each row beside it; none when it came by no table.
pub fn result(tx: &mut Tx, assignment: &Assignment, lang: Lang) -> Result<Option<Table>> {
    let sent = store::sheet_rows(tx, assignment.id)?;
    if sent.is_empty() {
        return Ok(None);
    }
    let rows: Vec<Row> = sent.iter().map(|r| Row { line: r.line, cells: r.cells.0.clone() }).collect();
    let header = sheet::headings(&rows, column).map_or(0, |(line, _)| line);
    let word = |line| {
        let row = sent.iter().find(|r| r.line == line);
        let wrong = row.and_then(|r| if lang == Lang::Zh { r.wrong_zh.clone() } else { r.wrong_en.clone() });
        wrong.or_else(|| row?.outcome.map(|o| o.label(lang).to_owned())).unwrap_or_default()
    };
    Ok(Some(sheet::annotated(&rows, |line| if line == header { head(lang) } else { word(line) })))
}

fn head(lang: Lang) -> String {
    lang.say("办理结果", "Outcome").to_owned()
}

fn column(heading: &str) -> Option<Column> {
    let bare = sheet::bare(heading);
    let own = |c: &&Column| [c.code(), c.label(Lang::Zh), c.label(Lang::En)].map(sheet::bare).contains(&bare);
    let listed = || HEADINGS.iter().find(|(h, _)| *h == bare).map(|(_, c)| *c);
    Column::ALL.iter().find(own).copied().or_else(listed).filter(|_| !bare.is_empty())
}

/// A table that was understood: the lines of what is right, the faults of what is not.
struct Reading {
    header: i64,
    draft: Draft,
    faults: Vec<(i64, Refusal)>,
}

impl Reading {
    fn of(tx: &mut Tx, by: &By, wanted: &Wanted) -> Result<Self> {
        let campaign = open_campaign(tx, by, wanted.campaign)?;
        wanted.target.map_or(Ok(()), |target| serves(tx, by, campaign, target))?;
        let (header, columns) = sheet::headings(&wanted.rows, column).unwrap_or_default();
        complete(&columns)?;
        let rows: Vec<&Row> = wanted.rows.iter().filter(|r| r.line > header).collect();
        if rows.len() > MOST {
            return TOO_MANY.with("many", rows.len()).with("most", MOST).at("file");
        }
        let mut reader = Reader::new(tx, by, campaign, columns)?;
        let (mut lines, mut subjects, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            match reader.row(tx, row)? {
                Ok((subject, line)) => {
                    subjects.push(subject);
                    lines.push(line);
                }
                Err(wrong) => faults.extend(wrong.into_iter().map(|refusal| (row.line, refusal))),
            }
        }
        candidates::look_up(tx, campaign, &mut subjects)?;
        for (line, subject) in lines.iter_mut().zip(&subjects) {
            line.outcome = subject.barred.unwrap_or(Outcome::Chosen);
        }
        choose::spread(&mut lines, by.at.date(), by.at.date());
        Ok(Self { header, draft: Draft::of(choose::digest(&subjects), lines), faults })
    }
}

/// Refuses a table that lacks a column.
fn complete(columns: &[Option<Column>]) -> Result<()> {
    let has = |c: &Column| columns.contains(&Some(*c));
    let says_whom = [Column::Uscc, Column::Name, Column::Site].iter().any(has);
    let missing = [Column::Owner, Column::Due].into_iter().find(|c| !has(c));
    match missing.or((!says_whom).then_some(Column::Uscc)) {
        Some(c) => named(COLUMNS_MISSING, c).at("file"),
        None => Ok(()),
    }
}

fn named(refusal: Refusal, column: Column) -> Refusal {
    refusal.with("zh", column.label(Lang::Zh)).with("en", column.label(Lang::En))
}

/// What reads rows, and remembers whom it has met.
struct Reader<'b> {
    by: &'b By,
    columns: Vec<Option<Column>>,
    pack: Arc<Pack>,
    lexicon: Lexicon,
    owners: BTreeMap<String, Result<AccountId, Refusal>>,
    seen: BTreeMap<EnterpriseId, i64>,
}

type Read<T> = Result<T, Refusal>;

impl<'b> Reader<'b> {
    fn new(tx: &mut Tx, by: &'b By, campaign: CampaignId, columns: Vec<Option<Column>>) -> Result<Self> {
        let (_, pack) = campaigns::of(tx, campaign)?;
        let lexicon = Lexicon::at(tx, &by.actor.office.place(), by.at.date())?;
        Ok(Self { by, columns, pack, lexicon, owners: BTreeMap::new(), seen: BTreeMap::new() })
    }

    fn cell(&self, row: &Row, wanted: Column) -> Option<String> {
        let at = self.columns.iter().position(|c| *c == Some(wanted))?;
        filled(row.cells.get(at)?)
    }

    /// The line of a row with whom it is about, or everything that is wrong with it.
    fn row(&mut self, tx: &mut Tx, row: &Row) -> Result<Result<(Candidate, Line), Vec<Refusal>>> {
        let subject = self.subject(tx, row)?;
        let owner = self.owner(tx, row)?;
        let (products, due) = (self.products(row), self.due(row));
        let (subject, owner, products, due) = match (subject, owner, products, due) {
            (Ok(subject), Ok(owner), Ok(products), Ok(due)) => (subject, owner, products, due),
            (subject, owner, products, due) => {
                let wrong = [subject.err(), products.err(), owner.err(), due.err()];
                return Ok(Err(wrong.into_iter().flatten().collect()));
            }
        };
        let why = said(&format!("任务表第 {} 行", row.line), &format!("Row {} of the table", row.line), None);
        let line = Line::of(subject.id, &subject.party, Outcome::Chosen, vec![why]);
        let line = Line { line: row.line, owner: Some(owner), due: Some(due), products: List(products), ..line };
        Ok(Ok((subject, line)))
    }

    fn subject(&mut self, tx: &mut Tx, row: &Row) -> Result<Read<Candidate>> {
        let written = [Column::Uscc, Column::Site, Column::Name].into_iter().find_map(|c| self.cell(row, c));
        let Some(written) = written else { return Ok(Err(named(CELL_EMPTY, Column::Uscc))) };
        let site = SiteId::parse(&written).ok().map(|id| enterprises::store::site(tx, id)).transpose()?.flatten();
        let key = site.map_or_else(|| written.clone(), |site| site.enterprise.to_string());
        let enterprise = match candidates::one(tx, self.by, &key)? {
            Named::One(enterprise) => *enterprise,
            Named::Several => return Ok(Err(SEVERAL.with("value", written))),
            Named::Nobody => return Ok(Err(SUBJECT_UNKNOWN.with("value", written))),
        };
        if let Some(line) = self.seen.insert(enterprise.id, row.line) {
            self.seen.insert(enterprise.id, line);
            return Ok(Err(TWICE.with("line", line)));
        }
        Ok(Ok(candidates::candidate(enterprise)))
    }

    fn owner(&mut self, tx: &mut Tx, row: &Row) -> Result<Read<AccountId>> {
        let Some(written) = self.cell(row, Column::Owner) else { return Ok(Err(named(CELL_EMPTY, Column::Owner))) };
        let login = accounts::login_of(&written);
        if let Some(known) = self.owners.get(&login) {
            return Ok(known.clone());
        }
        let account = accounts::store::account_by_login(tx, &login)?;
        let actor = account.and_then(|a| accounts::colleague(tx, self.by.scope(), a.id).ok());
        let found = match actor {
            None => Err(OWNER_UNKNOWN.with("value", written)),
            Some(actor) if !rules::can_do(Kind::Visit, &actor) => Err(rules::NOT_AN_OWNER),
            Some(actor) => Ok(actor.account),
        };
        self.owners.insert(login, found.clone());
        Ok(found)
    }

    fn products(&self, row: &Row) -> Read<Vec<String>> {
        let Some(written) = self.cell(row, Column::Products) else { return Ok(Vec::new()) };
        let pieces = written.split(['、', '；', ';', '，', ',', '\n']).map(str::trim).filter(|p| !p.is_empty());
        let code = |piece: &str| {
            let code = self.lexicon.code_of(piece).filter(|code| self.pack.product(code).is_some());
            code.ok_or_else(|| PRODUCT_UNKNOWN.with("value", piece))
        };
        pieces.map(code).collect()
    }

    fn due(&self, row: &Row) -> Read<Date> {
        let Some(written) = self.cell(row, Column::Due) else { return Err(named(CELL_EMPTY, Column::Due)) };
        let due = date_of("due", &written).map_err(|e| e.refusal())?;
        if due < self.by.at.date() { Err(rules::DUE_PAST) } else { Ok(due) }
    }
}
