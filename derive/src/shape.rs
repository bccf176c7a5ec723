//! Number of values that a field holds: one, perhaps one, or many.

use syn::{Error, GenericArgument, PathArguments, Result, Type};

/// Number of values that a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    One,
    Option,
    Vec,
}

impl Shape {
    /// Returns the shape of a type, and the type within the `Option` or `Vec`. Types are recognized by name only, because a
    /// macro cannot ask the compiler.
    pub(crate) fn of(ty: &Type) -> (Self, &Type) {
        match (argument(ty, "Option"), argument(ty, "Vec")) {
            (Some(inner), _) => (Self::Option, inner),
            (_, Some(inner)) => (Self::Vec, inner),
            _ => (Self::One, plain(ty)),
        }
    }

    /// # Errors
    ///
    /// Returns an error for a type with one `Option` or `Vec` within another.
    pub(crate) fn check(ty: &Type) -> Result<()> {
        let (shape, inner) = Self::of(ty);
        if shape == Self::One || Self::of(inner).0 == Self::One {
            return Ok(());
        }
        let message = match shape {
            Self::Option => "an `Option` of one value, please: a `Vec` of nothing is empty",
            _ => "a `Vec` of values, please: what is missing is left out",
        };
        Err(Error::new_spanned(inner, message))
    }
}

/// Returns whether the type has this name, whatever its path.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    matches!(plain(ty), Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// Returns the `T` of a `Name<T>`.
fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = plain(ty) else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

/// Returns a type without the groups that a macro or brackets put around it.
fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => plain(&group.elem),
        Type::Paren(paren) => plain(&paren.elem),
        ty => ty,
    }
}
