//! Formats of dates, checked when the program is compiled.

use syn::{Error, LitStr, Result};

/// Letters that may follow a `%`, by the documentation of `jiff::fmt::strtime`, less those that can be written only and not
/// read.
const DIRECTIVES: &str = "%AaBbCDdeFfGgHhIjklMmNnPpQRSsTtUuVWwYyz";

/// # Errors
///
/// Returns an error if a `%` is followed by a letter that cannot be read.
pub(crate) fn check(literal: &LitStr) -> Result<()> {
    let format = literal.value();
    let mut rest = format.as_str();
    let mut has_directive = false;
    while let Some((_, directive)) = rest.split_once('%') {
        // Flags, width, and the colons of `%:z`.
        let letter =
            directive.trim_start_matches(|c: char| "-_0^#:.".contains(c) || c.is_ascii_digit());
        let mut chars = letter.chars();
        let Some(first) = chars.next() else {
            return Err(Error::new(
                literal.span(),
                format!("bad format {format:?}: it ends in the middle of a directive"),
            ));
        };
        if !DIRECTIVES.contains(first) {
            let message = format!(
                "bad format {format:?}: there is no directive `%{first}`; such as %d, %m, %Y, %H, %M, %S are"
            );
            return Err(Error::new(literal.span(), message));
        }
        has_directive |= first != '%';
        rest = chars.as_str();
    }
    if !has_directive {
        let message = format!("bad format {format:?}: it has no directive such as %Y");
        return Err(Error::new(literal.span(), message));
    }
    Ok(())
}
