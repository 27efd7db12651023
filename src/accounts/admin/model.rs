//! What administrators may do to accounts, and the rules of it. No database, no HTTP, no clock.

use super::{BAD_BADGE, BAD_LOGIN, BAD_NAME, NO_ROLES, OF_ENTERPRISE, ONLY_AUDITOR, OWN_ACCOUNT, SAY_WHY, THE_SYSTEM};
use crate::{
    accounts::{Account, LOGIN, login_of},
    kernel::{Error, OfficeId, Result, ensure, text},
    people::{Actor, Role, roles_text},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

words! {
    /// Whether an account is open.
    pub enum Standing {
        Active "active" "在用" "Active",
        Closed "closed" "已停用" "Closed",
    }
}

/// An account to be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NewAccount)]
pub struct New {
    pub office: OfficeId,
    /// The name to sign in with: 2 to 64 small letters, digits and `. _ - @`. It never changes.
    pub login: String,
    /// The person's name. One account is one person.
    pub name: String,
    pub roles: Vec<Role>,
    /// Number of the enforcement certificate (执法证号).
    pub badge: Option<String>,
    /// The subject at the other system that signs this person in.
    pub external: Option<String>,
}

/// Something an administrator does to an account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = AccountAct)]
pub enum Act {
    /// The person's name and the number of the certificate.
    Edit { name: String, badge: Option<String> },
    /// What the person is trusted to do. Nobody sets their own.
    SetRoles { roles: Vec<Role> },
    /// To another office.
    Transfer { office: OfficeId, why: String },
    /// Who this is at the other system that signs people in; left out: nobody.
    Link { external: Option<String> },
    /// Signs the person out everywhere and lets them in no more.
    Deactivate { why: String },
    /// Lets them in again.
    Reactivate { why: String },
    /// A new first password, shown once; all sessions and tokens end.
    ResetPassword,
    /// Forgives the wrong passwords.
    Unlock,
    /// Takes a lost second factor away; all sessions end.
    ResetSecondFactor { why: String },
}

/// Which accounts.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this office only.
    pub office: Option<OfficeId>,
    /// With this role.
    pub role: Option<Role>,
    /// Open or closed.
    #[param(inline)]
    pub state: Option<Standing>,
}

impl Act {
    /// The verb of the event.
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Edit { .. } => "edit",
            Self::SetRoles { .. } => "set_roles",
            Self::Transfer { .. } => "transfer",
            Self::Link { .. } => "link",
            Self::Deactivate { .. } => "deactivate",
            Self::Reactivate { .. } => "reactivate",
            Self::ResetPassword => "reset_password",
            Self::Unlock => "unlock",
            Self::ResetSecondFactor { .. } => "reset_second_factor",
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Transfer { why, .. }
            | Self::Deactivate { why }
            | Self::Reactivate { why }
            | Self::ResetSecondFactor { why } => Some(why),
            _ => None,
        }
    }

    /// Whether every open session must end with it.
    pub const fn ends_sessions(&self) -> bool {
        matches!(self, Self::Deactivate { .. } | Self::ResetPassword | Self::ResetSecondFactor { .. })
    }

    /// Refuses what `actor` may never do to `target`, whatever the scope.
    pub fn permit(&self, actor: &Actor, target: &Account) -> Result<()> {
        actor.must_be(super::ADMINISTRATORS)?;
        ensure(target.login != LOGIN, THE_SYSTEM)?;
        let own = target.id == actor.account;
        ensure(!own || matches!(self, Self::Edit { .. }), OWN_ACCOUNT)?;
        if self.why().is_some_and(|why| why.trim().is_empty()) { SAY_WHY.at("why") } else { Ok(()) }
    }
}

/// The stored form of `roles`, if one person may have them together. Accounts of enterprises are opened where the
/// enterprise is at hand and have that one role.
pub fn roles_fit(roles: &[Role], of_enterprise: bool) -> Result<String> {
    let wrong = |refusal| Err(Error::invalid("roles", refusal));
    let mut sorted = roles.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.is_empty() || sorted.contains(&Role::System) {
        return wrong(NO_ROLES);
    }
    if of_enterprise != (sorted == [Role::Enterprise]) || (!of_enterprise && sorted.contains(&Role::Enterprise)) {
        return wrong(OF_ENTERPRISE);
    }
    if sorted.contains(&Role::Auditor) && sorted.len() > 1 {
        return wrong(ONLY_AUDITOR);
    }
    Ok(roles_text(&sorted))
}

