//! The small languages that every capability writes in: closed vocabularies, refusals, rows and their values, orders.

/// A closed vocabulary: variant, the word it is stored as, and its name in both languages.
///
/// Complete or it does not compile. The word is what stands in the database, in JSON and in addresses. Where two
/// capabilities have a vocabulary of the same name, `#[schema(as = CampaignState)]` tells them apart in the OpenAPI document.
// The code is `tt` and not `literal`: utoipa does not see through the group that a macro puts around a literal, and would
// document the variant's name instead of its code.
#[macro_export]
macro_rules! words {
    ($($(#[$m:meta])* pub enum $E:ident { $($(#[$vm:meta])* $V:ident $code:tt $zh:tt $en:tt),* $(,)? })*) => { $(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        $(#[$m])*
        pub enum $E { $($(#[$vm])* #[doc = concat!($zh, " · ", $en)] #[serde(rename = $code)] #[schema(rename = $code)] $V),* }
        impl $E {
            /// Every word, in order.
            pub const ALL: &[Self] = &[$(Self::$V),*];
            /// The word as it is stored and sent.
            pub const fn code(self) -> &'static str { match self { $(Self::$V => $code),* } }
            /// Its name in the reader's language.
            pub const fn label(self, lang: $crate::kernel::Lang) -> &'static str {
                match self { $(Self::$V => lang.say($zh, $en)),* }
            }
            /// The word with this code, if there is one.
            pub fn from_code(code: &str) -> Option<Self> { match code { $($code => Some(Self::$V),)* _ => None } }
        }
        impl From<$E> for $crate::kernel::db::Value { fn from(v: $E) -> Self { v.code().into() } }
        impl $crate::kernel::db::Column for $E {
            fn from_value(value: $crate::kernel::db::Value) -> Option<Self> {
                Self::from_code(&<String as $crate::kernel::db::Column>::from_value(value)?)
            }
        }
        impl std::fmt::Display for $E {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }
    )* };
}

/// What a rule says when it refuses: a stable code for programs, a sentence in both languages for people.
///
/// `{name}` in a sentence is filled by [`Refusal::with`](crate::kernel::Refusal::with).
#[macro_export]
macro_rules! refusals {
    ($($(#[$m:meta])* $NAME:ident $code:literal $zh:literal $en:literal;)*) => {
        $($(#[$m])* #[doc = $en] pub const $NAME: $crate::kernel::Refusal = $crate::kernel::Refusal::new($code, $zh, $en);)*
        /// Every refusal of this file, for the generated list of error codes.
        pub const REFUSALS: &[$crate::kernel::Refusal] = &[$($NAME),*];
    };
}

/// A list of values for the placeholders of a statement.
#[macro_export]
macro_rules! args { ($($v:expr),* $(,)?) => { &[$($crate::kernel::db::Value::from($v)),*] } }

/// A struct that is read from a row by the names of its fields. It writes the struct and `FromRow`; the attributes are
/// yours.
#[macro_export]
macro_rules! row {
    ($(#[$m:meta])* $v:vis struct $T:ident { $($(#[$fm:meta])* $fv:vis $f:ident : $t:ty),* $(,)? }) => {
        $(#[$m])*
        $v struct $T { $($(#[$fm])* $fv $f: $t),* }
        impl $crate::kernel::db::FromRow for $T {
            fn from_row(row: &mut $crate::kernel::db::Row) -> $crate::kernel::Result<Self> {
                Ok(Self { $($f: row.take(stringify!($f))?),* })
            }
        }
    };
}

/// Declares an [`Order`](crate::kernel::list::Order) by its column. A column whose name ends in `at` holds moments, which are numbers; `text` says that
/// this one does not.
#[macro_export]
macro_rules! order {
    ($name:literal, $column:literal) => {
        $crate::order!($name, $column, $crate::kernel::list::is_moment($column))
    };
    ($name:literal, $column:literal, text) => {
        $crate::order!($name, $column, false)
    };
    ($name:literal, $column:literal, $number:expr) => {
        $crate::kernel::list::Order {
            name: $name,
            up: concat!(" and ", $column, " is not null order by ", $column, ", id"),
            down: concat!(" and ", $column, " is not null order by ", $column, " desc, id desc"),
            after_up: concat!(" and (", $column, ", id) > (?, ?)"),
            after_down: concat!(" and (", $column, ", id) < (?, ?)"),
            column: $column,
            number: $number,
        }
    };
}
