//! Licences and certificates (证书): production licences and CCC certificates, each with a life of its own.
//!
//! Read `life.rs` first: [`State::step`] is the whole life, [`law`] says who decides on what ground. The history keeps
//! what a certificate was on every day ([`status_on`]).

mod life;
mod model;
pub mod store;

pub use life::{Law, State, Verb, law};
pub use model::{Act, Certificate, Clocks, Decision, Entry, Kind, Warning, banned_until, status_on};
pub use store::{Filter, ORDERS, list, move_all, of, of_all, query};

use super::{OFFICERS, entry, values::List};
use crate::{
    kernel::{CertificateId, EnterpriseId, Error, Lang, REQUIRED, Refusal, Result, db::Tx, ensure, on_taken, secret},
    people::{By, Scope},
    record,
    reference::identifiers,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

refusals! {
    NOT_NOW "certificates.not_now" "该证书目前为“{state_zh}”，不能办理“{verb_zh}”。" "This certificate is “{state_en}” now; “{verb_en}” is not possible.";
    NO_SUCH_ACT "certificates.no_such_act" "{kind_zh}没有“{verb_zh}”这一处理方式。" "The law knows no “{verb_en}” for a {kind_en}.";
    KNOWN "certificates.known" "该证书编号已登记，持证人为“{holder}”。" "This number is registered already; the holder is “{holder}”.";
    KNOWN_ELSEWHERE "certificates.known_elsewhere" "该证书编号已由其他机构登记，请联系上级机构核对。" "This number has been registered by another office already; ask the office above to compare.";
    OTHER_CONTENT "certificates.other_content" "同一编号已登记过内容不同的证书，请核对。" "This id was used for a certificate with other content; please compare.";
    EXPIRES_FIRST "certificates.expires_first" "有效期止应晚于发证日期 {issued}。" "It must expire after the day of issue, {issued}.";
    ISSUED_LATER "certificates.issued_later" "发证日期不能晚于今天。" "The day of issue cannot be later than today.";
    DECIDED_LATER "certificates.decided_later" "生效日期不能晚于今天。" "The day of effect cannot be later than today.";
    DECIDED_BEFORE "certificates.decided_before" "生效日期不能早于上一次变化的日期 {since}。" "The day of effect cannot be before the last change, {since}.";
    NOT_EXPIRED "certificates.not_expired" "有效期未满。" "It has not expired yet.";
    RENEWED_LATER "certificates.renewed_later" "延续后的有效期止应晚于现有期限 {expires}。" "The renewed certificate must expire later than {expires}.";
}

/// Every refusal and warning of certificates.
pub fn refusals() -> [&'static [Refusal]; 2] {
    [REFUSALS, model::REFUSALS]
}

/// A certificate to be registered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewCertificate)]
pub struct New {
    /// Made by whoever registers it.
    pub id: CertificateId,
    pub enterprise: EnterpriseId,
    pub kind: Kind,
    pub number: String,
    /// The holder as the paper names it; the subject's name when left out.
    #[serde(default)]
    pub holder: Option<String>,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub products: List<String>,
    #[serde(default)]
    pub scope: Option<String>,
    /// Production address; the subject's own when left out.
    #[serde(default)]
    pub address: Option<String>,
    #[serde(default)]
    pub body: Option<String>,
    pub issued: Date,
    pub expires: Date,
}

/// The number in its one form, or the sentence that says what is wrong with it.
pub fn number(kind: Kind, typed: &str) -> Result<String, Refusal> {
    match kind {
        Kind::Licence => identifiers::licence(typed).map(|n| n.number),
        Kind::Ccc => identifiers::ccc(typed).map(|n| n.number),
    }
}

/// Registers a certificate of a subject. The same id with the same content answers as the first time; a number that is
/// known is refused.
pub fn register(tx: &mut Tx, by: &By, new: &New) -> Result<Certificate> {
    by.actor.must_be(OFFICERS)?;
    let digest = secret::sha256(serde_json::to_string(new).map_err(Error::broken)?.as_bytes());
    if let Some(known) = store::find(tx, new.id)? {
        get(tx, by.scope(), known.id)?;
        return if known.digest == digest { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let holder = super::get(tx, by.scope(), new.enterprise)?;
    let typed = entry::code("number", Some(&new.number), |c| number(new.kind, c))?;
    let Some(number) = typed else { return REQUIRED.at("number") };
    if let Some(known) = store::by_number(tx, &number)? {
        let refusal = match get(tx, by.scope(), known.id) {
            Ok(known) => KNOWN.with("holder", known.holder),
            Err(_) => KNOWN_ELSEWHERE,
        };
        return refusal.at("number");
    }
    check_days(new.issued, new.expires, by.at.date())?;
    let text = |field: &str, typed: &Option<String>| entry::maybe(field, typed.as_ref());
    let place = holder.place();
    let certificate = Certificate {
        id: new.id,
        enterprise: holder.id,
        digest,
        kind: new.kind,
        number,
        holder: text("holder", &new.holder)?.unwrap_or(holder.name),
        products: entry::products("products", &new.products)?,
        scope: scope_of(new.scope.as_deref().unwrap_or_default())?,
        address: text("address", &new.address)?.unwrap_or(holder.address),
        body: text("body", &new.body)?.unwrap_or_default(),
        issued: new.issued,
        expires: new.expires,
        state: State::Valid,
        registered_at: by.at,
        registered_by: by.actor.account,
        province: place.province,
        city: place.city,
        county: place.county,
        station: place.station,
        version: 1,
    };
    on_taken(store::add(tx, &certificate), "certificates_number", "number", KNOWN_ELSEWHERE)?;
    let first = line(&certificate, certificate.issued, None);
    store::add_history(tx, certificate.id, &first)?;
    record::began(tx, by, &certificate, "register", None)?;
    Ok(certificate)
}

/// Issued not later than today, and expiring after that.
pub fn check_days(issued: Date, expires: Date, today: Date) -> Result<()> {
    if issued > today {
        return ISSUED_LATER.at("issued");
    }
    if expires <= issued {
        return EXPIRES_FIRST.with("issued", issued).at("expires");
    }
    Ok(())
}

/// Records what has happened to the certificate `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: CertificateId, act: &Act) -> Result<Certificate> {
    let before = get(tx, by.scope(), id)?;
    let verb = act.verb();
    let (to, who) = before.state.step(verb).ok_or_else(|| Error::Refused(said(NOT_NOW, &before, verb)))?;
    by.actor.must_be(who)?;
    ensure(law(before.kind, verb).is_some(), said(NO_SUCH_ACT, &before, verb))?;
    act.short_enough()?;
    let history = store::history(tx, id)?;
    let after = before.clone().after(act, to, by.at.date(), &history)?;
    store::save(tx, &after)?;
    if let Some(since) = act.since() {
        store::add_history(tx, id, &line(&after, since, Some(act)))?;
    }
    record::changed(tx, by, &before, &after, (verb.code(), act.why()))?;
    Ok(Certificate { version: after.version + 1, ..after })
}

/// Marks what has expired before today; says how many. The clock calls it as the system.
pub fn expire_due(tx: &mut Tx, by: &By) -> Result<i64> {
    let due = store::lapsed(tx, by.at.date(), 500)?;
    for id in &due {
        act(tx, by, *id, &Act::Expire)?;
    }
    Ok(due.len() as i64)
}

/// The certificate `id` within `scope`: where its holder is.
pub fn get(tx: &mut Tx, scope: Scope, id: CertificateId) -> Result<Certificate> {
    let certificate = store::find(tx, id)?.ok_or(Error::NotFound)?;
    super::get(tx, scope, certificate.enterprise)?;
    Ok(certificate)
}

/// The subject that holds the certificate `thing`, merged or not.
pub fn holder_of(tx: &mut Tx, thing: &str) -> Result<EnterpriseId> {
    let certificate = store::find(tx, CertificateId::parse(thing)?)?.ok_or(Error::NotFound)?;
    Ok(certificate.enterprise)
}

/// Warns when `enterprise` may not apply for a licence of these products, after a revocation.
pub fn bans(
    tx: &mut Tx,
    enterprise: EnterpriseId,
    products: &[String],
    today: Date,
    clocks: &Clocks,
) -> Result<Vec<Warning>> {
    let mut bans = Vec::new();
    for certificate in store::of(tx, enterprise)?.into_iter().filter(|c| c.kind == Kind::Licence) {
        let same = certificate.products.0.iter().any(|p| products.contains(p)) || certificate.products.0.is_empty();
        let history = if same { store::history(tx, certificate.id)? } else { Vec::new() };
        if let Some(until) = banned_until(&history, clocks).filter(|until| *until > today) {
            let sentence = model::BANNED.with("number", &certificate.number).with("until", until);
            bans.push(Warning { sentence, kind: "red", source: "IPL art.55" });
        }
    }
    Ok(bans)
}

/// The scope as the paper words it, lines and all.
fn scope_of(typed: &str) -> Result<String> {
    super::short_enough("scope", Some(typed))?;
    Ok(typed.trim().to_owned())
}

impl Act {
    /// Refuses words that are longer than anybody reads.
    fn short_enough(&self) -> Result<()> {
        super::short_enough("why", self.why())?;
        if let Self::Renew { document: Some(document), .. } = self {
            entry::line("document", document)?;
        }
        if let Some(decision) = self.decision() {
            entry::line("authority", &decision.authority)?;
            entry::maybe("document", decision.document.as_ref())?;
        }
        Ok(())
    }

    /// From which day the history says something new.
    fn since(&self) -> Option<Date> {
        match self {
            // expiry is no decision: it follows from the last day, and a decision of before may become known after it
            Self::Correct { .. } | Self::Expire => None,
            Self::Renew { issued, .. } => Some(*issued),
            other => other.decision().map(|d| d.on),
        }
    }
}

impl Certificate {
    /// The certificate after `act`, which leads to `to`; refuses what the facts do not allow.
    pub fn after(mut self, act: &Act, to: State, today: Date, history: &[Entry]) -> Result<Self> {
        let last = history.last().map_or(self.issued, |e| e.since);
        match act {
            Act::Correct { holder, products, scope, address, body, .. } => {
                self.holder = entry::line("holder", holder)?;
                self.products = entry::products("products", products)?;
                self.scope = scope_of(scope)?;
                self.address = entry::line("address", address)?;
                self.body = entry::line("body", body)?;
            }
            Act::Renew { issued, expires, .. } => {
                if *issued > today {
                    return ISSUED_LATER.at("issued");
                }
                if *issued < last && self.state != State::Expired {
                    return DECIDED_BEFORE.with("since", last).at("issued");
                }
                if *expires <= self.expires || expires <= issued {
                    return RENEWED_LATER.with("expires", self.expires).at("expires");
                }
                (self.issued, self.expires) = (*issued, *expires);
            }
            Act::Expire => ensure(self.expires < today, NOT_EXPIRED)?,
            other => {
                let Some(decision) = other.decision() else { return Ok(self) };
                if decision.on > today {
                    return DECIDED_LATER.at("on");
                }
                if decision.on < last {
                    return DECIDED_BEFORE.with("since", last).at("on");
                }
                if decision.authority.trim().is_empty() {
                    return REQUIRED.at("authority");
                }
            }
        }
        self.state = to;
        Ok(self)
    }
}

fn line(c: &Certificate, since: Date, act: Option<&Act>) -> Entry {
    let decision = act.and_then(Act::decision);
    let document = match act {
        Some(Act::Renew { document, .. }) => document.clone(),
        _ => decision.and_then(|d| d.document.clone()),
    };
    Entry {
        since,
        state: c.state,
        verb: act.map(Act::verb),
        authority: decision.map(|d| d.authority.trim().to_owned()),
        document,
        why: act.and_then(Act::why).map(str::to_owned),
        expires: c.expires,
    }
}

fn said(refusal: Refusal, c: &Certificate, verb: Verb) -> Refusal {
    refusal
        .with("state_zh", c.state.label(Lang::Zh))
        .with("state_en", c.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En))
        .with("kind_zh", c.kind.label(Lang::Zh))
        .with("kind_en", c.kind.label(Lang::En))
}