/// A login in its stored form.
pub fn good_login(text: &str) -> Result<String> {
    let login = login_of(text);
    let sane = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_@".contains(&b);
    let good = (2..=64).contains(&login.len()) && login.bytes().all(sane) && login != LOGIN;
    if good { Ok(login) } else { BAD_LOGIN.at("login") }
}

/// A person's name in its stored form.
pub fn good_name(name: &str) -> Result<String> {
    let name = text::plain(name);
    if (1..=50).contains(&name.chars().count()) { Ok(name) } else { BAD_NAME.at("name") }
}

/// A number of a certificate in its stored form.
pub fn good_badge(badge: Option<&str>) -> Result<Option<String>> {
    let badge = badge.map(text::plain).filter(|b| !b.is_empty());
    let good = badge.as_ref().is_none_or(|b| b.chars().count() <= 40);
    if good { Ok(badge) } else { BAD_BADGE.at("badge") }
}

/// A subject in its stored form.
pub fn subject(external: Option<&str>) -> Option<String> {
    external.map(|e| e.trim().chars().take(255).collect()).filter(|e: &String| !e.is_empty())
}

/// Whether the account `there` is the one that `new` describes.
pub fn is_same(there: &Account, new: &New) -> bool {
    let roles = roles_fit(&new.roles, there.enterprise.is_some()).ok();
    Some(&there.login) == good_login(&new.login).ok().as_ref()
        && Some(&there.name) == good_name(&new.name).ok().as_ref()
        && Some(&there.badge) == good_badge(new.badge.as_deref()).ok().as_ref()
        && Some(&there.roles) == roles.as_ref()
        && there.office == new.office
        && there.external == subject(new.external.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::model::tests::{an_account, an_office};
    use crate::kernel::AccountId;
    use Role::*;

    #[test]
    fn auditors_audit_and_enterprises_are_no_officials() {
        assert_eq!(roles_fit(&[Supervisor, Inspector, Supervisor], false).unwrap(), "supervisor inspector");
        let refused: &[&[Role]] =
            &[&[], &[System], &[Auditor, Administrator], &[Enterprise], &[Enterprise, Inspector], &[System, Inspector]];
        for roles in refused {
            assert!(roles_fit(roles, false).is_err(), "{roles:?}");
        }
        assert_eq!(roles_fit(&[Enterprise], true).unwrap(), "enterprise");
        assert!(roles_fit(&[Enterprise, Administrator], true).is_err() && roles_fit(&[Inspector], true).is_err());
    }

    #[test]
    fn logins_are_plain() {
        assert_eq!(good_login(" Ｙing.Wu@bj ").unwrap(), "ying.wu@bj");
        for bad in ["y", "应红", "a b", "system", "a/b", &"x".repeat(65)] {
            assert!(good_login(bad).is_err(), "{bad:?}");
        }
    }

    fn administrator(id: AccountId) -> Actor {
        let account = Account { id, roles: "administrator".into(), ..an_account() };
        account.actor(an_office())
    }

    #[test]
    fn nobody_administers_themselves() {
        let target = an_account();
        let (own, other) = (administrator(target.id), administrator(an_account().id));
        let acts = [
            Act::SetRoles { roles: vec![Auditor] },
            Act::Deactivate { why: "x".into() },
            Act::ResetPassword,
            Act::Unlock,
            Act::ResetSecondFactor { why: "x".into() },
            Act::Link { external: None },
        ];
        for act in &acts {
            assert!(act.permit(&own, &target).is_err() && act.permit(&other, &target).is_ok(), "{act:?}");
        }
        assert!(Act::Edit { name: "应红".into(), badge: None }.permit(&own, &target).is_ok());
        assert!(Act::Deactivate { why: " ".into() }.permit(&other, &target).is_err(), "a reason is due");
        let system = Account { login: LOGIN.into(), ..an_account() };
        assert!(acts.iter().all(|act| act.permit(&other, &system).is_err()));
        let inspector = Actor { roles: vec![Inspector, Supervisor, Coordinator, Auditor], ..other };
        assert!(acts.iter().all(|act| act.permit(&inspector, &target).is_err()));
    }
}
