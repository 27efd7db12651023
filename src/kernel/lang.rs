//! Two languages, in one line wherever something is said: Chinese first, English complete.

use jiff::civil::Date;

/// The reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 简体中文
    #[default]
    Zh,
    /// English
    En,
}

impl Lang {
    /// Whichever of the two is the reader's.
    pub const fn say<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// For `<html lang>`.
    pub const fn tag(self) -> &'static str {
        self.say("zh-CN", "en")
    }

    /// As it is stored and sent: `zh` or `en`.
    pub const fn code(self) -> &'static str {
        self.say("zh", "en")
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "zh" | "zh-CN" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The better of the two for a browser's `Accept-Language`; Chinese when it says nothing.
    pub fn from_header(header: &str) -> Self {
        let first = header.split(',').map(str::trim).find(|l| l.starts_with("zh") || l.starts_with("en"));
        if first.is_some_and(|l| l.starts_with("en")) { Self::En } else { Self::Zh }
    }

    /// A date as people here write it: 2023年6月14日, 14 June 2023.
    pub fn date(self, date: Date) -> String {
        let months = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        match self {
            Self::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
            Self::En => format!("{} {} {}", date.day(), months[date.month() as usize - 1], date.year()),
        }
    }

    /// An amount of fen as yuan, exact, with thousands separators: 12,345.60.
    pub fn yuan(self, fen: i64) -> String {
        let sign = if fen < 0 { "-" } else { "" };
        let (yuan, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
        format!("{sign}{}.{rest:02}", thousands(yuan))
    }

    /// A count with thousands separators.
    pub fn count(self, n: i64) -> String {
        let sign = if n < 0 { "-" } else { "" };
        format!("{sign}{}", thousands(n.unsigned_abs()))
    }
}

fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        assert_eq!(Lang::Zh.yuan(123_456_789), "1,234,567.89");
        assert_eq!(Lang::En.yuan(-5), "-0.05");
        assert_eq!(Lang::Zh.count(1_000), "1,000");
    }

    #[test]
    fn the_browser_is_asked_and_chinese_is_the_rule() {
        assert_eq!(Lang::from_header("en-GB,en;q=0.9,zh;q=0.8"), Lang::En);
        assert_eq!(Lang::from_header("de,zh-CN;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(Lang::from_header("de"), Lang::Zh);
    }

    #[test]
    fn dates_are_written_as_people_write_them() {
        let day = jiff::civil::date(2023, 6, 4);
        assert_eq!((Lang::Zh.date(day), Lang::En.date(day)), ("2023年6月4日".into(), "4 June 2023".into()));
    }
}
