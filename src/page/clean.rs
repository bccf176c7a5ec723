//! Cleaners, which make a value of a text that was written for people.
//!
//! A [`Cleaner`] turns text into text and has a name, for recipes and `#[extract("css", clean = price)]`; functions such as
//! [`price`] give a typed value, for `#[extract("css", with = clean::price)]` and for use by hand.
//!
//! ```
//! use crawlworks::clean::{self, Cleaner};
//! assert_eq!(clean::price("£1,234.50"), Ok(1234.5));
//! assert_eq!(clean::price("1.234,50 €"), Ok(1234.5));
//! assert_eq!(Cleaner::named("price").unwrap().clean("CHF 1'234.–").as_deref(), Ok("1234"));
//! assert_eq!(clean::price("on request").unwrap_err(), r#"no number in "on request""#);
//! ```
//!
//! # Numbers
//!
//! | function | reads |
//! |---|---|
//! | [`number`] | with a decimal point: `1,234.5`, `1'234.5`, `1,23,456.7` |
//! | [`number_comma`] | with a decimal comma: `1.234,5`, `1'234,5` |
//! | [`price`] | either, as the last separator tells |
//! | [`integer`] | the first number, which has to be whole: `1,234 reviews`, `22 of 30`; `1.234` is an error |
//!
//! All but `integer` take the one number out of a text; two of them are an error, since only you know which one is meant.
//! Groups have to be right: three digits each, or two in the Indian way. Digits may be Arabic, Persian, Devanagari or full
//! width.
//!
//! `1.234` and `1,234` can be read in two ways. A [`price`] takes a single separator before exactly three digits for one of
//! groups, since prices have two decimals: 1234. Where it could be three decimals, say [`number`] or [`number_comma`].
//!
//! Rather than give a wrong number they give an error:
//!
//! - **Spaces.** No-break and thin spaces divide groups. A plain space may as well divide numbers (`4 120`, `2 500 ml`): it is
//!   taken only by `price`, in an amount beside which stands nothing but a currency, and that at once behind it, or two decimals:
//!   `99 149 kr`, `1 234,50 €`. For a whole number of which you know that it is one, there is the cleaner `digits`.
//! - **Minus.** It touches the number or its currency, with white space, a bracket or nothing before it: `-£12`, `£-12`,
//!   `Total: -12`. In `route-12` and `A - 12` it is a dash; `Price:-12`, `- 12` and `12.50-` are errors. A price that begins with a
//!   minus is negative or an error, whatever stands between them: `-USh 12` is negative.
//! - **Brackets** are a minus around an amount with its currency and nothing else, `(£12.50)`, but never for `integer`, where
//!   `(1,234)` and `(22 available)` are counts. A price in brackets without a currency is an error.
//! - **What touches the number.** Letters and odd digits are errors: `£1.2m`, `5K`, `12⁹⁹`, `5½`, `MP3`, and `2500ml` as well;
//!   only a currency may: `12kr`, `US$12`, `12EUR`.
//! - **Words behind it** that multiply it are errors: `1.2 million`, `3 млн`. Behind a `price` only words are taken that are known
//!   to leave it as it is (a currency, `per month`, `each`, `inkl. MwSt.`); all others are errors, since no list has the millions of
//!   all languages.
//! - **Small coins** are hundredths for `price`: `99 ¢`, `50 ct` and `89 cents` are 0.99, 0.50 and 0.89. A percentage is no price.
//! - **Three decimals.** `KWD 12.500` is 12.5, as for the other currencies with thousandths (BHD, JOD, OMR, TND, LYD).
//!
//! Soft hyphens, joiners, marks of direction and other characters that nobody sees are passed over.

mod amount;
mod beside;
mod currency;
mod dates;
mod moment;
mod notation;
mod sign;
mod text;
mod typed;

#[cfg(test)]
mod tests;

pub(crate) use dates::is_dated;
pub use dates::{date, date_by, rfc3339, timestamp};
#[cfg(feature = "recipe")]
pub(crate) use moment::Moment;
#[cfg(feature = "recipe")]
pub(crate) use text::visible;
pub use typed::{integer, number, number_comma, price};

use amount::decimal;
use notation::Notation;

macro_rules! cleaners {
    ($( $name:literal $cleaner:ident $about:literal => $clean:expr; )*) => {
        /// Named way to clean a text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Cleaner {
            $( #[doc = concat!("`", $name, "`: ", $about, ".")] $cleaner, )*
        }

        impl Cleaner {
            /// Names of all cleaners, each with a description.
            pub const NAMES: &[(&str, &str)] = &[ $( ($name, $about) ),* ];

            /// Returns the cleaner of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $( $name => Some(Self::$cleaner), )*
                    _ => None,
                }
            }

            /// Returns the name of the cleaner.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $( Self::$cleaner => $name, )*
                }
            }

            /// Cleans a text.
            ///
            /// # Errors
            ///
            /// Returns a message that describes what is wrong and shows the beginning of the text.
            pub fn clean(self, text: &str) -> Result<String, String> {
                match self {
                    $( Self::$cleaner => $clean(text), )*
                }
            }
        }
    };
}

cleaners! {
    "trim" Trim "takes white space off both ends" => |text: &str| Ok(text.trim().to_owned());
    "squeeze" Squeeze "the same, and makes white space within it a single space" => |text| Ok(text::squeeze(text));
    "lower" Lower "makes it lower case" => |text: &str| Ok(text.to_lowercase());
    "upper" Upper "makes it upper case" => |text: &str| Ok(text.to_uppercase());
    "title" Title "makes each word begin in upper case and go on in lower case" => |text| Ok(text::title(text));
    "strip_tags" StripTags "takes the text out of HTML" => text::strip_tags;
    "digits" Digits "keeps the digits only; there has to be one" => text::digits;
    "integer" Integer "takes the first number out of a text, which has to be whole: `1,234 reviews` is `1234`"
        => amount::whole;
    "number" Number "takes the number out of a text, with a decimal point: `1,234.5` is `1234.5`"
        => |text| decimal(text, Notation::Point);
    "number_comma" NumberComma "takes the number out of a text, with a decimal comma: `1.234,5` is `1234.5`"
        => |text| decimal(text, Notation::Comma);
    "price" Price "takes the amount out of a text, in the notation that its last separator shows: `1.234,50 €` is `1234.50`"
        => |text| decimal(text, Notation::Told);
    "date" Date "makes it an ISO date: `31 Jan 2024` is `2024-01-31`" => date;
    "timestamp" Timestamp "makes it a time in UTC: `Wed, 31 Jan 2024 10:00:00 +0100` is `2024-01-31T09:00:00Z`"
        => |text| dates::exact(text).map(|time| time.to_string());
}

/// Returns the beginning of a text, in quotation marks, for an error.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
