//! What a licence or certificate is. No database, no HTTP, no clock.

use super::{State, Verb, law};
use crate::{
    enterprises::List,
    kernel::{AccountId, CertificateId, EnterpriseId, Moment, OfficeId, Refusal},
    people::{Actor, Place},
    record::{Kind as ThingKind, Thing},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What kind of paper it is.
    #[schema(as = CertificateKind)]
    pub enum Kind {
        Licence "licence" "工业产品生产许可证" "Production licence",
        Ccc "ccc" "强制性产品认证证书（CCC）" "CCC certificate",
    }
}

refusals! {
    EXPIRES_SOON "certificates.expires_soon" "{days} 天后（{on}）到期。" "Expires in {days} days, on {on}.";
    HAS_EXPIRED "certificates.has_expired" "已于 {on} 到期。" "Expired on {on}.";
    IS_SUSPENDED "certificates.is_suspended" "自 {on} 起暂停。" "Suspended since {on}.";
    SUSPENDED_TOO_LONG "certificates.suspended_too_long" "暂停已超过 {months} 个月，应当恢复或者撤销。" "Suspended for more than {months} months: it should be restored or withdrawn.";
    NOT_VALID "certificates.not_valid" "证书已{state_zh}，不得继续使用。" "The certificate is {state_en} and may not be used.";
    BANNED "certificates.banned" "{number} 被吊销，{until} 前不得再次申请同一产品的生产许可证。" "{number} was revoked: no new application for a licence of the same product before {until}.";
}

row! {
    /// A production licence or CCC certificate (证书).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Certificate {
        pub id: CertificateId,
        pub enterprise: EnterpriseId,
        #[serde(skip)]
        pub digest: String,
        pub kind: Kind,
        pub number: String,
        /// The holder as the paper names it.
        pub holder: String,
        /// Codes of the products it covers.
        #[schema(value_type = Vec<String>)]
        pub products: List<String>,
        /// Products, units and models, in the words of the paper.
        pub scope: String,
        /// Production address.
        pub address: String,
        /// The authority or certification body that issued it.
        pub body: String,
        pub issued: Date,
        /// The last day of validity.
        pub expires: Date,
        pub state: State,
        pub registered_at: Moment,
        pub registered_by: AccountId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

row! {
    /// What a certificate was from a day on, and who decided so.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    #[schema(as = CertificateEntry)]
    pub struct Entry {
        pub since: Date,
        pub state: State,
        /// What was done; nothing when it was first issued.
        pub verb: Option<Verb>,
        pub authority: Option<String>,
        /// Number of the decision.
        pub document: Option<String>,
        pub why: Option<String>,
        /// The last day of validity as it stood then.
        pub expires: Date,
    }
}

/// What a competent body has decided.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// The day from which it has effect.
    pub on: Date,
    /// Who decided.
    pub authority: String,
    /// Number of the decision.
    pub document: Option<String>,
    pub why: Option<String>,
}

/// One thing done to a certificate, with what it takes to do it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = CertificateAct)]
pub enum Act {
    Correct {
        holder: String,
        #[schema(value_type = Vec<String>)]
        products: List<String>,
        scope: String,
        address: String,
        body: String,
        why: Option<String>,
    },
    Renew {
        issued: Date,
        expires: Date,
        document: Option<String>,
    },
    Suspend(Decision),
    Restore(Decision),
    Cancel(Decision),
    Withdraw(Decision),
    Revoke(Decision),
    Recall(Decision),
    Reinstate(Decision),
    Expire,
}

/// Clocks of the campaign's pack that warnings go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clocks {
    /// Days before a licence expires from which to warn.
    pub licence_warning_days: i64,
    /// Days before a CCC certificate expires from which to warn.
    pub certificate_warning_days: i64,
    /// Months after a revocation in which no licence for the same product may be applied for.
    pub ban_months: i64,
    /// Months that a suspension may last.
    pub suspension_months: i64,
}

/// Something to look at, with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub sentence: Refusal,
    /// `red`, `orange` or `blue`.
    pub kind: &'static str,
    pub source: &'static str,
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Correct { .. } => Verb::Correct,
            Self::Renew { .. } => Verb::Renew,
            Self::Suspend(_) => Verb::Suspend,
            Self::Restore(_) => Verb::Restore,
            Self::Cancel(_) => Verb::Cancel,
            Self::Withdraw(_) => Verb::Withdraw,
            Self::Revoke(_) => Verb::Revoke,
            Self::Recall(_) => Verb::Recall,
            Self::Reinstate(_) => Verb::Reinstate,
            Self::Expire => Verb::Expire,
        }
    }

    /// The decision it records.
    pub const fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Suspend(d)
            | Self::Restore(d)
            | Self::Cancel(d)
            | Self::Withdraw(d)
            | Self::Revoke(d)
            | Self::Recall(d)
            | Self::Reinstate(d) => Some(d),
            Self::Correct { .. } | Self::Renew { .. } | Self::Expire => None,
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Correct { why, .. } => why.as_deref(),
            other => other.decision().and_then(|d| d.why.as_deref()),
        }
    }
}

