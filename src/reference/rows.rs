//! Tables of packs, read line by line: what is wrong comes back with its line, its column and a sentence in both
//! languages, and all faults come at once.

use super::{Source, Term};
use crate::kernel::{Lang, NOT_A_CHOICE, NOT_A_DATE, REQUIRED, Refusal};
use csv::{ReaderBuilder, StringRecord, Trim};
use jiff::civil::Date;
use serde::{Serialize, Serializer};

/// A row of a table, in the form the program wants.
pub trait FromLine: Sized {
    /// The columns that must stand in the head, whether or not a cell may be empty.
    const COLUMNS: &'static [&'static str];
    /// The row in `line`, or what is wrong with it.
    fn from_line(line: &Line) -> Result<Self, Fault>;
}

/// What a table holds: its good rows, and what is wrong with the others.
#[derive(Debug, Clone)]
pub struct Table<T> {
    /// The rows that can be used.
    pub rows: Vec<T>,
    /// What is wrong, in the order of the lines.
    pub faults: Vec<Fault>,
}

impl<T: FromLine> Table<T> {
    /// Reads comma-separated `text` with a head line, in UTF-8 with or without a byte-order mark. Columns may stand in
    /// any order; unknown ones are left alone.
    pub fn read(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(text.as_bytes());
        let mut table = Self { rows: Vec::new(), faults: Vec::new() };
        let head = match reader.headers() {
            Ok(head) => head.clone(),
            Err(e) => return Self { faults: vec![Fault::new(1, "", NOT_A_TABLE.with("why", e))], ..table },
        };
        table.faults.extend(missing(&head, T::COLUMNS));
        if !table.faults.is_empty() {
            return table;
        }
        for record in reader.records() {
            match record
                .map_err(|e| broken(&e))
                .and_then(|cells| Line::new(&head, &cells).and_then(|l| T::from_line(&l)))
            {
                Ok(row) => table.rows.push(row),
                Err(fault) => table.faults.push(fault),
            }
        }
        table
    }

    /// The rows, or every fault.
    pub fn all(self) -> Result<Vec<T>, Vec<Fault>> {
        if self.faults.is_empty() { Ok(self.rows) } else { Err(self.faults) }
    }
}

fn missing<'a>(head: &'a StringRecord, wanted: &'a [&str]) -> impl Iterator<Item = Fault> + 'a {
    let lacks = |column: &&&str| !head.iter().any(|h| h == **column);
    wanted.iter().filter(lacks).map(|column| Fault::new(1, *column, NO_COLUMN.with("column", column)))
}

fn broken(error: &csv::Error) -> Fault {
    let line = error.position().map_or(0, csv::Position::line);
    Fault::new(line, "", NOT_A_TABLE.with("why", error))
}

/// What is wrong with one line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line in the file, from 1; the head is line 1.
    pub line: u64,
    /// The column at fault; empty when it is the line as a whole.
    pub column: String,
    /// What is wrong and what is expected.
    pub refusal: Refusal,
}

impl Fault {
    /// `column` of `line` is at fault.
    pub fn new(line: u64, column: impl Into<String>, refusal: Refusal) -> Self {
        Self { line, column: column.into(), refusal }
    }

    /// The sentence with its place.
    pub fn say(&self, lang: Lang) -> String {
        let (line, column, why) = (self.line, &self.column, self.refusal.say(lang));
        match (lang, column.as_str()) {
            (Lang::Zh, "") => format!("第 {line} 行：{why}"),
            (Lang::Zh, _) => format!("第 {line} 行“{column}”列：{why}"),
            (Lang::En, "") => format!("Line {line}: {why}"),
            (Lang::En, _) => format!("Line {line}, column “{column}”: {why}"),
        }
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = to.serialize_struct("Fault", 5)?;
        out.serialize_field("line", &self.line)?;
        out.serialize_field("column", &self.column)?;
        out.serialize_field("code", self.refusal.code)?;
        out.serialize_field("zh", &self.refusal.zh)?;
        out.serialize_field("en", &self.refusal.en)?;
        out.end()
    }
}

/// One line of a table, its cells found by the name of their column.
pub struct Line<'a> {
    head: &'a StringRecord,
    cells: &'a StringRecord,
    number: u64,
}

impl<'a> Line<'a> {
    fn new(head: &'a StringRecord, cells: &'a StringRecord) -> Result<Self, Fault> {
        let number = cells.position().map_or(0, csv::Position::line);
        if head.len() == cells.len() {
            return Ok(Self { head, cells, number });
        }
        let refusal = CELL_COUNT.with("found", cells.len()).with("wanted", head.len());
        Err(Fault::new(number, "", refusal))
    }

