//! The first account of all: what acts by itself, and who administers the rest.

use super::{Account, Proof, SessionKind, login_of, password, sessions, store};
use crate::{
    kernel::{AccountId, App, EnterpriseId, Error, Lang, Moment, OfficeId, Result, db::Tx},
    people::{self, By, Level, Office, Role, roles_text},
    record,
};

/// The login of the system itself. Nobody signs in with it.
pub const LOGIN: &str = "system";

/// What an empty installation begins with.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The code of the office at the top, such as `100000` for the country or `130000` for a province.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Its level: the country, or whichever part of it uses this installation.
    pub level: Level,
    /// The GB/T 2260 region it is responsible for.
    pub region: String,
    /// The login of the first administrator.
    pub login: String,
    /// Their name.
    pub person: String,
}

/// The first administrator, with the password that is shown once.
#[derive(Debug, Clone)]
pub struct First {
    pub office: Office,
    pub administrator: Account,
    pub password: String,
}

/// Lays the ground of an empty installation: the office at the top, the system's own account, the first administrator.
/// [`Error::Taken`] when there is one already.
pub async fn found(app: &App, founding: Founding) -> Result<First> {
    let at = app.clock.now();
    let password = password::first()?;
    let hash = password::hash(&password)?;
    app.db.write(move |tx| lay(tx, &founding, &password, &hash, at)).await
}

fn lay(tx: &mut Tx, founding: &Founding, password: &str, hash: &str, at: Moment) -> Result<First> {
    let office = office(founding, OfficeId::new(at));
    people::store::add_office(tx, &office)?;
    let system = blank(LOGIN, "系统", &office, &[Role::System], at);
    let by = By { actor: system.actor(office.clone()), at, client: None };
    store::add_account(tx, &system)?;
    record::began(tx, &by, &system, "create", None)?;
    let administrator = Account {
        password: hash.to_owned(),
        must_change: true,
        ..blank(&login_of(&founding.login), &founding.person, &office, &[Role::Administrator], at)
    };
    store::add_account(tx, &administrator)?;
    record::began(tx, &by, &administrator, "create", None)?;
    Ok(First { office, administrator, password: password.to_owned() })
}

fn office(founding: &Founding, id: OfficeId) -> Office {
    let own = |level| (founding.level == level).then_some(id);
    Office {
        id,
        code: founding.code.clone(),
        name: founding.name.clone(),
        name_en: founding.name_en.clone(),
        level: founding.level,
        parent: None,
        province: own(Level::Province),
        city: own(Level::City),
        county: own(Level::County),
        station: own(Level::Station),
        region: founding.region.clone(),
        active: true,
        version: 1,
    }
}

/// An account of `office` that nobody can sign in with yet.
pub(super) fn blank(login: &str, name: &str, office: &Office, roles: &[Role], at: Moment) -> Account {
    let mut account = Account {
        id: AccountId::new(at),
        login: login.to_owned(),
        name: name.to_owned(),
        office: office.id,
        province: None,
        city: None,
        county: None,
        station: None,
        enterprise: None,
        roles: roles_text(roles),
        badge: None,
        lang: Lang::Zh.code().to_owned(),
        password: String::new(),
        password_at: at,
        must_change: false,
        totp: None,
        totp_step: None,
        recovery: String::new(),
        external: None,
        active: true,
        failures: 0,
        locked_until: at,
        created_at: at,
        version: 1,
    };
    account.put_under(office);
    account
}

/// The system as an actor, for what happens by itself and for the command line.
pub async fn system(app: &App) -> Result<By> {
    let at = app.clock.now();
    app.db.read(move |tx| system_in(tx, at)).await
}

/// As [`system`], within a transaction.
pub fn system_in(tx: &mut Tx, at: Moment) -> Result<By> {
    let account = store::account_by_login(tx, LOGIN)?;
    let account = account.ok_or_else(|| Error::broken("the installation has not been founded: no system account"))?;
    let office = people::store::office(tx, account.office)?;
    Ok(By { actor: account.actor(office), at, client: None })
}

/// Somebody who is given an account with a password that is known already.
#[derive(Debug, Clone)]
pub struct Settler<'a> {
    pub login: &'a str,
    pub name: &'a str,
    pub office: &'a Office,
    pub roles: &'a [Role],
    pub badge: Option<String>,
    pub enterprise: Option<EnterpriseId>,
    /// Argon2id, PHC string.
    pub password: &'a str,
}

/// Gives an account to each person of a demonstration, by the hand of the system.
pub fn settle(tx: &mut Tx, by: &By, settler: &Settler) -> Result<Account> {
    let account = Account {
        password: settler.password.to_owned(),
        badge: settler.badge.clone(),
        enterprise: settler.enterprise,
        ..blank(&login_of(settler.login), settler.name, settler.office, settler.roles, by.at)
    };
    store::add_account(tx, &account)?;
    record::began(tx, by, &account, "create", None)?;
    Ok(account)
}

/// A session for the person with this login, without a password: for the command line and for tests.
pub fn session_for(tx: &mut Tx, login: &str, at: Moment) -> Result<String> {
    let account = store::account_by_login(tx, login)?.filter(|a| a.active).ok_or(Error::NotFound)?;
    let ends = at.plus(366 * 24 * 3_600_000);
    let begun = sessions::begin_until(
        tx,
        &account,
        (SessionKind::Token, Proof::Password),
        "command line".to_owned(),
        at,
        ends,
    )?;
    Ok(begun.token)
}
