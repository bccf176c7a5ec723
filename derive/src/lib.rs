//! The derive macro of `crawlworks`: use it as `crawlworks::Extract`, and read about it there.
//!
//! ```text
//! #[extract("css", …)]  attribute  what is written, with its spans; syntax errors
//!                       plan       what each field means
//!                       check      contradictions between its options and its type
//!                       selector, list, pattern, format: what is in the strings, checked as the program is compiled
//!                       generate   the code that a person would write
//!                       schema     JSON Schema of what serde writes, by its attributes
//! ```

mod attribute;
mod check;
mod errors;
mod expand;
mod format;
mod generate;
mod list;
mod nearest;
mod options;
mod pattern;
mod plan;
mod rename;
mod schema;
mod selector;
mod serde;
mod shape;
mod take;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Implements `crawlworks::Extract`: takes a struct out of an element of a page, by a CSS selector for each field.
///
/// The options are explained at the trait of the same name. Selectors, patterns and formats are checked when this is
/// compiled, and a mistake is an error at the attribute.
#[proc_macro_derive(Extract, attributes(extract))]
pub fn extract(input: TokenStream) -> TokenStream {
    expand::expand(input.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
