//! Working off a file: every row is looked at once before any is applied, so that the order of the rows does not matter;
//! each batch is one transaction, so that a crash repeats nothing.

use super::{
    model::{Import, Outcome, RowResult, State, Verb, Waiting},
    row::{Paper, Said},
    store,
};
use crate::{
    enterprises::{
        self, Enterprise, Entry, Lexicon, New, certificates, duplicates, entry, names, record_of, store as subjects,
        values::List,
    },
    kernel::{CertificateId, EnterpriseId, Error, ImportId, Result, db::Tx, secret::Keeper},
    people::{By, Level},
    record,
};

/// Under which purpose the cells are locked up.
pub(super) const CELLS: &str = "imports.cells";

refusals! {
    CONTRADICTION "imports.contradiction" "与第 {line} 行是同一主体或者同一证书，但内容不同，请核对后只保留一行。" "Row {line} is about the same subject or certificate and says something else; compare and keep one.";
    SEVERAL_SUBJECTS "imports.several_subjects" "已有多个主体与本行相符：{names}。请补充统一社会信用代码。" "Several subjects match this row: {names}. Add the credit code.";
    ONLY_PAPER "imports.paper_failed" "主体已导入，证书未导入：{why}" "The subject was imported, its certificate was not: {why}";
}

/// What every row of a batch needs.
struct Desk<'a> {
    by: &'a By,
    keeper: &'a Keeper,
    import: &'a Import,
    lexicon: Lexicon,
}

/// A row as it was understood.
struct Understood {
    said: Said,
    target: Option<Enterprise>,
    entry: Entry,
    papers: Vec<Paper>,
    region: String,
}

/// Works off the next `n` rows in this transaction; whether there are more. Anybody may call it, as often as they like:
/// a row is worked off once.
pub fn work(tx: &mut Tx, by: &By, keeper: &Keeper, id: ImportId, n: i64) -> Result<bool> {
    let import = store::find(tx, id)?.ok_or(Error::NotFound)?;
    if import.state != State::Running {
        return Ok(false);
    }
    let lexicon = Lexicon::at(tx, &by.actor.office.place(), by.at.date())?;
    let desk = Desk { by, keeper, import: &import, lexicon };
    let fresh = store::waiting(tx, id, 0, n)?;
    if !fresh.is_empty() {
        for row in fresh {
            let line = row.line;
            match desk.prepare(tx, row) {
                Ok(Some(row)) => store::prepared(tx, id, &row)?,
                Ok(None) => store::done(tx, id, &outcome(line, None))?,
                Err(error) => store::done(tx, id, &refused(line, error)?)?,
            }
        }
        return Ok(true);
    }
    let ready = store::waiting(tx, id, 1, n)?;
    if ready.is_empty() {
        finish(tx, by, &import)?;
        return Ok(false);
    }
    for row in ready {
        let result = match desk.apply(tx, &row) {
            Ok(result) => result,
            Err(error) => refused(row.line, error)?,
        };
        store::done(tx, id, &result)?;
    }
    Ok(true)
}

fn finish(tx: &mut Tx, by: &By, import: &Import) -> Result<()> {
    let (to, _) = import.state.step(Verb::Finish).ok_or(Error::Stale)?;
    let after = Import { state: to, finished_at: Some(by.at), ..import.clone() };
    store::save(tx, &after)?;
    record::changed(tx, by, import, &after, (Verb::Finish.code(), None)).map(|_| ())
}

fn outcome(line: i64, outcome: Option<Outcome>) -> RowResult {
    RowResult { line, cells: String::new(), outcome, field: None, sentence_zh: None, sentence_en: None, target: None }
}

/// What the rules refuse is the row's result; what is ours stops the batch, and it is done again.
fn refused(line: i64, error: Error) -> Result<RowResult> {
    match error {
        Error::Refused(_) | Error::Invalid { .. } | Error::Conflict(_) | Error::NotFound | Error::Forbidden => {
            let refusal = error.refusal();
            Ok(RowResult {
                field: error.field().map(str::to_owned),
                sentence_zh: Some(refusal.zh.into_owned()),
                sentence_en: Some(refusal.en.into_owned()),
                ..outcome(line, Some(Outcome::Refused))
            })
        }
        ours => Err(ours),
    }
}

