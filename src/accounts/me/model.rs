//! What people may do to their own account.

use super::{TOKEN_DAYS, TOKEN_LABEL};
use crate::{
    accounts::{Session, SessionKind},
    kernel::{Lang, Moment, Result},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something done to one's own account. `current` is the current password; who signs in by another system leaves it
/// empty and must have signed in within ten minutes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = MyAct)]
pub enum Act {
    /// A new password. All other sessions end; tokens of programs stay.
    ChangePassword {
        #[schema(format = Password)]
        current: String,
        /// At least ten characters.
        #[schema(format = Password)]
        password: String,
    },
    /// The language of pages and notices: `zh` or `en`.
    SetLanguage {
        #[serde(with = "code")]
        #[schema(value_type = String)]
        lang: Lang,
    },
    /// Asks for a code at every sign-in from now on. `sealed` comes from the draft, `code` from the phone.
    EnableSecondFactor {
        sealed: String,
        code: String,
        #[serde(default)]
        #[schema(format = Password)]
        current: String,
    },
    /// Asks for no code any more.
    DisableSecondFactor {
        #[serde(default)]
        #[schema(format = Password)]
        current: String,
    },
    /// Ten new recovery codes in place of the old ones.
    RenewRecovery {
        #[serde(default)]
        #[schema(format = Password)]
        current: String,
    },
}

/// A language by its code.
mod code {
    use super::Lang;
    use serde::{Deserialize, Deserializer, de::Error};

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Lang, D::Error> {
        let code = String::deserialize(from)?;
        Lang::from_code(&code).ok_or_else(|| D::Error::custom("`zh` or `en`"))
    }
}

impl Act {
    /// The verb of the event.
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::ChangePassword { .. } => "change_password",
            Self::SetLanguage { .. } => "set_language",
            Self::EnableSecondFactor { .. } => "enable_second_factor",
            Self::DisableSecondFactor { .. } => "disable_second_factor",
            Self::RenewRecovery { .. } => "renew_recovery",
        }
    }

    /// The password given once more, for acts that ask for it.
    pub fn current(&self) -> Option<&str> {
        match self {
            Self::SetLanguage { .. } => None,
            Self::ChangePassword { current, .. }
            | Self::EnableSecondFactor { current, .. }
            | Self::DisableSecondFactor { current }
            | Self::RenewRecovery { current } => Some(current),
        }
    }
}

/// A token to be issued to a program.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewToken {
    /// What it is for.
    pub label: String,
    /// Its last day, at most a year from now.
    pub ends_on: Date,
    /// The current password.
    #[serde(default)]
    #[schema(format = Password)]
    pub current: String,
}

impl NewToken {
    /// Refuses a label or a day out of bounds.
    pub fn check(&self, today: Date) -> Result<()> {
        if !(1..=100).contains(&self.label.trim().chars().count()) {
            return TOKEN_LABEL.at("label");
        }
        let last = today.saturating_add(1.year());
        if self.ends_on > today && self.ends_on <= last { Ok(()) } else { TOKEN_DAYS.at("ends_on") }
    }
}

/// Marks by which browsers are known, the particular ones first: most claim to be others as well.
const BROWSERS: &[(&str, &str)] = &[
    ("MicroMessenger/", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Marks of the systems they run on.
const SYSTEMS: &[(&str, &str)] = &[
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

fn known(agent: &str, marks: &[(&str, &'static str)]) -> Option<&'static str> {
    marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
}

/// A session or a token of one's own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnSession {
    /// For ending it. It opens nothing.
    pub id: String,
    pub kind: SessionKind,
    /// The client that began it, or what the token is for.
    pub label: String,
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub used_at: Moment,
    pub ends_at: Moment,
    /// Whether it is the one of this request.
    pub current: bool,
}

impl OwnSession {
    /// As its owner sees it who came with the session `mine`.
    pub fn of(session: Session, mine: &Session) -> Self {
        Self {
            id: Self::id_of(&session),
            current: session.token == mine.token,
            kind: session.kind,
            label: session.label,
            created_at: session.created_at,
            used_at: session.used_at,
            ends_at: session.ends_at,
        }
    }

    /// The beginning of the hash: enough to tell one's own sessions apart, useless for anything else.
    pub fn id_of(session: &Session) -> String {
        session.token.chars().take(16).collect()
    }

    /// What pages call it: a token by its label, a browser by its name and system where they are known.
    pub fn title(&self) -> String {
        match (self.is_token(), known(&self.label, BROWSERS), known(&self.label, SYSTEMS)) {
            (false, Some(browser), Some(system)) => format!("{browser} · {system}"),
            _ if self.label.is_empty() => "–".to_owned(),
            _ => self.label.clone(),
        }
    }

    /// Whether it is a token of a program.
    pub fn is_token(&self) -> bool {
        self.kind == SessionKind::Token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn browsers_are_called_by_their_names() {
        let title = |kind, label: &str| {
            let at = Moment::from_millis(0);
            let (id, label) = (String::new(), label.to_owned());
            OwnSession { id, kind, label, created_at: at, used_at: at, ends_at: at, current: false }.title()
        };
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0";
        assert_eq!(title(SessionKind::Browser, edge), "Edge · Windows");
        assert_eq!(title(SessionKind::Token, "Chrome/ on Linux"), "Chrome/ on Linux");
        assert_eq!(
            (title(SessionKind::Browser, "curl/8"), title(SessionKind::Browser, "")),
            ("curl/8".into(), "–".into())
        );
    }

    #[test]
    fn a_token_ends_within_a_year() {
        let token = |day| NewToken { label: "robot".into(), ends_on: day, current: String::new() };
        let today = date(2023, 6, 14);
        assert!(token(date(2023, 6, 15)).check(today).is_ok() && token(date(2024, 6, 14)).check(today).is_ok());
        for bad in [date(2023, 6, 14), date(2024, 6, 15)] {
            assert_eq!(token(bad).check(today).unwrap_err().field(), Some("ends_on"));
        }
        let unnamed = NewToken { label: " ".into(), ..token(date(2023, 7, 1)) };
        assert_eq!(unnamed.check(today).unwrap_err().field(), Some("label"));
    }
}
