//! The ways to fail, and what each looks like to a program and to a person.

use super::Lang;
use std::borrow::Cow;

/// What a function of Paicha answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Seconds after which somebody whom a lost database kept from working may try again.
const AGAIN_AFTER: u64 = 3;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or none in the scope of whom asks: the two must look alike. 404.
    #[error("not found")]
    NotFound,
    /// The person may not do this. 403.
    #[error("forbidden")]
    Forbidden,
    /// Nobody is signed in. 401, or the sign-in page.
    #[error("sign in")]
    SignIn,
    /// Something else comes first, on the page `at`. 403, or that page.
    #[error("first: {}", .refusal.en)]
    First { at: &'static str, refusal: Refusal },
    /// The rules do not allow it now. 422.
    #[error("refused: {}", .0.en)]
    Refused(Refusal),
    /// A field is at fault. 422, the sentence stands beside the field.
    #[error("{field}: {}", .refusal.en)]
    Invalid { field: String, refusal: Refusal },
    /// The request itself cannot be read: syntax, type, size. The status is 400, 413 or 415.
    #[error("unreadable: {}", .refusal.en)]
    Unreadable { status: u16, refusal: Refusal },
    /// Somebody else changed the thing in between, or the same id came with other content. 409.
    #[error("conflict: {}", .0.en)]
    Conflict(Refusal),
    /// As [`Error::Conflict`], without particulars.
    #[error("changed by somebody else")]
    Stale,
    /// Too many tries; again in so many seconds. 429.
    #[error("too many tries; wait {0} s")]
    Wait(u64),
    /// A unique index was hit: its name, by convention table_column_column. A capability turns it into a sentence with
    /// [`on_taken`]; else 409.
    #[error("taken: {0}")]
    Taken(String),
    /// The disk is full; nothing was written. 507.
    #[error("the disk is full")]
    DiskFull,
    /// The database cannot be reached; nothing was written, and the same can be asked again soon. 503.
    #[error("the database is away")]
    Away,
    /// The database was lost while it kept what was done: it may or may not have. 503.
    #[error("the database was lost during a commit")]
    Unsure,
    /// Serialization failure inside the database layer; the act is run again. Never seen outside.
    #[error("run again")]
    Again,
    /// Ours. 500, the reason goes to the log and not to the client.
    #[error("{0}")]
    Broken(String),
}

impl Error {
    /// A failure of ours, for reasons that only the log may know.
    pub fn broken(reason: impl std::fmt::Display) -> Self {
        Self::Broken(reason.to_string())
    }

    /// `field` is at fault.
    pub fn invalid(field: impl Into<String>, refusal: Refusal) -> Self {
        Self::Invalid { field: field.into(), refusal }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Forbidden | Self::First { .. } => 403,
            Self::SignIn => 401,
            Self::Refused(_) | Self::Invalid { .. } => 422,
            Self::Unreadable { status, .. } => *status,
            Self::Conflict(_) | Self::Stale | Self::Taken(_) => 409,
            Self::Wait(_) => 429,
            Self::DiskFull => 507,
            Self::Away | Self::Unsure => 503,
            Self::Again | Self::Broken(_) => 500,
        }
    }

    /// The sentence and its code.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NotFound => NOT_FOUND,
            Self::Forbidden => FORBIDDEN,
            Self::SignIn => SIGN_IN,
            Self::Refused(r) | Self::Conflict(r) => r.clone(),
            Self::Invalid { refusal, .. } | Self::Unreadable { refusal, .. } | Self::First { refusal, .. } => {
                refusal.clone()
            }
            Self::Stale => STALE,
            Self::Taken(_) => TAKEN,
            Self::Wait(seconds) => WAIT.with("seconds", seconds),
            Self::DiskFull => DISK_FULL,
            Self::Away => AWAY,
            Self::Unsure => UNSURE,
            Self::Again | Self::Broken(_) => BROKEN,
        }
    }

    /// After how many seconds the same may be asked again, where time helps.
    pub fn again_after(&self) -> Option<u64> {
        match self {
            Self::Wait(seconds) => Some(*seconds),
            Self::Away | Self::Unsure => Some(AGAIN_AFTER),
            _ => None,
        }
    }

    /// The field at fault, where there is one.
    pub fn field(&self) -> Option<&str> {
        if let Self::Invalid { field, .. } = self { Some(field) } else { None }
    }
}

