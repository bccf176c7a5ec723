//! Currencies, as far as they touch numbers: `£12`, `US$12`, `12kr`, `EUR-12`.

/// ISO 4217 codes of what shops sell in. Others may stand beside a number, but not touch it.
const CODES: &str = "AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR ISK JPY KES KRW \
    KZT MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR";
/// What is written for them, with or without a full stop.
const WORDS: &str =
    "kr Kr Kč zł Ft lei Lei лв руб р грн Rs Fr SFr Dh din euro euros Euro Euros R RM Rp TL";

/// What is before the currency at the end of a text; `None` if it ends in none.
pub(super) fn strip_suffix(text: &str) -> Option<&str> {
    if let Some(before) = text.strip_suffix(is_symbol) {
        // `US$`, `R$`.
        let letters = before.trim_end_matches(|c: char| c.is_ascii_uppercase());
        let is_prefix = before.len() - letters.len() <= 3;
        return Some(if is_prefix { letters } else { before });
    }
    let word = text.strip_suffix('.').unwrap_or(text);
    let before = word.trim_end_matches(char::is_alphabetic);
    is_word(word.get(before.len()..)?).then_some(before)
}

/// What is behind the currency at the beginning of a text; `None` if it begins with none.
pub(super) fn strip_prefix(text: &str) -> Option<&str> {
    if let Some(behind) = text.strip_prefix(is_symbol) {
        return Some(behind);
    }
    let behind = text.trim_start_matches(char::is_alphabetic);
    let word = text.get(..text.len() - behind.len())?;
    is_word(word).then(|| behind.strip_prefix('.').unwrap_or(behind))
}

fn is_symbol(c: char) -> bool {
    matches!(c, '\u{20a0}'..='\u{20cf}') || "$¢£¤¥֏؋฿៛﷼＄￡￥￦円元원".contains(c)
}

fn is_word(word: &str) -> bool {
    [CODES, WORDS]
        .iter()
        .any(|known| known.split_ascii_whitespace().any(|known| known == word))
}
