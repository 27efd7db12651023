//! Licences and certificates of the subjects: most hold, some are about to expire, some have met each of the ends that
//! the law knows.

use super::{
    dice::Dice,
    lists::{County, Sort, Trade},
};
use crate::{
    campaigns::{NATIONAL, Pack},
    enterprises::certificates::{Act, Decision, Kind},
    kernel::{CertificateId, Moment},
    reference::{Regime, identifiers},
};
use jiff::{ToSpan, civil::Date};
use std::sync::LazyLock;

/// A certificate, and what becomes of it.
#[derive(Debug, Clone)]
pub struct Paper {
    pub id: CertificateId,
    pub kind: Kind,
    pub number: String,
    pub products: Vec<String>,
    pub body: String,
    pub issued: Date,
    pub expires: Date,
    /// What the competent body decides in the course of the summer.
    pub fate: Option<Act>,
}

/// The pack of the campaign.
pub static PACK: LazyLock<Pack> = LazyLock::new(|| Pack::built_in(NATIONAL).expect("our own data"));

/// The certificates that a producer of this trade needs.
pub fn of(number: usize, trade: &Trade, county: &County, first: Date) -> Vec<Paper> {
    if !matches!(trade.kind, Sort::Producer | Sort::Both) {
        return Vec::new();
    }
    let needing = |regime: Regime| -> Vec<String> {
        let stands = |p: &&String| PACK.regimes_of(p, first).iter().any(|r| r.regime == regime);
        trade.products.iter().filter(stands).cloned().collect()
    };
    let mut dice = Dice::named("paper", number);
    let mut papers = Vec::new();
    let licensed = needing(Regime::Licence);
    if !licensed.is_empty() {
        let (industry, product) = series(&licensed[0], first);
        let licence = identifiers::make_licence(county.province, industry, product, serial(number));
        papers.push(paper(Kind::Licence, licence, licensed, first, &mut dice));
    }
    let certified = needing(Regime::Ccc);
    if let (false, Some(category)) = (certified.is_empty(), trade.ccc) {
        let year = u16::try_from(first.year() - 2).unwrap_or_default();
        let ccc = identifiers::make_ccc(year, category, serial(number));
        papers.push(paper(Kind::Ccc, ccc, certified, first, &mut dice));
    }
    papers
}

/// The serial number in codes of the subject `number`.
pub fn serial(number: usize) -> u32 {
    100 + u32::try_from(number).unwrap_or_default()
}

/// Industry and product as the pack knows them; where it does not, 00-000, which is no series.
fn series(product: &str, first: Date) -> (u8, u16) {
    let row = PACK.regimes_of(product, first).into_iter().find(|r| r.licence_code.is_some());
    let code = row.and_then(|r| r.licence_code.as_deref()).unwrap_or("XK00-000");
    let parts = code.trim_start_matches("XK").split_once('-');
    parts.and_then(|(i, p)| Some((i.parse().ok()?, p.parse().ok()?))).unwrap_or((0, 0))
}

fn paper(kind: Kind, number: String, products: Vec<String>, first: Date, dice: &mut Dice) -> Paper {
    // one in nine has run out, one in nine is about to, one in nine meets another end
    let lot = dice.below(9);
    let expires = match lot {
        0 => first.saturating_add(dice.between(-90, 40).days()),
        1 => first.saturating_add(dice.between(75, 120).days()),
        _ => first.saturating_add(dice.between(200, 1500).days()),
    };
    let body = match kind {
        Kind::Licence => "省级市场监督管理局",
        Kind::Ccc => "演示认证中心",
    };
    let on = first.saturating_add(dice.between(8, 50).days());
    Paper {
        id: dice.id(Moment::start_of(first)).parse().unwrap_or_else(|_| CertificateId::new(Moment::start_of(first))),
        kind,
        number,
        products,
        body: body.to_owned(),
        issued: expires.saturating_sub(5.years()).saturating_add(1.day()),
        expires,
        fate: (lot == 2).then(|| fate(kind, dice, on, body)),
    }
}

fn fate(kind: Kind, dice: &mut Dice, on: Date, body: &str) -> Act {
    let decision = |why: &str| Decision {
        on,
        authority: body.to_owned(),
        document: Some(format!("演示决字〔{}〕{}号", on.year(), on.day())),
        why: Some(why.to_owned()),
    };
    match (kind, dice.below(3)) {
        (Kind::Ccc, 0) => Act::Withdraw(decision("工厂检查严重不合格，逾期未整改")),
        (Kind::Ccc, _) => Act::Suspend(decision("监督抽查不合格，限期整改")),
        (Kind::Licence, 0) => Act::Revoke(decision("产品经监督抽查不合格，情节严重")),
        (Kind::Licence, 1) => Act::Cancel(decision("企业申请注销")),
        (Kind::Licence, _) => Act::Withdraw(decision("以欺骗手段取得许可")),
    }
}
