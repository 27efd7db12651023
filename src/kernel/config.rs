//! Every setting, its meaning and its default.
//!
//! A setting comes from the command line, else from the environment, else from `paicha.toml` in the data folder, else
//! from the default. Secrets come from the environment or from files only. `paicha doctor` prints what is in force;
//! `docs/configuration.md` is written from this file by a test.

use super::{Error, Moment, Result};
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// Makes the struct and the reference of its settings in one breath.
macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $name:ident : $t:ty = $default:expr;)*) => {
        /// The settings of one installation.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Config { $($(#[doc = $doc])+ pub $name: $t),* }
        impl Default for Config {
            fn default() -> Self { Self { $($name: $default),* } }
        }
        /// Name and meaning of each setting, in order.
        pub const REFERENCE: &[(&str, &str)] = &[$((stringify!($name), concat!($($doc),+))),*];
    };
}

settings! {
    /// The data folder: database file, evidence, keys.
    data: PathBuf = PathBuf::from("data");
    /// The address served: `127.0.0.1:8080`. A demonstration folder is served on loopback only.
    listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
    /// A PostgreSQL address, `postgres://user@host/name`. Empty: one SQLite file in the data folder.
    database_url: Option<String> = None;
    /// The address people use, such as `https://paicha.example.gov.cn`; makes cookies secure and links whole.
    public_url: Option<String> = None;
    /// Largest piece of evidence, in bytes.
    max_file_bytes: u64 = 50 * 1024 * 1024;
    /// Evidence in an S3 bucket instead of the data folder: `s3://bucket/prefix`. Keys come from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, the server from `AWS_ENDPOINT`.
    evidence_url: Option<String> = None;
    /// A virus scanner that speaks the clamd protocol: `127.0.0.1:3310` or `/run/clamav/clamd.ctl`. Empty: files are not scanned.
    clamd: Option<String> = None;
    /// A folder with more fonts for documents, for rare characters in names.
    fonts: Option<PathBuf> = None;
    /// Maps for the board: a GeoJSON file, or a folder of them (see `docs/maps.md`). Empty: the folder `maps` in the data folder, where there is one.
    maps: Option<PathBuf> = None;
    /// The mail server that sends the daily digest: `smtps://mail.example.gov.cn`, `smtp://mail.example.gov.cn:587?tls=required`. Empty: no mail is sent.
    smtp_url: Option<String> = None;
    /// The name by which the mail server knows us. The password comes from `PAICHA_SMTP_PASSWORD`.
    smtp_user: Option<String> = None;
    /// Whom mails come from, such as `Paicha <paicha@example.gov.cn>`. Empty: no mail is sent.
    mail_from: Option<String> = None;
    /// The hour of the day at which digests go out.
    digest_hour: i64 = 8;
    /// Whether anybody may read the transparency log (`/log/checkpoint`, `/log/tile/…`); else auditors and administrators who are signed in.
    log_public: bool = false;
    /// The name of the transparency log, such as `paicha.example.gov.cn/log`. Empty: from `public_url`. It is fixed by the first checkpoint.
    log_origin: Option<String> = None;
    /// Public keys of witnesses whose signatures under checkpoints are accepted: `name+id+key` each, as witnesses publish them.
    log_witnesses: Vec<String> = Vec::new();
    /// An address of its own at which `/metrics` is read, such as `127.0.0.1:9100`; whoever reaches it may read. Empty: none.
    metrics_listen: Option<SocketAddr> = None;
    /// A file whose first line is the token that opens `/metrics` at the main address (`Authorization: Bearer`). Empty: closed.
    metrics_token_file: Option<PathBuf> = None;
    /// Whether the log is written as JSON, a line for each entry.
    log_json: bool = false;
    /// How long the server goes on taking requests after it was told to stop, in seconds, while `/readyz` says no already: time for a balancer to notice.
    drain_seconds: u64 = 0;
    /// How long a browser session lasts without use, in minutes.
    session_idle_minutes: i64 = 120;
    /// How long a browser session lasts at the most, in hours.
    session_max_hours: i64 = 12;
    /// Wrong passwords in a row that lock an account.
    lock_after: i64 = 5;
    /// How long it stays locked, in minutes.
    lock_minutes: i64 = 15;
    /// Sign-in by another system (OpenID Connect): its issuer address. Empty: off.
    oidc_issuer: Option<String> = None;
    /// The name by which that system knows us. The secret comes from `PAICHA_OIDC_SECRET`.
    oidc_client: Option<String> = None;
}

