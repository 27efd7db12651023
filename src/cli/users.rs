//! `user`: accounts, by whoever holds the data folder.

use super::{Common, choice, lang};
use crate::{
    accounts::{self, Door, admin},
    kernel::{AccountId, App, Error, NOT_FOUND, Result, list::Ask},
    people::{Role, Scope, roles_of, store as offices},
};
use clap::{Args, Subcommand};

/// Accounts: list, add, reset a password.
#[derive(Debug, Args)]
pub struct User {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the accounts.
    List,
    /// Open an account; its first password is printed once.
    Add {
        login: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// Code of the office, such as 130123.
        #[arg(long)]
        office: String,
        /// Roles with a comma between: inspector,supervisor.
        #[arg(long, value_delimiter = ',')]
        roles: Vec<String>,
        /// Number of the enforcement certificate.
        #[arg(long)]
        badge: Option<String>,
    },
    /// Give an account a new first password; all its sessions end.
    ResetPassword { login: String },
    /// Let an account in again that wrong passwords have locked.
    Unlock { login: String },
}

pub(super) async fn user(common: &Common, user: User) -> Result<()> {
    let app = common.open().await?;
    let by = accounts::system(&app).await?;
    let door = Door::default();
    match user.what {
        What::List => list(common, &app, by.scope()).await,
        What::Add { login, name, office, roles, badge } => {
            let code = office.clone();
            let office = app.db.read(move |tx| offices::office_by_code(tx, &code)).await?;
            let office = office.ok_or_else(|| Error::invalid("office", NOT_FOUND))?.id;
            let roles = roles.iter().map(|r| choice(r, "roles", Role::from_code)).collect::<Result<_>>()?;
            let new = admin::New { office, login, name, roles, badge, external: None };
            let done = admin::create(&app, &door, &by, AccountId::new(by.at), new).await?;
            tell(common, &done)
        }
        What::ResetPassword { login } => {
            let id = id_of(&app, &login).await?;
            tell(common, &admin::act(&app, &door, &by, id, admin::Act::ResetPassword).await?)
        }
        What::Unlock { login } => {
            let id = id_of(&app, &login).await?;
            tell(common, &admin::act(&app, &door, &by, id, admin::Act::Unlock).await?)
        }
    }
}

async fn id_of(app: &App, login: &str) -> Result<AccountId> {
    let wanted = login.to_owned();
    let found = app.db.read(move |tx| accounts::store::account_by_login(tx, &wanted)).await?;
    found.map(|a| a.id).ok_or_else(|| Error::invalid(login, NOT_FOUND))
}

fn tell(common: &Common, done: &admin::Done) -> Result<()> {
    let value = serde_json::json!({ "login": done.account.login, "password": done.password });
    common.print(&value, || match &done.password {
        Some(password) => format!(
            "{}  {} {password}",
            done.account.login,
            lang().say("初始密码（只显示这一次）：", "first password, shown this once:")
        ),
        None => done.account.login.clone(),
    })
}

async fn list(common: &Common, app: &App, scope: Scope) -> Result<()> {
    let ask = Ask { limit: Some(200), ..Ask::default() };
    let listed = app.db.read(move |tx| accounts::store::list(tx, scope, &admin::Filter::default(), &ask)).await?;
    common.print(&listed.items, || {
        let titles =
            |a: &accounts::Account| roles_of(&a.roles).iter().map(|r| r.label(lang())).collect::<Vec<_>>().join(",");
        listed.items.iter().map(|a| format!("{:<12}{}  {}\n", a.login, a.name, titles(a))).collect()
    })
}
