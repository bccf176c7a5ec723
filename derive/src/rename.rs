//! Serde's `rename_all`: rules that rewrite the name of a field.

/// Returns the name of a field, written by this rule; unchanged for a rule unknown to serde, which reports it itself.
pub(crate) fn rename(name: &str, rule: &str) -> String {
    match rule {
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => name.to_ascii_uppercase(),
        "PascalCase" => name.split('_').map(capital).collect(),
        "camelCase" => {
            let pascal: String = name.split('_').map(capital).collect();
            let mut chars = pascal.chars();
            let first = chars.next().map(|c| c.to_ascii_lowercase());
            first.into_iter().chain(chars).collect()
        }
        "kebab-case" => name.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => name.to_ascii_uppercase().replace('_', "-"),
        _ => name.to_owned(),
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_serde_writes_them() {
        for (rule, expected) in [
            ("lowercase", "in_stock"),
            ("UPPERCASE", "IN_STOCK"),
            ("PascalCase", "InStock"),
            ("camelCase", "inStock"),
            ("snake_case", "in_stock"),
            ("SCREAMING_SNAKE_CASE", "IN_STOCK"),
            ("kebab-case", "in-stock"),
            ("SCREAMING-KEBAB-CASE", "IN-STOCK"),
        ] {
            assert_eq!(rename("in_stock", rule), expected);
        }
    }
}
