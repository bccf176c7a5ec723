//! Expansion of a struct into its implementation, or into all errors in it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataStruct, DeriveInput, Error, Fields, Path, Result};

use crate::errors::Errors;
use crate::options::Setting;
use crate::plan::{Plan, plan};
use crate::{attribute, generate, schema, selector};

/// Writes the implementation of `Extract` for a struct.
///
/// # Errors
///
/// Returns everything that is wrong with the struct, each error at its place.
pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let mut errors = Errors::default();
    if !input.generics.params.is_empty() {
        let message = "`Extract` cannot be derived for a type with parameters: an item owns what it holds, in types that are known";
        errors.push(Error::new_spanned(&input.generics, message));
    }
    let place = errors.keep(place(&input.attrs)).unwrap_or_default();
    let plans = errors.keep(plans(&input)).unwrap_or_default();
    errors.finish()?;

    let name = &input.ident;
    let root = place
        .root
        .map_or_else(|| quote!(::crawlworks), |path| quote!(#path));
    let css = place.css.map_or_else(
        || quote!(::core::option::Option::None),
        |css| quote!(::core::option::Option::Some(#css)),
    );
    let extract = generate::extract(name, &plans, &root);
    let schema = schema::schema(&input, &plans, &root)?;
    Ok(quote! {
        #[automatically_derived]
        impl #root::Extract for #name {
            const CSS: ::core::option::Option<&'static str> = #css;
            #extract
            #schema
        }
    })
}

/// Options in the attribute of a struct.
#[derive(Default)]
struct Place {
    /// Selector of the elements that hold the items.
    css: Option<String>,
    /// Path of the crate `crawlworks`, if it has another name.
    root: Option<Path>,
}

/// Reads `#[extract("css", crate = "path")]` on the struct.
fn place(attributes: &[Attribute]) -> Result<Place> {
    let Some((attribute, written)) = attribute::read(attributes)? else {
        return Ok(Place::default());
    };
    let mut errors = Errors::default();
    if written.selector.is_none() && written.options.is_empty() {
        let message = "a selector is missing: `#[extract(\"css\")]`";
        errors.say(attribute.span(), message);
    }
    let mut root = None;
    for (option, setting) in written.options {
        if let Setting::Crate(path) = setting {
            root = Some(path);
        } else {
            let message =
                format!("`{option}` is an option of fields; a struct has a selector and `crate`");
            errors.say(option.span(), message);
        }
    }
    let css = written
        .selector
        .and_then(|selector| errors.keep(selector::css(&selector)));
    errors.finish().map(|()| Place { css, root })
}

fn plans(input: &DeriveInput) -> Result<Vec<Plan<'_>>> {
    let message = match &input.data {
        Data::Struct(DataStruct {
            fields: Fields::Named(fields),
            ..
        }) => {
            let mut errors = Errors::default();
            let named = fields
                .named
                .iter()
                .filter_map(|field| Some((field, field.ident.as_ref()?)));
            let plans = named
                .filter_map(|(field, ident)| errors.keep(plan(field, ident)))
                .collect();
            return errors.finish().map(|()| plans);
        }
        Data::Struct(_) => {
            "`Extract` needs a struct whose fields have names: `struct Book { title: String }`"
        }
        Data::Enum(_) => {
            "`Extract` cannot be derived for an enum: derive it for a struct of each kind"
        }
        Data::Union(_) => "`Extract` cannot be derived for a union",
    };
    Err(Error::new(input.ident.span(), message))
}
