//! What an account and a session are. No database, no HTTP, no clock.

use crate::{
    kernel::{AccountId, EnterpriseId, Lang, Moment, OfficeId},
    people::{Actor, Office, Place, Role, roles_of},
    record::{Kind, Thing},
};
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// What a token opens.
    pub enum SessionKind {
        /// Everything, for as long as somebody works.
        Browser "browser" "登录" "Sign-in",
        /// The API, for a program, until it ends or is revoked.
        Token "token" "接口令牌" "API token",
        /// Nothing but the question for the second factor.
        Pending "pending" "待第二因素验证" "Awaiting the second factor",
    }
    /// How somebody proved who they are.
    pub enum Proof {
        Password "password" "密码" "Password",
        External "external" "统一身份认证" "Another system",
    }
}

/// How long a first password serves that nobody has changed yet: seven days.
const FIRST_PASSWORD: i64 = 7 * 24 * 60 * 60_000;
/// How stale `used_at` may become, so that reading does not write.
const NOTED_EVERY: i64 = 60_000;
/// How long somebody may look for the second factor.
pub const PENDING: i64 = 5 * 60_000;

row! {
    /// An account (账号) as it is stored. Its secrets never leave it: neither JSON nor events have them.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct Account {
        pub id: AccountId,
        /// The name to sign in with: lower case, never changes.
        pub login: String,
        pub name: String,
        pub office: OfficeId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub enterprise: Option<EnterpriseId>,
        /// Codes of roles with a space between.
        pub roles: String,
        pub badge: Option<String>,
        pub lang: String,
        /// Argon2id, PHC string; empty: nobody signs in with a password.
        #[serde(skip)]
        pub password: String,
        /// Since when this password is the one.
        pub password_at: Moment,
        pub must_change: bool,
        /// The secret of the second factor, locked up.
        #[serde(skip)]
        pub totp: Option<String>,
        /// The last time step used, so that a code serves once.
        #[serde(skip)]
        pub totp_step: Option<i64>,
        /// Hashes of the recovery codes left, a space between.
        #[serde(skip)]
        pub recovery: String,
        /// The subject at the other system that signs this person in.
        pub external: Option<String>,
        pub active: bool,
        /// Wrong passwords and codes in a row.
        pub failures: i64,
        pub locked_until: Moment,
        pub created_at: Moment,
        pub version: i64,
    }
}

row! {
    /// A session as it is stored, under the hash of its token.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Session {
        pub token: String,
        pub account: AccountId,
        pub kind: SessionKind,
        pub proof: Proof,
        /// The client that began it, or what its owner calls the token.
        pub label: String,
        pub created_at: Moment,
        pub used_at: Moment,
        pub ends_at: Moment,
    }
}

impl Thing for Account {
    const KIND: Kind = Kind::Account;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    fn enterprise(&self) -> Option<EnterpriseId> {
        self.enterprise
    }

    fn hidden() -> &'static [&'static str] {
        // Secrets do not serialise at all; the count of failures says nothing that the events do not.
        &["password", "totp", "totp_step", "recovery", "failures"]
    }
}

impl Account {
    /// Its roles.
    pub fn roles(&self) -> Vec<Role> {
        roles_of(&self.roles)
    }

    /// Its roles in the reader's language.
    pub fn titles(&self, lang: Lang) -> String {
        let labels: Vec<_> = self.roles().iter().map(|r| r.label(lang)).collect();
        labels.join(lang.say("、", ", "))
    }

    /// The language its owner prefers.
    pub fn lang(&self) -> Lang {
        Lang::from_code(&self.lang).unwrap_or_default()
    }

    /// Whoever signs in with it, as rules see them.
    pub fn actor(&self, office: Office) -> Actor {
        Actor {
            account: self.id,
            name: self.name.clone(),
            roles: self.roles(),
            office,
            enterprise: self.enterprise,
            badge: self.badge.clone(),
            lang: self.lang(),
        }
    }

    /// Puts it under `office`, with where that stands.
    pub fn put_under(&mut self, office: &Office) {
        self.office = office.id;
        (self.province, self.city, self.county, self.station) =
            (office.province, office.city, office.county, office.station);
    }

    /// Whether too many failures have closed it for now.
    pub fn is_locked(&self, at: Moment) -> bool {
        at < self.locked_until
    }

    /// Whether its password may open it at `at`: a first password that nobody changed in a week may not.
    pub fn password_serves(&self, at: Moment) -> bool {
        let lapsed = self.must_change && at >= self.password_at.plus(FIRST_PASSWORD);
        !self.password.is_empty() && !lapsed
    }

    /// Counts a failure; true when it was the one that locks.
    pub fn fail(&mut self, at: Moment, lock_after: i64, lock_minutes: i64) -> bool {
        if self.is_locked(at) {
            return false;
        }
        self.failures += 1;
        let locks = self.failures >= lock_after.max(1);
        if locks {
            self.failures = 0;
            self.locked_until = at.plus(lock_minutes * 60_000);
        }
        locks
    }
}