impl Desk<'_> {
    /// Looks at a row on its own and against what was there before the import. Nothing is changed but the row.
    fn prepare(&self, tx: &mut Tx, row: Waiting) -> Result<Option<Waiting>> {
        let said = self.said(&row)?;
        if said.is_blank() {
            return Ok(None);
        }
        let row_said = self.understand(tx, said)?;
        let draft = self.draft(tx, &row_said)?;
        let renamed = row_said.target.as_ref().is_none_or(|t| t.name != draft.name || t.region != draft.region);
        if renamed && !row_said.said.is_confirmed() {
            duplicates::refuse_likely(tx, self.by.scope(), &draft, &[])?;
        }
        self.check_papers(tx, &row_said)?;
        let Understood { entry, papers, target, region, .. } = row_said;
        let twin = format!("{}|{region}", names::plain(&entry.name));
        let identity = match (&entry.uscc, &entry.registration_no) {
            (Some(code), _) => format!("u:{code}"),
            (None, Some(number)) => format!("r:{number}"),
            (None, None) => format!("n:{twin}"),
        };
        let mark = |value: &serde_json::Value| self.keeper.mark("imports.row", &value.to_string());
        let number = |kind| papers.iter().find(|p| p.kind == kind).map(|p| p.number.clone());
        Ok(Some(Waiting {
            identity: Some(identity),
            twin: Some(twin),
            digest: Some(mark(&serde_json::json!(entry))?),
            licence: number(certificates::Kind::Licence),
            ccc: number(certificates::Kind::Ccc),
            whole: Some(mark(&serde_json::json!([entry, papers]))?),
            target: target.map(|t| t.id),
            ..row
        }))
    }

    /// Applies a row that was looked at, unless another row says otherwise.
    fn apply(&self, tx: &mut Tx, row: &Waiting) -> Result<RowResult> {
        if let Some(line) = store::contradiction(tx, self.import.id, row)? {
            return CONTRADICTION.with("line", line).refuse();
        }
        let twin = store::became(tx, self.import.id, row.identity.as_deref())?;
        let target = match row.target.or(twin) {
            Some(id) => Some(record_of(tx, self.by.scope(), id)?),
            None => None,
        };
        let said = self.said(row)?;
        let papers = said.papers()?;
        let (enterprise, mut done) = match target {
            Some(before) => {
                let entry = said.over(Entry::of(&before), &self.lexicon)?;
                let version = before.version;
                let after = enterprises::correct(tx, self.by, self.keeper, before, &entry, None)?;
                let done = if after.version == version { Outcome::Unchanged } else { Outcome::Updated };
                (after, done)
            }
            None => (self.register(tx, &said)?, Outcome::New),
        };
        let mut result = RowResult { target: Some(enterprise.id), ..outcome(row.line, None) };
        for paper in papers {
            match self.file(tx, &enterprise, &paper) {
                Ok(true) if done == Outcome::Unchanged => done = Outcome::Updated,
                Ok(_) => {}
                Err(error) => {
                    let failed = refused(row.line, under(&paper, error))?;
                    let why = |sentence: Option<String>| sentence.unwrap_or_default();
                    let told = ONLY_PAPER;
                    result.field = failed.field;
                    result.sentence_zh = Some(told.zh.replace("{why}", &why(failed.sentence_zh)));
                    result.sentence_en = Some(told.en.replace("{why}", &why(failed.sentence_en)));
                }
            }
        }
        Ok(RowResult { outcome: Some(done), ..result })
    }

    fn said(&self, row: &Waiting) -> Result<Said> {
        let cells: Vec<String> =
            serde_json::from_str(&self.keeper.unlock(CELLS, &row.cells)?).map_err(Error::broken)?;
        Ok(Said::new(&cells, &self.import.mapping, &self.by.actor.office.region))
    }

    fn understand(&self, tx: &mut Tx, said: Said) -> Result<Understood> {
        let alone = said.over(Entry::default(), &self.lexicon)?;
        let own = &self.by.actor.office;
        let home = (own.level >= Level::County).then(|| own.region.chars().take(6).collect::<String>());
        let region = alone.region.clone().or(home).unwrap_or_default();
        let target = self.target(tx, &alone, &region)?;
        let entry = match &target {
            Some(known) => said.over(Entry::of(known), &self.lexicon)?.checked()?,
            None => alone.checked()?,
        };
        let region = entry.region.clone().unwrap_or(region);
        Ok(Understood { papers: said.papers()?, said, target, entry, region })
    }

    /// The subject that the row is about, among those that were there before: by credit code, else by registration
    /// number, else by name and region.
    fn target(&self, tx: &mut Tx, alone: &Entry, region: &str) -> Result<Option<Enterprise>> {
        use crate::reference::identifiers;
        let scope = self.by.scope();
        if let Some(code) = entry::code("uscc", alone.uscc.as_ref(), |c| identifiers::uscc(c).map(|u| u.code))? {
            return match subjects::by_uscc(tx, &code)? {
                Some(known) if enterprises::holds(tx, scope, &known)? => Ok(Some(known)),
                Some(_) => duplicates::SAME_CODE_ELSEWHERE.at("uscc"),
                None => Ok(None),
            };
        }
        let number = entry::code("registration_no", alone.registration_no.as_ref(), |c| {
            identifiers::old_number(c).map(|n| n.number)
        })?;
        let found = match number {
            Some(number) => subjects::by_registration_no(tx, &number)?,
            None => subjects::by_name(tx, &names::plain(&alone.name), region)?,
        };
        let mut within = Vec::new();
        for known in found {
            if enterprises::holds(tx, scope, &known)? {
                within.push(known);
            }
        }
        if within.len() > 1 {
            let names: Vec<&str> = within.iter().map(|e| e.name.as_str()).collect();
            return SEVERAL_SUBJECTS.with("names", names.join("、")).at("name");
        }
        Ok(within.pop())
    }

    /// The subject as it would be, without saving it: whatever is wrong comes out now.
    fn draft(&self, tx: &mut Tx, row: &Understood) -> Result<Enterprise> {
        match &row.target {
            Some(known) => {
                let after = enterprises::moved_by(tx, self.by, known, &row.entry)?.0;
                row.entry.clone().put(after, self.keeper)
            }
            None => enterprises::drafted(tx, self.by, self.keeper, &self.to_register(row.entry.clone()), String::new()),
        }
    }

    fn to_register(&self, entry: Entry) -> New {
        New { id: EnterpriseId::new(self.by.at), entry, confirm_not_duplicate: List::default() }
    }

    fn register(&self, tx: &mut Tx, said: &Said) -> Result<Enterprise> {
        let new = self.to_register(said.over(Entry::default(), &self.lexicon)?);
        let enterprise = enterprises::drafted(tx, self.by, self.keeper, &new, enterprises::digest(&new.entry)?)?;
        duplicates::refuse_same_code(tx, self.by, &enterprise)?;
        enterprises::add(tx, self.by, &enterprise)?;
        Ok(enterprise)
    }

    /// Whether the papers of a row could be filed, as far as it shows before the subject is there.
    fn check_papers(&self, tx: &mut Tx, row: &Understood) -> Result<()> {
        for paper in &row.papers {
            let known = certificates::store::by_number(tx, &paper.number)?;
            let holder = match &known {
                Some(c) => Some(subjects::standing_for(tx, c.enterprise)?.id),
                None => None,
            };
            let checked = match (known, holder) {
                (Some(_), Some(holder)) if row.target.as_ref().is_some_and(|t| t.id == holder) => Ok(()),
                (Some(_), _) => certificates::KNOWN_ELSEWHERE.at("number"),
                (None, _) => paper.days().and_then(|(from, to)| certificates::check_days(from, to, self.by.at.date())),
            };
            checked.map_err(|error| under(paper, error))?;
        }
        Ok(())
    }

    /// Files a paper of the subject: registers it, or notes that it was renewed. Whether anything changed.
    fn file(&self, tx: &mut Tx, enterprise: &Enterprise, paper: &Paper) -> Result<bool> {
        if let Some(known) = certificates::store::by_number(tx, &paper.number)? {
            let Some(expires) = paper.expires.filter(|e| *e > known.expires) else { return Ok(false) };
            let issued = paper.issued.unwrap_or(known.issued);
            let renewal = certificates::Act::Renew { issued, expires, document: None };
            return certificates::act(tx, self.by, known.id, &renewal).map(|_| true);
        }
        let (issued, expires) = paper.days()?;
        let new = certificates::New {
            id: CertificateId::new(self.by.at),
            enterprise: enterprise.id,
            kind: paper.kind,
            number: paper.number.clone(),
            holder: None,
            products: enterprise.made.clone(),
            scope: None,
            address: None,
            body: paper.body.clone(),
            issued,
            expires,
        };
        certificates::register(tx, self.by, &new).map(|_| true)
    }
}

/// The fault of a paper, beside the column of the file.
fn under(paper: &Paper, error: Error) -> Error {
    let licence = paper.kind == certificates::Kind::Licence;
    let field = match error.field() {
        Some("number") | None => {
            if licence {
                "licence"
            } else {
                "ccc"
            }
        }
        Some("issued") => {
            if licence {
                "licence_issued"
            } else {
                "ccc_issued"
            }
        }
        Some("expires") => {
            if licence {
                "licence_expires"
            } else {
                "ccc_expires"
            }
        }
        Some(_) => return error,
    };
    match error {
        Error::Refused(refusal) | Error::Invalid { refusal, .. } | Error::Conflict(refusal) => {
            Error::invalid(field, refusal)
        }
        ours => ours,
    }
}
