//! What a row of the file says, once its columns are known.

use super::{
    cells,
    model::{Column, Mapping},
};
use crate::{
    enterprises::{Entry, Kind, Lexicon, List, Micro, certificates, entry::SCIENTIFIC},
    kernel::{NOT_A_CHOICE, REQUIRED, Result},
};
use jiff::civil::Date;
use serde::Serialize;

/// What a row says of a subject and its papers. What it leaves blank it does not change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    cells: Vec<(Column, String)>,
    kind: Option<Kind>,
    home: String,
}

/// A licence or certificate named in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paper {
    pub kind: certificates::Kind,
    /// In its one form.
    pub number: String,
    pub issued: Option<Date>,
    pub expires: Option<Date>,
    pub body: Option<String>,
}

impl Said {
    /// Reads `cells` by `mapping`; `home` is the region of the office, where a name of a region is looked for first.
    pub fn new(cells: &[String], mapping: &Mapping, home: &str) -> Self {
        let filled =
            cells.iter().zip(&mapping.columns).filter_map(|(cell, column)| Some(((*column)?, cells::filled(cell)?)));
        Self { cells: filled.collect(), kind: mapping.kind, home: home.to_owned() }
    }

    /// Whether the row says anything at all.
    pub fn is_blank(&self) -> bool {
        self.cells.is_empty()
    }

    /// What stands under a heading.
    pub fn get(&self, column: Column) -> Option<&str> {
        self.cells.iter().find(|(c, _)| *c == column).map(|(_, cell)| cell.as_str())
    }

    /// Whether somebody has confirmed that it is none of those it resembles.
    pub fn is_confirmed(&self) -> bool {
        let yes = ["是", "yes", "y", "1", "true", "√", "✓", "确认"];
        self.get(Column::Confirmed).is_some_and(|cell| yes.contains(&cell.to_lowercase().as_str()))
    }

    /// `entry` with everything that the row says put over it.
    pub fn over(&self, mut entry: Entry, lexicon: &Lexicon) -> Result<Entry> {
        for (column, cell) in &self.cells {
            let text = || Some(cell.clone());
            match column {
                Column::Name => entry.name.clone_from(cell),
                Column::NameEn => entry.name_en = text(),
                Column::Aliases => entry.aliases = split(cell),
                Column::Uscc => entry.uscc = text(),
                Column::RegistrationNo => entry.registration_no = text(),
                Column::Person => entry.person = text(),
                Column::PersonId => entry.person_id = text(),
                Column::Kind => entry.kind = Some(cells::kind(cell)?),
                Column::Size => entry.size = Some(cells::size(cell)?),
                Column::LegalPerson => entry.legal_person = text(),
                Column::Phone => entry.phone = Some(phone(cell)?),
                Column::Address => entry.address = text(),
                Column::Region => entry.region = Some(cells::region(cell, &self.home)?),
                Column::Station => entry.station = text(),
                Column::Lon => entry.lon = Some(degrees("lon", cell)?),
                Column::Lat => entry.lat = Some(degrees("lat", cell)?),
                Column::Tags => entry.tags = List(cells::tags(cell)?),
                Column::Made => entry.made = products("made", cell, lexicon)?,
                Column::Sold => entry.sold = products("sold", cell, lexicon)?,
                Column::Platform => entry.platform = text(),
                Column::ShopUrl => entry.shop_url = text(),
                Column::Products
                | Column::Licence
                | Column::LicenceIssued
                | Column::LicenceExpires
                | Column::Ccc
                | Column::CccIssued
                | Column::CccExpires
                | Column::Body
                | Column::Confirmed => {}
            }
        }
        entry.kind = entry.kind.or(self.kind).or_else(|| self.kind_by_itself(&entry));
        self.place_products(entry, lexicon)
    }

