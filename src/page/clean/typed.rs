//! Numbers read from texts.

use super::amount::{decimal, whole};
use super::notation::Notation;
use super::quoted;

/// Reads the amount in a text, in the notation that its last separator shows; see [the rules](self::super#numbers).
///
/// ```
/// use crawlworks::clean::price;
/// for text in ["£1,234.50", "1.234,50 €", "CHF 1'234.50", "1 234,50 zł", "١٬٢٣٤٫٥٠"] {
///     assert_eq!(price(text), Ok(1234.5));
/// }
/// assert_eq!((price("€12,-"), price("($1,234)"), price(".99")), (Ok(12.0), Ok(-1234.0), Ok(0.99)));
/// for text in ["£10 – £20", "99 149", "£1.2m", "12.50-"] {
///     assert!(price(text).is_err());
/// }
/// ```
///
/// # Errors
///
/// Returns what is wrong with the text: no number, more than one, groups that make no sense, or something beside it that
/// may change it.
pub fn price(text: &str) -> Result<f64, String> {
    float(text, Notation::Told)
}

/// Reads the number in a text, written with a decimal point: `1,234.5`.
///
/// # Errors
///
/// Those of [`price`].
pub fn number(text: &str) -> Result<f64, String> {
    float(text, Notation::Point)
}

/// Reads the number in a text, written with a decimal comma: `1.234,5`.
///
/// # Errors
///
/// Those of [`price`].
pub fn number_comma(text: &str) -> Result<f64, String> {
    float(text, Notation::Comma)
}

/// Reads the first number in a text, which has to be whole, as any type of integer.
///
/// ```
/// use crawlworks::clean::integer;
/// assert_eq!(integer("In stock (22 of 30)"), Ok(22_u8));
/// assert_eq!(integer("1,234 reviews"), Ok(1234_u32));
/// assert!(integer::<u32>("1.234").is_err() && integer::<u32>("5K reviews").is_err());
/// assert_eq!(integer::<u8>("300").unwrap_err(), r#"the number in "300" is too large or too small"#);
/// ```
///
/// # Errors
///
/// Returns an error if there is no number, it is not whole, something beside it may change it, or it is too large or too
/// small for the type.
pub fn integer<T: TryFrom<i128>>(text: &str) -> Result<T, String> {
    let number = whole(text)?.parse::<i128>().ok();
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| format!("the number in {} is too large or too small", quoted(text)))
}

fn float(text: &str, notation: Notation) -> Result<f64, String> {
    let number = decimal(text, notation)?.parse::<f64>().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| format!("the number in {} is too large", quoted(text)))
}
