//! Numbers, written as Rust writes them.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::FromText;
use crate::page::clean::quoted;
use crate::page::error::BoxError;
use crate::page::html::Element;

macro_rules! integers {
    ($( $type:ty: $schema:tt )*) => { $(
        impl FromText for $type {
            fn from_text(text: Cow<'_, str>, _: Element<'_>) -> Result<Self, BoxError> {
                text.trim().parse().map_err(|_| {
                    let (min, max) = (Self::MIN, Self::MAX);
                    format!("{} is not a whole number from {min} to {max}", quoted(&text)).into()
                })
            }

            fn schema() -> Value {
                json!($schema)
            }
        }
    )* };
}

integers! {
    u8: { "type": "integer", "minimum": 0 }
    u16: { "type": "integer", "minimum": 0 }
    u32: { "type": "integer", "minimum": 0 }
    u64: { "type": "integer", "minimum": 0 }
    u128: { "type": "integer", "minimum": 0 }
    usize: { "type": "integer", "minimum": 0 }
    i8: { "type": "integer" }
    i16: { "type": "integer" }
    i32: { "type": "integer" }
    i64: { "type": "integer" }
    i128: { "type": "integer" }
    isize: { "type": "integer" }
}

macro_rules! floats {
    ($( $type:ty )*) => { $(
        impl FromText for $type {
            fn from_text(text: Cow<'_, str>, _: Element<'_>) -> Result<Self, BoxError> {
                // JSON has neither infinity, which an overflow gives as well, nor NaN.
                let number = text.trim().parse::<Self>().ok();
                number
                    .filter(|number| number.is_finite())
                    .ok_or_else(|| format!("{} is not a number", quoted(&text)).into())
            }

            fn schema() -> Value {
                json!({ "type": "number" })
            }
        }
    )* };
}

floats! { f32 f64 }
