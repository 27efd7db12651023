//! Administration of accounts (账号管理): opening, roles, closing, and help for those who are locked out.
//!
//! An administrator administers the accounts of the own office and of all below it, and never the own account.

mod model;
mod pages;
mod web;

pub use model::{Act, Filter, New, Standing, roles_fit};
pub use web::routes;

use super::{Account, Door, found::blank, password, second_factor, store};
use crate::{
    kernel::{AccountId, App, EnterpriseId, Error, NOT_A_CHOICE, OfficeId, Result, db::Tx, ensure, on_taken},
    people::{self, Actor, By, Office, Role, Scope},
    record,
};

refusals! {
    NO_ROLES "accounts.no_roles" "请至少选择一个岗位。" "Choose at least one role.";
    OF_ENTERPRISE "accounts.of_enterprise" "企业账号在企业页面开通，且不得兼任其他岗位。" "Accounts of enterprises are opened on the page of the enterprise and have no other role.";
    ONLY_AUDITOR "accounts.only_auditor" "审计人员不得兼任其他岗位。" "An auditor has no other role.";
    BAD_LOGIN "accounts.bad_login" "登录名为 2 至 64 位小写字母、数字及 . _ - @。" "A login has 2 to 64 small letters, digits and . _ - @.";
    BAD_NAME "accounts.bad_name" "请填写姓名，最多 50 个字。" "A name of at most 50 characters, please.";
    BAD_BADGE "accounts.bad_badge" "执法证号最多 40 个字符。" "The number of the certificate has at most 40 characters.";
    LOGIN_TAKEN "accounts.login_taken" "该登录名已被使用。" "This login is taken.";
    SUBJECT_TAKEN "accounts.subject_taken" "该身份已关联其他账号。" "This subject belongs to another account.";
    OTHER_CONTENT "accounts.other_content" "该编号的账号已存在，且内容不同。" "This id exists already, with other content.";
    OFFICE_CLOSED "accounts.office_closed" "该机构已停用。" "This office is not active.";
    THE_SYSTEM "accounts.the_system" "系统账号不可更改。" "The system's own account cannot be changed.";
    OWN_ACCOUNT "accounts.own" "不能办理本人账号，请由其他管理员办理。" "Nobody administers their own account; another administrator has to.";
    LAST_ADMINISTRATOR "accounts.last_administrator" "这是最高机构的最后一名系统管理员，请先指定其他管理员。" "This is the last administrator of the office at the top; appoint another one first.";
    AS_IT_IS "accounts.as_it_is" "该账号已处于此状态。" "It is so already.";
    SAY_WHY "accounts.say_why" "请填写理由。" "Please give a reason.";
    FIXED_ROLE "accounts.fixed_role" "企业账号的岗位不可更改。" "The role of an enterprise's account is fixed.";
}

/// Who may open and change accounts and offices.
pub const ADMINISTRATORS: &[Role] = &[Role::Administrator, Role::System];

/// Who may look at accounts.
pub const LOOKERS: &[Role] = &[Role::Administrator, Role::Auditor, Role::System];

/// Refuses whoever may not look at accounts.
pub fn may_look(actor: &Actor) -> Result<()> {
    actor.must_be(LOOKERS)
}

/// The account `id` within `scope`. The system's own account belongs to nobody's scope.
pub fn account_within(tx: &mut Tx, scope: Scope, id: AccountId) -> Result<Account> {
    let account = store::account(tx, id)?;
    scope.check(&record::Thing::place(&account), account.enterprise)?;
    if account.login == super::LOGIN { Err(Error::NotFound) } else { Ok(account) }
}

/// An account as it was opened or changed, with the first password where there is a new one.
#[derive(Debug, Clone)]
pub struct Done {
    pub account: Account,
    /// Shown once.
    pub password: Option<String>,
}

/// Opens an account. The same id with the same content answers as the first time, without a password.
pub async fn create(app: &App, door: &Door, by: &By, id: AccountId, new: New) -> Result<Done> {
    by.actor.must_be(ADMINISTRATORS)?;
    let first = password::first()?;
    let hash = door.hash(first.clone()).await?;
    let opened = app.act(by, move |tx, by| {
        let opening = Opening { id, new: &new, hash: &hash, must_change: true, enterprise: None };
        open(tx, by, &opening)
    });
    let (account, is_new) = opened.await?;
    Ok(Done { account, password: is_new.then_some(first) })
}

/// What an account is opened with.
pub struct Opening<'a> {
    pub id: AccountId,
    pub new: &'a New,
    /// See [`password::hash`].
    pub hash: &'a str,
    /// Whether the password is a first one.
    pub must_change: bool,
    /// For one of an enterprise's people, whose enterprise the caller knows to be in scope.
    pub enterprise: Option<EnterpriseId>,
}