    /// Who holds a licence makes; who says what is sold sells.
    fn kind_by_itself(&self, entry: &Entry) -> Option<Kind> {
        let makes = !entry.made.0.is_empty() || self.get(Column::Licence).is_some();
        match (makes, !entry.sold.0.is_empty()) {
            (true, true) => Some(Kind::Both),
            (true, false) => Some(Kind::Producer),
            (false, true) => Some(Kind::Seller),
            (false, false) => None,
        }
    }

    /// A column that only says «products» means those made by who makes, and those sold by who does not.
    fn place_products(&self, mut entry: Entry, lexicon: &Lexicon) -> Result<Entry> {
        if let Some(cell) = self.get(Column::Products) {
            let codes = products("products", cell, lexicon)?;
            if entry.kind.is_some_and(Kind::makes) { entry.made = codes } else { entry.sold = codes }
        }
        Ok(entry)
    }

    /// The licence and the certificate that the row names.
    pub fn papers(&self) -> Result<Vec<Paper>> {
        let licence =
            self.paper(certificates::Kind::Licence, [Column::Licence, Column::LicenceIssued, Column::LicenceExpires])?;
        let ccc = self.paper(certificates::Kind::Ccc, [Column::Ccc, Column::CccIssued, Column::CccExpires])?;
        Ok(licence.into_iter().chain(ccc).collect())
    }

    fn paper(&self, kind: certificates::Kind, columns: [Column; 3]) -> Result<Option<Paper>> {
        let [number, issued, expires] = columns;
        let Some(typed) = self.get(number).map(str::to_owned) else { return Ok(None) };
        let read = crate::enterprises::entry::code(number.code(), Some(&typed), |c| certificates::number(kind, c))?;
        let Some(read) = read else { return Ok(None) };
        let from = self.get(issued).map(|cell| cells::date_of(issued.code(), cell)).transpose()?;
        let (began, ends) = match self.get(expires) {
            Some(cell) => cells::period(expires.code(), cell).map(|(from, to)| (from, Some(to)))?,
            None => (None, None),
        };
        let body = self.get(Column::Body).map(str::to_owned);
        Ok(Some(Paper { kind, number: read, issued: from.or(began), expires: ends, body }))
    }
}

impl Paper {
    /// Both days, or the sentence beside the column that lacks one.
    pub fn days(&self) -> Result<(Date, Date)> {
        let (issued, expires) = match self.kind {
            certificates::Kind::Licence => (Column::LicenceIssued, Column::LicenceExpires),
            certificates::Kind::Ccc => (Column::CccIssued, Column::CccExpires),
        };
        match (self.issued, self.expires) {
            (Some(from), Some(to)) => Ok((from, to)),
            (None, _) => REQUIRED.at(issued.code()),
            (_, None) => REQUIRED.at(expires.code()),
        }
    }
}

fn split(cell: &str) -> List<String> {
    let pieces = cell.split(['\n', '、', '；', ';', '，', ',']).map(str::trim).filter(|p| !p.is_empty());
    List(pieces.map(str::to_owned).collect())
}

fn products(field: &str, cell: &str, lexicon: &Lexicon) -> Result<List<String>> {
    let code = |piece: &String| match lexicon.code_of(piece) {
        Some(code) => Ok(code),
        None => NOT_A_CHOICE.with("value", piece).at(field),
    };
    split(cell).0.iter().map(code).collect::<Result<Vec<_>>>().map(List)
}

fn degrees(field: &str, cell: &str) -> Result<Micro> {
    let bare = cell.trim_end_matches(['°', 'E', 'N', 'e', 'n']);
    match Micro::from_degrees(bare) {
        Some(angle) => Ok(angle),
        None => NOT_A_CHOICE.with("value", cell).at(field),
    }
}

/// A telephone that a spreadsheet has turned into a rounded number is lost.
fn phone(cell: &str) -> Result<String> {
    let rounded = cell.contains("E+") || cell.contains("e+");
    if rounded { SCIENTIFIC.with("found", cell).at("phone") } else { Ok(cell.to_owned()) }
}
