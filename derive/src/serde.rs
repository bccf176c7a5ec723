//! Reading of the attributes of serde that decide how a struct is written. Mistakes in them are left to serde.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitStr, Result, Token};

/// Attributes of serde on a struct.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) rename: Option<String>,
    pub(crate) rename_all: Option<String>,
    pub(crate) tag: Option<String>,
    /// Set if the struct is written as something else altogether.
    pub(crate) is_opaque: bool,
}

/// Attributes of serde on a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) rename: Option<String>,
    pub(crate) presence: Presence,
    pub(crate) is_flat: bool,
    /// Set if a function writes the field.
    pub(crate) is_opaque: bool,
}

/// Presence of a field in the written JSON.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    #[default]
    Always,
    AtTimes,
    Never,
}

/// # Errors
///
/// Returns an error for attributes that cannot be parsed at all.
pub(crate) fn container(attributes: &[Attribute]) -> Result<Container> {
    let mut container = Container::default();
    each(attributes, |name, meta| {
        match name {
            "rename" => container.rename = text(meta)?.or(container.rename.take()),
            "rename_all" => container.rename_all = text(meta)?.or(container.rename_all.take()),
            "tag" => container.tag = text(meta)?,
            "transparent" | "into" | "remote" => {
                container.is_opaque = true;
                pass(meta)?;
            }
            _ => pass(meta)?,
        }
        Ok(())
    })?;
    Ok(container)
}

/// # Errors
///
/// Returns an error for attributes that cannot be parsed at all.
pub(crate) fn field(attributes: &[Attribute]) -> Result<Field> {
    let mut field = Field::default();
    each(attributes, |name, meta| {
        match name {
            "rename" => field.rename = text(meta)?.or(field.rename.take()),
            "skip" | "skip_serializing" => field.presence = Presence::Never,
            "skip_serializing_if" => {
                if field.presence == Presence::Always {
                    field.presence = Presence::AtTimes;
                }
                pass(meta)?;
            }
            "flatten" => field.is_flat = true,
            "with" | "serialize_with" | "getter" => {
                field.is_opaque = true;
                pass(meta)?;
            }
            _ => pass(meta)?,
        }
        Ok(())
    })?;
    Ok(field)
}

fn each(
    attributes: &[Attribute],
    mut see: impl FnMut(&str, &ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    let own = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    for attribute in own {
        attribute.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(ToString::to_string);
            see(&name.unwrap_or_default(), &meta)
        })?;
    }
    Ok(())
}

/// Returns the value of `rename = "x"`, or of `rename(serialize = "x", deserialize = "y")`.
fn text(meta: &ParseNestedMeta<'_>) -> Result<Option<String>> {
    if meta.input.peek(Token![=]) {
        let text: LitStr = meta.value()?.parse()?;
        return Ok(Some(text.value()));
    }
    let mut found = None;
    meta.parse_nested_meta(|meta| {
        let text: LitStr = meta.value()?.parse()?;
        if meta.path.is_ident("serialize") {
            found = Some(text.value());
        }
        Ok(())
    })?;
    Ok(found)
}

/// Reads over a value.
fn pass(meta: &ParseNestedMeta<'_>) -> Result<()> {
    while !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        meta.input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