/// What a certificate was on `date`, by its history: nothing before it was issued; expired after its last day.
pub fn status_on(history: &[Entry], date: Date) -> Option<State> {
    let entry = history.iter().rfind(|e| e.since <= date)?;
    let lapsed = matches!(entry.state, State::Valid | State::Suspended) && entry.expires < date;
    Some(if lapsed { State::Expired } else { entry.state })
}

impl Certificate {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// The address of its page.
    pub fn href(&self) -> String {
        format!("/certificates/{}", self.id)
    }

    /// The colour of its state on `today`.
    pub fn colour(&self, today: &Date) -> &'static str {
        match self.state_on(*today) {
            State::Valid => "green",
            State::Suspended => "orange",
            State::Expired | State::Withdrawn | State::Revoked => "red",
            State::Cancelled | State::Recalled => "grey",
        }
    }

    /// What `actor` may record next.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let mine = |v: &Verb| {
            law(self.kind, *v).is_some() && self.state.step(*v).is_some_and(|(_, who)| who.iter().any(|r| actor.is(*r)))
        };
        Verb::ALL.iter().copied().filter(mine).collect()
    }

    /// The state as of `today`: the clock may not have marked the expiry yet.
    pub fn state_on(&self, today: Date) -> State {
        let lapsed = matches!(self.state, State::Valid | State::Suspended) && self.expires < today;
        if lapsed { State::Expired } else { self.state }
    }

    /// What must be looked at on `today`.
    pub fn warnings(&self, history: &[Entry], today: Date, clocks: &Clocks) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut warn = |kind, source, sentence| warnings.push(Warning { sentence, kind, source });
        match self.state_on(today) {
            State::Valid => {
                let days = i64::from(today.until(self.expires).map_or(0, |s| s.get_days()));
                let (limit, source) = match self.kind {
                    Kind::Licence => (clocks.licence_warning_days, "IPL art.25"),
                    Kind::Ccc => (clocks.certificate_warning_days, "D"),
                };
                if days <= limit {
                    warn("orange", source, EXPIRES_SOON.with("days", days).with("on", self.expires));
                }
            }
            State::Suspended => {
                let since = history.iter().rfind(|e| e.state == State::Suspended).map_or(self.issued, |e| e.since);
                warn("orange", "CAR art.26", IS_SUSPENDED.with("on", since));
                if months_after(since, clocks.suspension_months) < today {
                    warn("red", "CAR art.26", SUSPENDED_TOO_LONG.with("months", clocks.suspension_months));
                }
            }
            State::Expired => warn("red", "IPL art.25", HAS_EXPIRED.with("on", self.expires)),
            state => warn("red", "IPL art.5; CAR art.27", not_valid(state)),
        }
        if let Some(until) = banned_until(history, clocks).filter(|until| *until > today) {
            warn("red", "IPL art.55", BANNED.with("number", &self.number).with("until", until));
        }
        warnings
    }
}

fn not_valid(state: State) -> Refusal {
    use crate::kernel::Lang::{En, Zh};
    NOT_VALID.with("state_zh", state.label(Zh)).with("state_en", state.label(En).to_lowercase())
}

/// Until when its holder may not apply for the same product again, after a revocation that was not annulled.
pub fn banned_until(history: &[Entry], clocks: &Clocks) -> Option<Date> {
    let revoked = history.iter().rposition(|e| e.state == State::Revoked)?;
    let annulled = history[revoked..].iter().any(|e| e.verb == Some(Verb::Reinstate));
    (!annulled).then(|| months_after(history[revoked].since, clocks.ban_months))
}

fn months_after(date: Date, months: i64) -> Date {
    let months = i32::try_from(months).unwrap_or(i32::MAX / 2).clamp(0, 12_000);
    date.checked_add(months.months()).unwrap_or(Date::MAX)
}

impl Thing for Certificate {
    const KIND: ThingKind = ThingKind::Certificate;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} {}", self.number, self.holder)
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn enterprise(&self) -> Option<EnterpriseId> {
        Some(self.enterprise)
    }
}
