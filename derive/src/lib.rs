//! The derive macro of `crawlworks`: use it as `crawlworks::Extract`.

use proc_macro::TokenStream;

/// Takes a struct out of an element, by a CSS selector for each field.
#[proc_macro_derive(Extract, attributes(extract))]
pub fn extract(_input: TokenStream) -> TokenStream {
    TokenStream::new()
}
