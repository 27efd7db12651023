//! What the campaigns under way at a place say of products, regimes and clocks. The program knows none by heart.

use super::certificates::Clocks;
use crate::{
    campaigns::{self, Pack},
    kernel::{Lang, Result, db::Tx, text},
    people::Place,
    reference::Regime,
};
use jiff::civil::Date;
use std::sync::Arc;

/// The packs of the campaigns under way at a place; without a campaign, the newest pack there is.
#[derive(Debug, Clone, Default)]
pub struct Lexicon(Vec<Arc<Pack>>);

impl Lexicon {
    /// For things at `place` on `date`.
    pub fn at(tx: &mut Tx, place: &Place, date: Date) -> Result<Self> {
        let mut packs = Vec::new();
        for campaign in campaigns::current(tx, place, date)? {
            packs.push(campaigns::pack(tx, &campaign.pack_code, campaign.pack_version)?);
        }
        if packs.is_empty()
            && let Some(newest) = campaigns::store::pack_versions(tx)?.last()
        {
            packs.push(campaigns::pack(tx, &newest.code, newest.version)?);
        }
        Ok(Self(packs))
    }

    /// The name of a product; an unknown code stands for itself.
    pub fn label(&self, code: &str, lang: Lang) -> String {
        let pack = self.0.iter().find(|p| p.product(code).is_some());
        pack.map_or_else(|| code.to_owned(), |p| format!("{code} {}", p.product_label(code, lang)))
    }

    /// Every product, for choosing: code and name.
    pub fn products(&self, lang: Lang) -> Vec<(String, String)> {
        let all = self.0.iter().flat_map(|pack| pack.products.iter().map(|p| p.code.clone()));
        let mut all: Vec<String> = all.collect();
        all.sort();
        all.dedup();
        all.into_iter().map(|code| (code.clone(), self.label(&code, lang))).collect()
    }

    /// The code of a product written as its code, its name, or both: `0301`, 通用硅酸盐水泥, `0301 通用硅酸盐水泥`.
    pub fn code_of(&self, written: &str) -> Option<String> {
        let written = text::plain(written);
        let first = written.split(' ').next().unwrap_or_default();
        let products = || self.0.iter().flat_map(|pack| &pack.products);
        let named = |n: &str| products().find(|p| p.zh == n || p.en.eq_ignore_ascii_case(n)).map(|p| p.code.clone());
        let coded = matches!(first.len(), 2 | 4) && first.chars().all(|c| c.is_ascii_digit());
        if coded { Some(first.to_owned()) } else { named(&written) }
    }

    /// The regimes under which a product stands on `date`.
    pub fn regimes(&self, product: &str, date: Date) -> Vec<Regime> {
        let pack = self.0.iter().find(|p| p.product(product).is_some());
        pack.map(|p| p.regimes_of(product, date).into_iter().map(|r| r.regime).collect()).unwrap_or_default()
    }

    /// The clocks by which certificates are warned of. A clock that no pack names is nought: it warns of nothing.
    pub fn clocks(&self, date: Date) -> Clocks {
        let amount = |code: &str| self.0.iter().find_map(|p| p.clock(code, date)).map_or(0, |c| c.amount);
        Clocks {
            licence_warning_days: amount("licence_expiry_warning_days"),
            certificate_warning_days: amount("certificate_expiry_warning_days"),
            ban_months: amount("licence_ban"),
            suspension_months: amount("ccc_suspension_max"),
        }
    }
}
