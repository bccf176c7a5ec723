//! Types of [schema.org](https://schema.org/), however a page spells them.

/// Returns whether both name the same type: `Product`, `schema:Product`, `https://schema.org/Product`.
pub(super) fn is_same_type(one: &str, other: &str) -> bool {
    short(one) == short(other)
}

/// Returns the name without the part that says that it is one of schema.org.
fn short(name: &str) -> &str {
    let name = name.trim();
    let path = ["https://", "http://"]
        .iter()
        .find_map(|scheme| name.strip_prefix(scheme))
        .map(|rest| rest.strip_prefix("www.").unwrap_or(rest))
        .and_then(|rest| rest.strip_prefix("schema.org/"));
    path.or_else(|| name.strip_prefix("schema:"))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_of_schema_org_has_many_spellings() {
        for spelled in [
            "Product",
            "schema:Product",
            "http://schema.org/Product",
            "https://www.schema.org/Product",
            " Product ",
        ] {
            assert!(
                is_same_type(spelled, "https://schema.org/Product"),
                "{spelled}"
            );
        }
        for spelled in ["product", "ProductGroup", "https://example.com/Product", ""] {
            assert!(!is_same_type(spelled, "Product"), "{spelled}");
        }
    }
}