    /// The cell under `column`; none when it is empty or there is no such column.
    pub fn maybe(&self, column: &str) -> Option<&'a str> {
        let at = self.head.iter().position(|h| h == column)?;
        self.cells.get(at).filter(|cell| !cell.is_empty())
    }

    /// The cell under `column`, which must not be empty.
    pub fn text(&self, column: &str) -> Result<&'a str, Fault> {
        self.maybe(column).ok_or_else(|| self.fault(column, REQUIRED))
    }

    /// The day under `column`, if one is given.
    pub fn date(&self, column: &str) -> Result<Option<Date>, Fault> {
        let day = |text: &str| text.parse().map_err(|_| self.fault(column, NOT_A_DATE.with("value", text)));
        self.maybe(column).map(day).transpose()
    }

    /// The whole number under `column`, if one is given.
    pub fn number(&self, column: &str) -> Result<Option<i64>, Fault> {
        let number = |text: &str| text.parse().map_err(|_| self.fault(column, NOT_A_NUMBER.with("value", text)));
        self.maybe(column).map(number).transpose()
    }

    /// Yes or no under `column`: `yes`, `true`, `1`, `是`, or `no`, `false`, `0`, `否`.
    pub fn flag(&self, column: &str) -> Result<bool, Fault> {
        match self.text(column)? {
            "yes" | "true" | "1" | "是" => Ok(true),
            "no" | "false" | "0" | "否" => Ok(false),
            other => Err(self.fault(column, NOT_YES_OR_NO.with("value", other))),
        }
    }

    /// The word of a closed vocabulary under `column`: `line.word("unit", Unit::from_code)`.
    pub fn word<T>(&self, column: &str, from_code: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
        let code = self.text(column)?;
        from_code(code).ok_or_else(|| self.fault(column, NOT_A_CHOICE.with("value", code)))
    }

    /// The columns `from` and `to`, in order.
    pub fn term(&self) -> Result<Term, Fault> {
        let term = Term { from: self.date("from")?, to: self.date("to")? };
        match (term.from, term.to) {
            (Some(from), Some(to)) if to < from => {
                Err(self.fault("to", ENDS_BEFORE_IT_BEGINS.with("from", from).with("to", to)))
            }
            _ => Ok(term),
        }
    }

    /// The columns `source` and `certainty`.
    pub fn source(&self) -> Result<Source, Fault> {
        let certainty = self.word("certainty", super::Certainty::from_code)?;
        Ok(Source { place: self.text("source")?.to_owned(), certainty })
    }

    /// `column` of this line is at fault.
    pub fn fault(&self, column: &str, refusal: Refusal) -> Fault {
        Fault::new(self.number, column, refusal)
    }
}

refusals! {
    NOT_A_TABLE "reference.not_a_table" "表格无法读取，须为 UTF-8 编码、逗号分隔、首行为列名的 CSV 文件：{why}" "The table cannot be read; it must be a comma-separated file in UTF-8 with the names of the columns in its first line: {why}";
    NO_COLUMN "reference.no_column" "缺少“{column}”列。" "The column “{column}” is missing.";
    CELL_COUNT "reference.cell_count" "本行有 {found} 格，应为 {wanted} 格；含逗号的内容须用英文双引号括起。" "This line has {found} cells and should have {wanted}; put text that contains a comma in double quotes.";
    NOT_A_NUMBER "reference.not_a_number" "“{value}”不是整数。" "“{value}” is not a whole number.";
    NOT_YES_OR_NO "reference.not_yes_or_no" "“{value}”应为 yes（是）或 no（否）。" "“{value}” should be yes or no.";
    ENDS_BEFORE_IT_BEGINS "reference.ends_before_it_begins" "截止日期 {to} 早于起始日期 {from}。" "It ends on {to}, before it begins on {from}.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Limit {
        code: String,
        days: Option<i64>,
        term: Term,
    }

    impl FromLine for Limit {
        const COLUMNS: &'static [&'static str] = &["code", "days", "from", "to"];
        fn from_line(line: &Line) -> Result<Self, Fault> {
            Ok(Self { code: line.text("code")?.to_owned(), days: line.number("days")?, term: line.term()? })
        }
    }

    #[test]
    fn every_fault_comes_with_its_line() {
        let text =
            "\u{feff}code,days,to,from\na,15,,\n,1,,\nb,soon,,\n\"c\nd\",1,2023-06-31,\ne,1,2023-01-01,2023-02-01\nf\n";
        let table = Table::<Limit>::read(text);
        assert_eq!(table.rows, [Limit { code: "a".into(), days: Some(15), term: Term::default() }]);
        let said: Vec<String> = table.faults.iter().map(|f| f.say(Lang::Zh)).collect();
        assert_eq!(
            said,
            [
                "第 3 行“code”列：此项必填。",
                "第 4 行“days”列：“soon”不是整数。",
                "第 5 行“to”列：“2023-06-31”不是有效日期，请按 2023-06-14 的格式填写。",
                "第 7 行“to”列：截止日期 2023-01-01 早于起始日期 2023-02-01。",
                "第 8 行：本行有 1 格，应为 4 格；含逗号的内容须用英文双引号括起。",
            ]
        );
        assert_eq!(table.faults[1].say(Lang::En), "Line 4, column “days”: “soon” is not a whole number.");
        assert!(table.all().is_err());
    }

    #[test]
    fn a_missing_column_is_named() {
        let table = Table::<Limit>::read("code,days,from\na,1,\n");
        assert_eq!((table.rows.len(), table.faults.len()), (0, 1));
        assert_eq!(table.faults[0].say(Lang::En), "Line 1, column “to”: The column “to” is missing.");
        let json = serde_json::to_value(&table.faults[0]).unwrap();
        assert_eq!((&json["code"], &json["line"]), (&"reference.no_column".into(), &1.into()));
    }
}
