//! Generation of the code that puts together the JSON Schema of the JSON that serde writes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Expr, ExprLit, Lit, Meta, Result, Type};

use crate::plan::{Plan, Read, Source};
use crate::rename::rename;
use crate::serde::{self, Presence};
use crate::shape::{Shape, is_named};
use crate::take::Take;

/// Generates the function `schema`.
///
/// # Errors
///
/// Returns an error for attributes of serde that cannot be parsed at all.
pub(crate) fn schema(
    input: &DeriveInput,
    plans: &[Plan<'_>],
    root: &TokenStream,
) -> Result<TokenStream> {
    let container = serde::container(&input.attrs)?;
    let title = container
        .rename
        .clone()
        .unwrap_or_else(|| input.ident.unraw().to_string());
    let about = about(&input.attrs);
    let module = quote!(#root::extract::schema);
    let object = Ident::new("object", Span::mixed_site());
    let body = if container.is_opaque {
        quote!(#module::any())
    } else {
        let tag = container
            .tag
            .as_ref()
            .map(|tag| quote!(#object.tag(#tag, #title);));
        let fields = plans
            .iter()
            .map(|plan| field(plan, &container, &module, &object))
            .collect::<Result<Vec<_>>>()?;
        quote! {
            #module::object::<Self>(#title, #about, |#object| {
                #tag
                #(#fields)*
            })
        }
    };
    Ok(quote! {
        fn schema() -> #module::Value {
            #body
        }
    })
}

fn field(
    plan: &Plan<'_>,
    container: &serde::Container,
    module: &TokenStream,
    object: &Ident,
) -> Result<TokenStream> {
    let serde = serde::field(&plan.field.attrs)?;
    if serde.presence == Presence::Never {
        return Ok(TokenStream::new());
    }
    let schema = if serde.is_opaque {
        quote!(#module::any())
    } else {
        of_field(plan, module)
    };
    let is_required = serde.presence == Presence::Always;
    if serde.is_flat {
        let is_required = is_required && plan.shape == Shape::One;
        return Ok(quote!(#object.flatten(#is_required, #schema);));
    }
    let own = plan.ident.unraw().to_string();
    let name = serde.rename.unwrap_or_else(|| match &container.rename_all {
        Some(rule) => rename(&own, rule),
        None => own,
    });
    let about = about(&plan.field.attrs);
    Ok(quote!(#object.field(#name, #about, #is_required, #schema);))
}

fn of_field(plan: &Plan<'_>, module: &TokenStream) -> TokenStream {
    let inner = plan.inner;
    let one = match &plan.source {
        Source::Nested(_) => {
            quote_spanned!(inner.span()=> <#inner as #module::Extract>::schema())
        }
        Source::Text(reading) => match (&reading.read, &reading.take) {
            (Read::Type, Take::Url(_) | Take::LinkUrl) if is_named(inner, "String") => {
                quote!(#module::uri())
            }
            (Read::Type | Read::Present, _) => of_text(inner, module),
            (Read::With(_), _) => of_any(inner, module),
        },
        Source::PageUrl if is_named(inner, "String") => quote!(#module::uri()),
        Source::PageUrl => of_text(inner, module),
        Source::Skip => return of_any(&plan.field.ty, module),
    };
    shaped(plan.shape, one, module)
}

fn of_text(ty: &Type, module: &TokenStream) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as #module::FromText>::schema())
}

/// Generates the schema of a type that may have one.
fn of_any(ty: &Type, module: &TokenStream) -> TokenStream {
    let (shape, inner) = Shape::of(ty);
    if shape != Shape::One {
        return shaped(shape, of_any(inner, module), module);
    }
    quote!({
        use #module::{OfAny as _, OfItem as _, OfText as _};
        (&&&#module::Probe::<#inner>::new()).schema()
    })
}

fn shaped(shape: Shape, one: TokenStream, module: &TokenStream) -> TokenStream {
    match shape {
        Shape::One => one,
        Shape::Option => quote!(#module::nullable(#one)),
        Shape::Vec => quote!(#module::list(#one)),
    }
}

/// Returns the text of the doc comment, with one paragraph for each of its paragraphs.
fn about(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(line),
                    ..
                }) => Some(line.value()),
                _ => None,
            },
            _ => None,
        });
    let mut about = String::new();
    for line in lines {
        match line.trim() {
            "" if about.is_empty() => {}
            "" => about.push_str("\n\n"),
            line => {
                if !about.is_empty() && !about.ends_with('\n') {
                    about.push(' ');
                }
                about.push_str(line);
            }
        }
    }
    about.trim_end().to_owned()
}
