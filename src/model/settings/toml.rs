//! Conversion of TOML values to text, in the form that `-s` takes.

use toml::de::DeValue;

/// Returns the text of a TOML value.
///
/// # Errors
/// The reason why the value cannot be that of any setting.
pub(crate) fn text_of(value: &DeValue<'_>) -> Result<String, &'static str> {
    Ok(match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Array(values) => {
            let texts: Result<Vec<String>, _> = values
                .iter()
                .map(|value| text_of(value.get_ref()))
                .collect();
            texts?
                .iter()
                .map(|text| text.replace(',', "\\,"))
                .collect::<Vec<_>>()
                .join(",")
        }
        DeValue::Datetime(_) => return Err("a date is not a value of any setting"),
        DeValue::Table(_) => {
            return Err(
                "a table is not a value of this setting; those of spiders are named [spider.NAME]",
            );
        }
    })
}