impl Config {
    /// What the environment says, else what stands in `paicha.toml` of the data folder, else the defaults.
    pub fn load(data: PathBuf) -> Result<Self> {
        let file = data.join("paicha.toml");
        let trouble = |e: &dyn std::fmt::Display| Error::broken(format!("{}: {e}", file.display()));
        let mut set: toml::Table = match std::fs::read_to_string(&file) {
            Ok(text) => toml::from_str(&text).map_err(|e| trouble(&e))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => toml::Table::new(),
            Err(e) => return Err(trouble(&e)),
        };
        Self::take_from(&mut set, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))?;
        let mut config: Self = set.try_into().map_err(|e| trouble(&e))?;
        config.data = data;
        Ok(config)
    }

    /// The name of the transparency log when it has none yet.
    pub fn log_name(&self) -> String {
        let address =
            self.public_url.as_deref().map(|url| url.split("://").last().unwrap_or(url).trim_end_matches('/'));
        self.log_origin.clone().unwrap_or_else(|| format!("{}/log", address.unwrap_or("paicha.local")))
    }

    /// Sets what the environment names as `PAICHA_` and the name of the setting in capitals.
    fn take_from(set: &mut toml::Table, environment: impl Fn(&str) -> Option<String>) -> Result<()> {
        let defaults = serde_json::to_value(Self::default()).unwrap_or_default();
        for (name, _) in REFERENCE {
            let variable = format!("PAICHA_{}", name.to_uppercase());
            let Some(text) = environment(&variable) else { continue };
            let wrong = |e: &dyn std::fmt::Display| Error::broken(format!("{variable}: {e}"));
            let value = match defaults[name] {
                serde_json::Value::Number(_) => toml::Value::Integer(text.parse().map_err(|e| wrong(&e))?),
                serde_json::Value::Bool(_) => toml::Value::Boolean(text.parse().map_err(|e| wrong(&e))?),
                _ => toml::Value::String(text),
            };
            set.insert((*name).to_owned(), value);
        }
        Ok(())
    }

    /// Whether mail is sent: by a server, from somebody.
    pub fn mails(&self) -> bool {
        self.smtp_url.is_some() && self.mail_from.is_some()
    }

    /// When the next digest goes out: the next time that it is its hour.
    pub fn next_digest(&self, now: Moment) -> Moment {
        let today = Moment::start_of(now.date()).plus(self.digest_hour.clamp(0, 23) * 3_600_000);
        if today > now { today } else { today.plus(24 * 3_600_000) }
    }

    /// The reference in Markdown: `docs/configuration.md`.
    pub fn reference() -> String {
        let defaults = serde_json::to_value(Self::default()).unwrap_or_default();
        let mut text = String::from(
            "# Configuration\n\nWritten by a test from `src/kernel/config.rs`. Each setting stands in `paicha.toml` in the data folder, \
             or in the environment as `PAICHA_` and its name in capitals.\n\n| setting | default | meaning |\n| --- | --- | --- |\n",
        );
        for (name, meaning) in REFERENCE {
            let default = match &defaults[name] {
                serde_json::Value::Null => "–".to_owned(),
                value => format!("`{}`", value.to_string().trim_matches('"')),
            };
            text.push_str(&format!("| `{name}` | {default} | {} |\n", meaning.trim()));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_goes_before_the_file() {
        let mut set: toml::Table = toml::from_str("digest_hour = 7\nsmtp_user = \"old\"").unwrap();
        let environment = |name: &str| match name {
            "PAICHA_DIGEST_HOUR" => Some("9".to_owned()),
            "PAICHA_LOG_JSON" => Some("true".to_owned()),
            "PAICHA_SMTP_USER" => Some("12".to_owned()),
            "PAICHA_METRICS_LISTEN" => Some("127.0.0.1:9100".to_owned()),
            _ => None,
        };
        Config::take_from(&mut set, environment).unwrap();
        let config: Config = set.try_into().unwrap();
        assert_eq!((config.digest_hour, config.log_json, config.smtp_user.as_deref()), (9, true, Some("12")));
        assert_eq!(config.metrics_listen, Some(SocketAddr::from(([127, 0, 0, 1], 9100))));
        let wrong = Config::take_from(&mut toml::Table::new(), |_| Some("many".to_owned()));
        assert!(wrong.unwrap_err().to_string().starts_with("PAICHA_"), "the variable is named");
    }
}
