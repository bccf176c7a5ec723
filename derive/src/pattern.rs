//! Regular expressions, checked when the program is compiled.

use regex::Regex;
use syn::{Error, LitStr, Result};

/// # Errors
///
/// Returns an error if the text is no regular expression, or leaves open which of its groups is the value.
pub(crate) fn check(literal: &LitStr) -> Result<()> {
    let pattern = literal.value();
    let message = match Regex::new(&pattern) {
        Ok(regex) if regex.captures_len() > 2 => {
            "more than one group: which one is the value? Write the others as `(?:…)`".to_owned()
        }
        Ok(_) => return Ok(()),
        Err(regex::Error::CompiledTooBig(limit)) => {
            format!("this pattern takes more than {limit} bytes when it is compiled")
        }
        Err(error) => {
            // The last line says what is wrong; those before it draw where, which a compiler's message cannot show well.
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or_default();
            let reason = reason.strip_prefix("error: ").unwrap_or(reason);
            format!("bad pattern {pattern:?}: {reason}")
        }
    };
    Err(Error::new(literal.span(), message))
}