/// Opens an account within the scope of `by`; says whether it is new. Whoever calls this has checked who may: by HTTP
/// only [`create`] does.
pub fn open(tx: &mut Tx, by: &By, opening: &Opening) -> Result<(Account, bool)> {
    let (id, new) = (opening.id, opening.new);
    let office = office(tx, by, new.office)?;
    if let Some(there) = find(tx, id)? {
        let same = model::is_same(&there, new) && there.enterprise == opening.enterprise;
        return if same { Ok((there, false)) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    ensure(office.active, OFFICE_CLOSED)?;
    people::store::hold_office(tx, office.id)?;
    let roles = roles_fit(&new.roles, opening.enterprise.is_some())?;
    let account = Account {
        id,
        roles,
        badge: model::good_badge(new.badge.as_deref())?,
        external: model::subject(new.external.as_deref()),
        enterprise: opening.enterprise,
        password: opening.hash.to_owned(),
        must_change: opening.must_change,
        ..blank(&model::good_login(&new.login)?, &model::good_name(&new.name)?, &office, &[], by.at)
    };
    unique(store::add_account(tx, &account))?;
    record::began(tx, by, &account, "create", None)?;
    Ok((account, true))
}

/// Both unique columns of accounts, each beside its field.
fn unique<T>(done: Result<T>) -> Result<T> {
    on_taken(on_taken(done, "accounts_login", "login", LOGIN_TAKEN), "accounts_external", "external", SUBJECT_TAKEN)
}

fn office(tx: &mut Tx, by: &By, id: OfficeId) -> Result<Office> {
    let within = people::store::office_within(tx, by.scope(), id);
    within.map_err(|_| Error::invalid("office", NOT_A_CHOICE.with("value", id)))
}

fn find(tx: &mut Tx, id: AccountId) -> Result<Option<Account>> {
    match store::account(tx, id) {
        Ok(account) => Ok(Some(account)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Does `act` to the account `id`; a new first password comes back once.
pub async fn act(app: &App, door: &Door, by: &By, id: AccountId, act: Act) -> Result<Done> {
    by.actor.must_be(ADMINISTRATORS)?;
    let first = match act {
        Act::ResetPassword => Some(password::first()?),
        _ => None,
    };
    let hash = match &first {
        Some(first) => Some(door.hash(first.clone()).await?),
        None => None,
    };
    let account = app.act(by, move |tx, by| act_in(tx, by, id, &act, hash.as_deref())).await?;
    Ok(Done { account, password: first })
}

/// As [`act`], within a transaction. `hash` is that of the new first password, for [`Act::ResetPassword`].
pub fn act_in(tx: &mut Tx, by: &By, id: AccountId, act: &Act, hash: Option<&str>) -> Result<Account> {
    let before = account_within(tx, by.scope(), id)?;
    act.permit(&by.actor, &before)?;
    let after = changed(tx, by, before.clone(), act, hash)?;
    keep_an_administrator(tx, &before, &after)?;
    unique(store::save_account(tx, &after))?;
    if act.ends_sessions() {
        store::end_sessions_of(tx, id)?;
    }
    record::changed(tx, by, &before, &after, (act.verb(), act.why()))?;
    store::account(tx, id)
}

fn changed(tx: &mut Tx, by: &By, mut account: Account, act: &Act, hash: Option<&str>) -> Result<Account> {
    match act {
        Act::Edit { name, badge } => {
            account.name = model::good_name(name)?;
            account.badge = model::good_badge(badge.as_deref())?;
        }
        Act::SetRoles { roles } => {
            ensure(account.enterprise.is_none(), FIXED_ROLE)?;
            account.roles = roles_fit(roles, false)?;
        }
        Act::Transfer { office: to, .. } => {
            ensure(account.office != *to, AS_IT_IS)?;
            let office = office(tx, by, *to)?;
            ensure(office.active, OFFICE_CLOSED)?;
            people::store::hold_office(tx, office.id)?;
            account.put_under(&office);
        }
        Act::Link { external } => account.external = model::subject(external.as_deref()),
        Act::Deactivate { .. } => {
            ensure(account.active, AS_IT_IS)?;
            account.active = false;
        }
        Act::Reactivate { .. } => {
            ensure(!account.active, AS_IT_IS)?;
            account.active = true;
        }
        Act::ResetPassword => {
            let hash = hash.ok_or_else(|| Error::broken("a new password without its hash"))?;
            hash.clone_into(&mut account.password);
            (account.password_at, account.must_change) = (by.at, true);
            forgive(&mut account, by);
        }
        Act::Unlock => forgive(&mut account, by),
        Act::ResetSecondFactor { .. } => {
            ensure(account.totp.is_some(), AS_IT_IS)?;
            second_factor::disable(&mut account);
        }
    }
    Ok(account)
}

fn forgive(account: &mut Account, by: &By) {
    account.failures = 0;
    account.locked_until = by.at;
}

/// The office at the top must always have somebody who can let others in.
fn keep_an_administrator(tx: &mut Tx, before: &Account, after: &Account) -> Result<()> {
    let administers = |a: &Account| a.active && a.roles().contains(&Role::Administrator);
    let stays = administers(after) && after.office == before.office;
    if !administers(before) || stays || people::store::office(tx, before.office)?.parent.is_some() {
        return Ok(());
    }
    // Two administrators who close each other's account at once come one after the other.
    people::store::hold_office(tx, before.office)?;
    let others = store::other_administrators(tx, before.office, before.id)?;
    ensure(others > 0, LAST_ADMINISTRATOR)
}
