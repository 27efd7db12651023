//! The assessment of the summer: every level has fixed the sheets of the offices below; some agree, one objects.

use super::{
    days::{Days, at},
    lists::COUNTIES,
};
use crate::{
    accounts,
    kernel::{CampaignId, Result, db::Tx},
    people::By,
    reports::assessment::{self, Act, Assessment},
};
use jiff::{ToSpan, civil::Date};

/// Who judges, from the top.
const JUDGES: &[&str] = &["lin", "zhao", "kuangyi", "shangyuan", "qian", "xingan", "yuqiao"];

/// Days ago on which the sheets were fixed, as of the day before.
const FIXED: i64 = 5;

/// Fixes the sheets of all offices that somebody leads, and lets some of them answer.
pub fn judge(tx: &mut Tx, campaign: CampaignId, days: Days) -> Result<()> {
    let fixed = days.ago(FIXED);
    let day = fixed.saturating_sub(1.day());
    for (n, login) in (0..).zip(JUDGES) {
        let by = acting(tx, login, fixed, 540 + n * 20)?;
        assessment::fix_all(tx, &by, campaign, day, None)?;
    }
    let answered = days.working(fixed.saturating_add(1.day()));
    answer(tx, &COUNTIES[1].supervisor, answered, |_| Act::Object {
        line: "closing".to_owned(),
        why: "有1项隐患企业已停产，材料已报、待上级审批销号，请按已整改计".to_owned(),
    })?;
    answer(tx, &COUNTIES[2].supervisor, answered, |_| Act::Agree {})?;
    answer(tx, "zhao", answered, |_| Act::Agree {})?;
    let lin = acting(tx, "lin", answered, 960)?;
    for agreed in assessment::waiting(tx, &lin, true, 10)? {
        assessment::act(tx, &lin, agreed.id, &Act::Confirm {})?;
    }
    Ok(())
}

fn acting(tx: &mut Tx, login: &str, day: Date, minute: i64) -> Result<By> {
    Ok(By { client: None, ..accounts::acting(tx, login, at(day, minute))? })
}

/// What somebody says about the sheet of their office.
fn answer(tx: &mut Tx, login: &str, day: Date, act: impl Fn(&Assessment) -> Act) -> Result<()> {
    let by = acting(tx, login, day, 900)?;
    for sheet in assessment::waiting(tx, &by, false, 1)? {
        assessment::act(tx, &by, sheet.id, &act(&sheet))?;
    }
    Ok(())
}