impl Session {
    /// Whether it still opens anything at `at`: not past its end, and a sign-in not left alone for `idle_minutes`.
    pub fn is_alive(&self, at: Moment, idle_minutes: i64) -> bool {
        let idle = self.kind == SessionKind::Browser && at >= self.used_at.plus(idle_minutes * 60_000);
        at < self.ends_at && !idle
    }

    /// Whether the first password of `account` waits to be changed. Who was vouched for by the other system does not need
    /// it.
    pub fn must_change(&self, account: &Account) -> bool {
        account.must_change && self.proof == Proof::Password
    }

    /// Whether its use is worth noting down.
    pub fn is_stale(&self, at: Moment) -> bool {
        at >= self.used_at.plus(NOTED_EVERY)
    }
}

/// An account as its owner and its administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Profile {
    pub id: AccountId,
    /// The name to sign in with.
    pub login: String,
    pub name: String,
    pub office: OfficeId,
    /// The enterprise it acts for.
    pub enterprise: Option<EnterpriseId>,
    pub roles: Vec<Role>,
    /// Number of the enforcement certificate (执法证号).
    pub badge: Option<String>,
    /// `zh` or `en`.
    pub lang: String,
    /// The subject at the other system that signs this person in.
    pub external: Option<String>,
    pub active: bool,
    /// Whether the first password still waits to be changed.
    pub must_change: bool,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// Too many wrong passwords: until when it stays closed.
    pub locked_until: Option<Moment>,
    pub created_at: Moment,
    pub version: i64,
}

impl Profile {
    /// What of `account` may be seen at `at`.
    pub fn of(account: Account, at: Moment) -> Self {
        Self {
            roles: account.roles(),
            second_factor: account.totp.is_some(),
            locked_until: account.is_locked(at).then_some(account.locked_until),
            id: account.id,
            login: account.login,
            name: account.name,
            office: account.office,
            enterprise: account.enterprise,
            badge: account.badge,
            lang: account.lang,
            external: account.external,
            active: account.active,
            must_change: account.must_change,
            created_at: account.created_at,
            version: account.version,
        }
    }
}

/// The form in which logins are stored and compared: plain characters, lower case.
pub fn login_of(text: &str) -> String {
    crate::kernel::text::plain(text).to_lowercase()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn at(minutes: i64) -> Moment {
        Moment::from_millis(1_700_000_000_000 + minutes * 60_000)
    }

    pub fn an_account() -> Account {
        Account {
            id: AccountId::new(at(0)),
            login: "ying".into(),
            name: "应".into(),
            office: OfficeId::new(at(0)),
            province: None,
            city: None,
            county: None,
            station: None,
            enterprise: None,
            roles: "inspector".into(),
            badge: None,
            lang: "zh".into(),
            password: "$argon2id$".into(),
            password_at: at(0),
            must_change: false,
            totp: None,
            totp_step: None,
            recovery: String::new(),
            external: None,
            active: true,
            failures: 0,
            locked_until: at(0),
            created_at: at(0),
            version: 1,
        }
    }

    pub fn an_office() -> Office {
        Office {
            id: OfficeId::new(at(0)),
            code: "100000".into(),
            name: "总局".into(),
            name_en: "SAMR".into(),
            level: crate::people::Level::Nation,
            parent: None,
            province: None,
            city: None,
            county: None,
            station: None,
            region: "100000".into(),
            active: true,
            version: 1,
        }
    }

    #[test]
    fn failures_lock_for_a_while_and_then_count_anew() {
        let mut account = an_account();
        let locks: Vec<bool> = (0..7).map(|n| account.fail(at(n), 5, 15)).collect();
        assert_eq!(locks, [false, false, false, false, true, false, false], "while locked nothing counts");
        assert!(account.is_locked(at(18)) && !account.is_locked(at(19)));
        assert!(!account.fail(at(20), 5, 15));
    }

    #[test]
    fn secrets_are_not_in_json() {
        let json = serde_json::to_string(&Account { totp: Some("s3cret".into()), ..an_account() }).unwrap();
        assert!(!json.contains("argon2") && !json.contains("s3cret"), "{json}");
    }

    #[test]
    fn a_first_password_does_not_lie_about_for_ever() {
        let first = Account { must_change: true, ..an_account() };
        assert!(first.password_serves(at(7 * 24 * 60 - 1)) && !first.password_serves(at(7 * 24 * 60)));
        assert!(an_account().password_serves(at(999_999)));
        assert!(!Account { password: String::new(), ..an_account() }.password_serves(at(0)));
    }

    #[test]
    fn a_session_ends_when_it_is_left_alone_and_at_the_latest_at_its_end() {
        let session = |kind, used, ends| Session {
            token: String::new(),
            account: AccountId::new(at(0)),
            kind,
            proof: Proof::Password,
            label: String::new(),
            created_at: at(0),
            used_at: at(used),
            ends_at: at(ends),
        };
        let browser = session(SessionKind::Browser, 60, 720);
        assert!(browser.is_alive(at(179), 120) && !browser.is_alive(at(180), 120));
        assert!(!session(SessionKind::Browser, 719, 720).is_alive(at(720), 120));
        assert!(session(SessionKind::Token, 0, 720).is_alive(at(719), 120), "programs may be idle");
    }
}