/// A stable code and a sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// For programs: `hazards.due_past`. Never changes.
    pub code: &'static str,
    /// 中文
    pub zh: Cow<'static, str>,
    /// English
    pub en: Cow<'static, str>,
}

impl Refusal {
    /// See [`refusals!`](macro@crate::refusals).
    pub const fn new(code: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { code, zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// The sentence with `{name}` filled in.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        let (hole, value) = (format!("{{{name}}}"), value.to_string());
        self.zh = self.zh.replace(&hole, &value).into();
        self.en = self.en.replace(&hole, &value).into();
        self
    }

    /// The sentence for `lang`.
    pub fn say(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }

    /// As an error of the thing as a whole.
    pub fn refuse<T>(self) -> Result<T> {
        Err(Error::Refused(self))
    }

    /// As an error of `field`.
    pub fn at<T>(self, field: &str) -> Result<T> {
        Err(Error::invalid(field, self))
    }
}

/// Refuses with `refusal` unless `holds`.
pub fn ensure(holds: bool, refusal: Refusal) -> Result<()> {
    if holds { Ok(()) } else { refusal.refuse() }
}

/// Turns a hit of the unique index `index` into a sentence beside `field`.
pub fn on_taken<T>(done: Result<T>, index: &str, field: &str, refusal: Refusal) -> Result<T> {
    done.map_err(|e| match e {
        Error::Taken(hit) if hit == index => Error::invalid(field, refusal),
        e => e,
    })
}

refusals! {
    NOT_FOUND "not_found" "没有找到，或者不在您的管辖范围内。" "Not found, or not within your jurisdiction.";
    FORBIDDEN "forbidden" "您的岗位没有办理此事项的权限。" "Your role does not allow this.";
    SIGN_IN "sign_in" "请先登录。" "Please sign in first.";
    STALE "stale" "该记录刚刚被他人更新，请刷新后核对再办理。" "Somebody else has just changed this record; reload, compare and try again.";
    TAKEN "taken" "已有相同的记录。" "Such a record exists already.";
    WAIT "too_many" "尝试次数过多，请 {seconds} 秒后再试。" "Too many tries; please wait {seconds} seconds.";
    DISK_FULL "disk_full" "服务器磁盘空间不足，本次未保存任何内容，请联系系统管理员。" "The server's disk is full; nothing was saved. Please tell the administrator.";
    AWAY "away" "数据库暂时无法连接，本次未保存任何内容，请稍后重试。" "The database cannot be reached at the moment; nothing was saved. Please try again shortly.";
    UNSURE "unsure" "保存时数据库连接中断，不能确定是否已经保存，请稍后刷新核对；未保存的请重新提交。" "The connection to the database was lost while saving, and it is not certain whether it was saved. Please reload shortly and look; submit again what is missing.";
    BROKEN "broken" "系统出现内部错误，已记入日志；本次未保存任何内容。" "Something broke on our side and was logged; nothing was saved.";
    UNREADABLE "unreadable" "提交的内容无法解析：{why}" "The request could not be read: {why}";
    TOO_LARGE "too_large" "提交的内容过大，上限为 {limit}。" "The request is too large; the limit is {limit}.";
    CROSS_SITE "cross_site" "请求来自其他网站，已拒绝。" "The request came from another site and was refused.";
    REQUIRED "required" "此项必填。" "This is required.";
    TOO_LONG "too_long" "内容过长，最多 {max} 个字。" "Too long; at most {max} characters.";
    NOT_A_CHOICE "not_a_choice" "“{value}”不在可选范围内。" "“{value}” is not one of the choices.";
    NOT_A_DATE "not_a_date" "“{value}”不是有效日期，请按 2023-06-14 的格式填写。" "“{value}” is not a date; write it like 2023-06-14.";
    NUL "nul" "内容含有无法保存的空字符（NUL），请重新填写。" "It holds a NUL character, which cannot be kept; please type it anew.";
    NOT_AN_ID "not_an_id" "“{value}”不是有效编号。" "“{value}” is not a valid id.";
}
