//! Generation of the code that takes an item out of an element, as a person would write it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::plan::{Fallback, Plan, Read, Reading, Source};
use crate::rename::rename;
use crate::shape::{Shape, is_named};
use crate::take::Take;

/// Names in the generated code, which nothing that a user writes into an attribute can see.
struct Names {
    element: Ident,
    found: Ident,
    text: Ident,
    /// Path of the crate.
    root: TokenStream,
    /// Path of the module of the crate whose functions are called.
    field: TokenStream,
}

/// Generates the function `extract`.
pub(crate) fn extract(item: &Ident, plans: &[Plan<'_>], root: &TokenStream) -> TokenStream {
    let hidden = Span::mixed_site();
    let names = Names {
        element: Ident::new("element", hidden),
        found: Ident::new("found", hidden),
        text: Ident::new("text", hidden),
        root: root.clone(),
        field: quote!(#root::extract::field),
    };
    let element = &names.element;
    let item = item.unraw().to_string();
    let fields = plans.iter().map(|plan| {
        let (ident, value) = (plan.ident, value(plan, &item, &names));
        quote!(#ident: #value)
    });
    let unused = plans.iter().all(|plan| matches!(plan.source, Source::Skip));
    let use_it = unused.then(|| quote!(let _ = #element;));
    quote! {
        fn extract(#element: #root::Element<'_>) -> #root::Result<Self> {
            #use_it
            ::core::result::Result::Ok(Self { #(#fields),* })
        }
    }
}

fn value(plan: &Plan<'_>, item: &str, names: &Names) -> TokenStream {
    let Names { element, field, .. } = names;
    let (ty, inner) = (&plan.field.ty, plan.inner);
    let name = plan.ident.unraw().to_string();
    let make = |css: &str, missing: &str| quote!(#field::Field::new(#item, #name, #css, #missing));
    match &plan.source {
        Source::Skip => quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default()),
        Source::PageUrl => page_url(plan, &make("", ""), names),
        Source::Nested(css) => {
            let of = make(css, "");
            let place = has_place(plan, css, names);
            let method = match (plan.shape, &plan.default) {
                (Shape::One, None) => quote!(item),
                (Shape::Vec, _) => quote!(items),
                _ => quote!(optional_item),
            };
            // At the type, so that the compiler's message about one without `Extract` points there.
            let found = quote_spanned!(inner.span()=> #of.#method::<#inner>(#element)?);
            match place {
                Some(place) => quote!({ #place #found }),
                None => or_default(plan, found),
            }
        }
        Source::Text(reading) => {
            let missing = match &reading.pattern {
                Some(pattern) => nothing_matches(&reading.css, &pattern.value()),
                None => reading.take.missing(&reading.css),
            };
            text_value(plan, reading, &make(&reading.css, &missing), names)
        }
    }
}

/// Generates a check by the compiler for items that have no selector: their type must have one, or all items would be the
/// same.
fn has_place(plan: &Plan<'_>, css: &str, names: &Names) -> Option<TokenStream> {
    let (inner, root) = (plan.inner, &names.root);
    let is_left_out = plan.shape == Shape::Vec && css.is_empty();
    is_left_out.then(|| {
        quote_spanned! {inner.span()=>
            const _: () = ::core::assert!(
                <#inner as #root::Extract>::CSS.is_some(),
                "where are the items of this `Vec`? Say `#[extract(\"css\", nested)]`, or `#[extract(\"css\")]` on their type",
            );
        }
    })
}

fn nothing_matches(css: &str, pattern: &str) -> String {
    match css {
        "" => format!("nothing matches the pattern {pattern:?}"),
        css => format!("nothing of {css:?} matches the pattern {pattern:?}"),
    }
}

fn page_url(plan: &Plan<'_>, of: &TokenStream, names: &Names) -> TokenStream {
    let Names {
        element,
        root,
        field,
        ..
    } = names;
    let ty = plan.inner;
    if is_named(ty, "Url") {
        return quote!(::core::clone::Clone::clone(#field::page_url(#element)));
    }
    let read = quote_spanned!(ty.span()=> <#ty as #root::FromText>::from_text);
    quote!(#of.required(#element, #field::page_url_text, #read)?)
}

fn text_value(plan: &Plan<'_>, reading: &Reading, of: &TokenStream, names: &Names) -> TokenStream {
    let Names {
        element,
        found,
        field,
        ..
    } = names;
    let is_vec = plan.shape == Shape::Vec;
    // A pattern is held against all texts of an element, the first of which may not match.
    let has_pattern = reading.pattern.is_some();
    let mut take = reading.take.tokens(field, found, is_vec || has_pattern);
    let pattern = reading.pattern.as_ref().map(|pattern| {
        take = quote!(PATTERN.find_in(#take));
        quote!(static PATTERN: #field::Pattern = #field::Pattern::new(|| #field::pattern(#pattern));)
    });
    if has_pattern && !is_vec && reading.take == Take::Pieces {
        take = quote!(#field::first(#take));
    }
    let take = quote!(|#found| #take);
    let read = read(plan, reading, names);
    let value = match (&reading.read, plan.shape, &plan.default) {
        (Read::Present, ..) => quote!(#of.is_present(#element, #take)?),
        (_, Shape::Vec, _) => quote!(#of.all(#element, #take, #read)?),
        (_, Shape::One, None) => quote!(#of.required(#element, #take, #read)?),
        _ => quote!(#of.optional(#element, #take, #read)?),
    };
    match pattern {
        Some(pattern) => or_default(plan, quote!({ #pattern #value })),
        None => or_default(plan, value),
    }
}

/// Generates the closure that makes a value of a text.
fn read(plan: &Plan<'_>, reading: &Reading, names: &Names) -> TokenStream {
    let Names {
        found,
        text,
        root,
        field,
        ..
    } = names;
    let inner = plan.inner;
    let clean = reading.cleaners.iter().map(|cleaner| {
        let variant = Ident::new(
            &rename(&cleaner.unraw().to_string(), "PascalCase"),
            cleaner.span(),
        );
        let cleaner = quote_spanned!(cleaner.span()=> #root::clean::Cleaner::#variant);
        quote!(let #text = #field::clean(&#text, #cleaner)?;)
    });
    let format = reading.format.as_ref();
    let format = format.map(|format| quote!(let #text = #field::dated(&#text, #format)?;));
    let value = match &reading.read {
        Read::Type | Read::Present => {
            quote_spanned!(inner.span()=> <#inner as #root::FromText>::from_text(#text, #found))
        }
        Read::With(function) => {
            quote_spanned!(function.span()=> #field::with::<#inner, _>(&#text, #function))
        }
    };
    let found = match &reading.read {
        Read::Type | Read::Present => quote!(#found),
        Read::With(_) => quote!(_),
    };
    if reading.cleaners.is_empty() && format.is_none() {
        quote!(|#text, #found| #value)
    } else {
        quote!(|#text, #found| { #(#clean)* #format #value })
    }
}

/// Generates the default for a missing optional value, if the field is no `Option` itself.
fn or_default(plan: &Plan<'_>, optional: TokenStream) -> TokenStream {
    let Some(default) = &plan.default else {
        return optional;
    };
    let ty = plan.inner;
    let default = match default {
        Fallback::OfType => {
            quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default())
        }
        Fallback::Text(text) if is_named(ty, "String") => {
            quote_spanned!(text.span()=> ::std::string::String::from(#text))
        }
        Fallback::Text(text) => quote!(#text),
        Fallback::Value(value) => quote!(#value),
    };
    let value = Ident::new("value", Span::mixed_site());
    quote! {
        match #optional {
            ::core::option::Option::Some(#value) => #value,
            ::core::option::Option::None => #default,
        }
    }
}
