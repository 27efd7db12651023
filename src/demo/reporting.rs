//! Returns of the summer: months that are approved up to the nation, and one in which every state can be seen.

use super::{
    days::{Days, at},
    lists::COUNTIES,
};
use crate::{
    accounts, campaigns,
    kernel::{CampaignId, OfficeId, Result, ReturnId, db::Tx},
    people::By,
    reference::Calendar,
    reports::returns::{self, Act, New, Period},
};
use jiff::ToSpan;

/// Who heads the cities, and the provinces.
const CITIES: &[&str] = &["qian", "xingan", "yuqiao"];
const PROVINCES: &[&str] = &["zhao", "kuangyi", "shangyuan"];

/// Days after the end of a period by which all levels have done their part.
const DONE: i64 = 8;

/// Where a county's last return is to stand, by its place in the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Silent,
    Draft,
    Submitted,
    Returned,
    Accepted,
}

const LAST: &[Fate] = &[
    Fate::Submitted,
    Fate::Returned,
    Fate::Draft,
    Fate::Silent,
    Fate::Accepted,
    Fate::Submitted,
    Fate::Accepted,
    Fate::Accepted,
    Fate::Submitted,
];

/// The returns of every month that is over.
pub fn report(tx: &mut Tx, campaign: CampaignId, days: Days) -> Result<()> {
    let (of, pack) = campaigns::of(tx, campaign)?;
    let over = |p: &Period| p.code.starts_with("monthly") && p.ends.saturating_add(DONE.days()) < days.today;
    let months: Vec<Period> = returns::periods(&pack, &of).into_iter().filter(over).collect();
    for (n, period) in months.iter().enumerate() {
        let desk = Desk { campaign, period, first: n == 0, last: n + 1 == months.len() };
        desk.counties(tx)?;
        if desk.last { desk.one_city(tx)? } else { desk.all_above(tx)? }
    }
    Ok(())
}

/// The month that everybody works at.
struct Desk<'a> {
    campaign: CampaignId,
    period: &'a Period,
    first: bool,
    last: bool,
}

impl Desk<'_> {
    fn counties(&self, tx: &mut Tx) -> Result<()> {
        for (n, county) in COUNTIES.iter().enumerate() {
            // in the first month the development zone forgets
            let usual = if self.first && n == 3 { Fate::Silent } else { Fate::Accepted };
            let fate = if self.last { LAST.get(n).copied().unwrap_or(usual) } else { usual };
            if fate == Fate::Silent {
                continue;
            }
            let id = self.begin(tx, &county.supervisor, 1)?;
            if self.first && n == 1 {
                let why = "案件系统尚未对接，依据立案审批表2份".to_owned();
                let act = Act::Adjust { figure: "R15f".to_owned(), product: None, field: None, amount: 2, why };
                self.act(tx, &county.supervisor, id, &act, 1)?;
            }
            if fate != Fate::Draft {
                self.submit(tx, &county.supervisor, id, if self.last && n == 5 { 7 } else { 2 })?;
            }
            match fate {
                Fate::Accepted => self.accept(tx, &county.above, id, 3)?,
                Fate::Returned => {
                    let why = "抽查家数与上月相差较大，请核对后重报".to_owned();
                    self.act(tx, &county.above, id, &Act::Return { why }, 3)?;
                }
                Fate::Silent | Fate::Draft | Fate::Submitted => {}
            }
        }
        Ok(())
    }

    /// Every level up to the nation, but for the province in which nobody works.
    fn all_above(&self, tx: &mut Tx) -> Result<()> {
        for login in CITIES {
            let id = self.begin(tx, login, 4)?;
            if self.first && *login == "qian" {
                let why = "机构改革交接，当月未安排检查，已约谈".to_owned();
                let office = office(tx, "1301KF")?;
                self.act(tx, login, id, &Act::Excuse { office, why }, 4)?;
            }
            self.submit(tx, login, id, 4)?;
            if *login != "yuqiao" {
                self.accept(tx, "zhao", id, 5)?;
            }
        }
        for login in PROVINCES {
            let id = self.begin(tx, login, 5)?;
            self.submit(tx, login, id, 5)?;
            self.accept(tx, "lin", id, 6)?;
        }
        Ok(())
    }

    fn one_city(&self, tx: &mut Tx) -> Result<()> {
        let id = self.begin(tx, "xingan", 4)?;
        self.submit(tx, "xingan", id, 4)
    }

    /// Whoever it is, on the working day that comes so many days after the end of the month.
    fn by(&self, tx: &mut Tx, login: &str, after: i64) -> Result<By> {
        let day = Calendar::official().working_day_from(self.period.ends.saturating_add(after.days())).value;
        let day = day.min(self.period.ends.saturating_add(DONE.days()));
        Ok(By { client: None, ..accounts::acting(tx, login, at(day, 560 + after * 40))? })
    }

    fn begin(&self, tx: &mut Tx, login: &str, after: i64) -> Result<ReturnId> {
        let by = self.by(tx, login, after)?;
        let new = New { campaign: self.campaign, period: self.period.code.clone() };
        Ok(returns::create(tx, &by, ReturnId::new(by.at), &new)?.id)
    }

    fn act(&self, tx: &mut Tx, login: &str, id: ReturnId, act: &Act, after: i64) -> Result<()> {
        let by = self.by(tx, login, after)?;
        returns::act(tx, &by, id, act).map(|_| ())
    }

    /// Submits what there is, or says that there is nothing.
    fn submit(&self, tx: &mut Tx, login: &str, id: ReturnId, after: i64) -> Result<()> {
        let by = self.by(tx, login, after)?;
        let own = returns::get(tx, &by, id)?;
        let nil = returns::current(tx, &by, &own)?.first_record().is_none();
        let note = nil.then(|| "本月未安排检查".to_owned());
        let act = if nil { Act::ReportNil { note } } else { Act::Submit { note } };
        returns::act(tx, &by, id, &act).map(|_| ())
    }

    fn accept(&self, tx: &mut Tx, login: &str, id: ReturnId, after: i64) -> Result<()> {
        self.act(tx, login, id, &Act::Accept { note: None }, after)
    }
}

fn office(tx: &mut Tx, code: &str) -> Result<OfficeId> {
    let found = crate::people::store::office_by_code(tx, code)?;
    found.map(|o| o.id).ok_or(crate::kernel::Error::NotFound)
}
