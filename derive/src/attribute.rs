//! Reading of the attribute `#[extract("css", option, option = value)]` as it is written.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, LitStr, Result, Token, bracketed};

use crate::errors::Errors;
use crate::nearest::suggestion;
use crate::options::{NAMES, Setting};

/// Selector and options of one attribute.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) selector: Option<LitStr>,
    pub(crate) options: Vec<(Ident, Setting)>,
}

/// Reads the attribute of a field or of a struct, of which there can be one.
///
/// # Errors
///
/// Returns an error if there are several, or if it is not well formed.
pub(crate) fn read(attributes: &[Attribute]) -> Result<Option<(&Attribute, Written)>> {
    let mut own = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("extract"));
    let Some(attribute) = own.next() else {
        return Ok(None);
    };
    if let Some(second) = own.next() {
        let message = "a second `#[extract(…)]`: put all options into one";
        return Err(Error::new_spanned(second, message));
    }
    attribute
        .parse_args()
        .map(|written| Some((attribute, written)))
}

impl Written {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Ident> {
        self.options
            .iter()
            .map(|(option, _)| option)
            .find(|option| *option == name)
    }
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (mut written, mut errors) = (Self::default(), Errors::default());
        while !input.is_empty() {
            if input.peek(LitStr) {
                let selector: LitStr = input.parse()?;
                if written.selector.is_some() {
                    let message = "a second selector; several in one string are separated by commas: \"a, b\"";
                    errors.say(selector.span(), message);
                }
                written.selector.get_or_insert(selector);
            } else {
                let option = option(input, &mut errors)?;
                written.options.extend(option);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        errors.finish().map(|()| written)
    }
}

/// Reads an option with its value; returns `None` for an unknown one.
fn option(input: ParseStream<'_>, errors: &mut Errors) -> Result<Option<(Ident, Setting)>> {
    if !input.peek(syn::Ident::peek_any) {
        return Err(input.error("expected a selector in quotation marks, or an option"));
    }
    let name = input.call(Ident::parse_any)?;
    let setting = match name.to_string().as_str() {
        "text" => Setting::Text,
        "own_text" => Setting::OwnText,
        "block_text" => Setting::BlockText,
        "html" => Setting::Html,
        "outer_html" => Setting::OuterHtml,
        "url" => Setting::Url,
        "present" => Setting::Present,
        "nested" => Setting::Nested,
        "page_url" => Setting::PageUrl,
        "skip" => Setting::Skip,
        "crate" => Setting::Crate(text(input, &name, "crate = \"path\"")?.parse()?),
        "attr" => Setting::Attr(text(input, &name, "attr = \"href\"")?),
        "re" => Setting::Re(text(input, &name, "re = r\"(\\d+) pages\"")?),
        "format" => Setting::Format(text(input, &name, "format = \"%d/%m/%Y\"")?),
        "clean" => Setting::Clean(cleaners(input, &name)?),
        "with" => Setting::With(function(input, &name)?),
        "default" if input.peek(Token![=]) => {
            input.parse::<Token![=]>()?;
            Setting::Default(Some(input.parse()?))
        }
        "default" => Setting::Default(None),
        unknown => {
            let suggestion = suggestion(unknown, &NAMES);
            errors.say(
                name.span(),
                format!("unknown option `{unknown}`{suggestion}"),
            );
            skip_value(input)?;
            return Ok(None);
        }
    };
    if input.peek(Token![=]) {
        errors.say(name.span(), format!("`{name}` takes no value"));
        skip_value(input)?;
    }
    Ok(Some((name, setting)))
}

fn equals(input: ParseStream<'_>, name: &Ident, example: &str) -> Result<()> {
    if !input.peek(Token![=]) {
        let message = format!("`{name}` needs a value: `{example}`");
        return Err(Error::new(name.span(), message));
    }
    input.parse::<Token![=]>().map(drop)
}

fn text(input: ParseStream<'_>, name: &Ident, example: &str) -> Result<LitStr> {
    equals(input, name, example)?;
    if !input.peek(LitStr) {
        return Err(input.error(format!("expected a text in quotation marks: `{example}`")));
    }
    input.parse()
}

/// Reads the cleaners of `clean`: `price`, or `[squeeze, lower]`.
fn cleaners(input: ParseStream<'_>, name: &Ident) -> Result<Vec<Ident>> {
    equals(input, name, "clean = price")?;
    if input.peek(syn::token::Bracket) {
        let list;
        bracketed!(list in input);
        let cleaners = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?;
        return Ok(cleaners.into_iter().collect());
    }
    if !input.peek(syn::Ident) {
        let message = "expected the name of a cleaner, or several: `clean = [squeeze, lower]`";
        return Err(input.error(message));
    }
    Ok(vec![input.parse()?])
}

fn function(input: ParseStream<'_>, name: &Ident) -> Result<Expr> {
    equals(input, name, "with = clean::price")?;
    if input.peek(Token![|]) || input.peek(Token![||]) || input.peek(Token![move]) {
        let message = "a closure cannot be given here: write a function and give its name";
        return Err(input.error(message));
    }
    let function: Expr = input.parse()?;
    match function {
        Expr::Path(_) => Ok(function),
        other => Err(Error::new_spanned(
            other,
            "expected the name of a function: `with = clean::price`",
        )),
    }
}

/// Reads over what stands before the next comma.
fn skip_value(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
