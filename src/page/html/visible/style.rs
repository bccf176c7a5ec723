//! Reading of the `style` of an element as to whether the element is shown.

/// Returns whether declarations of CSS hide an element: the last one of a property counts, and an important one before
/// others.
pub(super) fn hides(style: &str) -> bool {
    let lower = style.to_ascii_lowercase();
    if !["none", "hidden", "collapse"]
        .iter()
        .any(|value| lower.contains(value))
    {
        return false;
    }
    let (mut display, mut visibility) = ((false, false), (false, false));
    for declaration in declarations(&lower) {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.trim();
        let (value, is_important) = match value.rsplit_once('!') {
            Some((value, mark)) => (value.trim_end(), mark.trim_start() == "important"),
            None => (value, false),
        };
        let (known, hides) = match property.trim() {
            "display" => (&mut display, value == "none"),
            "visibility" => (&mut visibility, matches!(value, "hidden" | "collapse")),
            _ => continue,
        };
        if is_important || !known.1 {
            *known = (hides, is_important);
        }
    }
    display.0 || visibility.0
}

/// The declarations of a `style`, which are divided by `;` outside of quotes and brackets; comments are none.
fn declarations(style: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let (mut quote, mut brackets) = (None, 0_usize);
    let mut chars = style.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if quote.is_none() && chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                chars
                    .by_ref()
                    .find(|&next| std::mem::replace(&mut last, next) == '*' && next == '/');
                continue;
            }
            ';' if quote.is_none() && brackets == 0 => {
                all.push(String::new());
                continue;
            }
            '\'' | '"' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) => quote = None,
            '(' if quote.is_none() => brackets += 1,
            ')' if quote.is_none() => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all
}
