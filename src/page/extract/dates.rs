//! Extraction of the dates and times of `jiff`.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::FromText;
use crate::page::clean;
use crate::page::error::BoxError;
use crate::page::html::Element;

/// Type that can be read by a format, as `#[extract("css", format = "%d.%m.%Y")]` asks of a field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read by a `format`",
    note = "the dates and times of `jiff` can: `civil::Date`, `civil::DateTime`, `civil::Time`, `Timestamp`"
)]
pub trait FromFormat: Sized {
    /// Reads a text, white space around it aside, as [`strptime`](jiff::fmt::strtime) does.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not of this format, or its year has fewer than four digits (`%Y` takes them). A
    /// [`Timestamp`] needs a format with the offset, `%z`.
    fn from_format(text: &str, format: &str) -> Result<Self, String>;
}

macro_rules! from_format {
    ($( $type:ty: $date:expr; )*) => { $(
        impl FromFormat for $type {
            fn from_format(text: &str, format: &str) -> Result<Self, String> {
                let value = Self::strptime(format, text.trim()).map_err(|error| {
                    format!("{} is not {format:?}: {error}", clean::quoted(text))
                })?;
                let date: Option<Date> = $date(value);
                match date.filter(|&date| !clean::is_dated(date)) {
                    None => Ok(value),
                    Some(date) => Err(format!(
                        "{} is not {format:?}: it would be in the year {}; two digits are %y",
                        clean::quoted(text),
                        date.year()
                    )),
                }
            }
        }
    )* };
}

from_format! {
    Date: Some;
    DateTime: |value: Self| Some(value.date());
    Time: |_| None;
    Timestamp: |value| Some(TimeZone::UTC.to_datetime(value).date());
}

impl FromText for Date {
    fn from_text(text: Cow<'_, str>, _: Element<'_>) -> Result<Self, BoxError> {
        Ok(clean::date(&text)?)
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "date" })
    }
}

impl FromText for Timestamp {
    fn from_text(text: Cow<'_, str>, _: Element<'_>) -> Result<Self, BoxError> {
        Ok(clean::timestamp(&text)?)
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "date-time" })
    }
}

macro_rules! iso {
    ($( $type:ty: $name:literal $is_right:expr; )*) => { $(
        impl FromText for $type {
            fn from_text(text: Cow<'_, str>, _: Element<'_>) -> Result<Self, BoxError> {
                let value = text.trim().parse().ok().filter($is_right);
                value.ok_or_else(|| format!("{} is not a {}", clean::quoted(&text), $name).into())
            }

            // The formats of JSON Schema have an offset, which these do not.
            fn schema() -> Value {
                json!({ "type": "string" })
            }
        }
    )* };
}

iso! {
    DateTime: "date and time" |value: &Self| clean::is_dated(value.date());
    Time: "time" |_| true;
}
