//! Currencies beside numbers: `£12`, `US$12`, `12kr`, `EUR-12`, `99 ¢`, `KWD 12.500`.

/// ISO 4217 codes of what shops sell in, which may touch a number. `ALL`, `TOP` and `CUP` are words and may not.
const TOUCHING: &str = "AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR ISK JOD JPY KES KRW \
    KWD KZT MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD VND XAF XOF ZAR";
/// Words for currencies that may touch a number, with or without a full stop.
const TOUCHING_WORDS: &str =
    "kr Kr Kč zł Ft lei Lei лв руб р грн Rs Fr SFr Dh din euro euros Euro Euros R RM Rp TL KD";
/// Further ISO 4217 codes, which may stand beside a number.
const CODES: &str = "AFN ALL AMD ANG AOA AWG AZN BAM BBD BIF BMD BND BOB BSD BTN BWP BYN BZD CDF CLF CNH CRC CUP CVE DJF DOP DZD \
    ERN ETB FJD FKP GHS GIP GMD GNF GTQ GYD HNL HRK HTG IQD IRR JMD KGS KHR KMF KPW KYD LAK LBP LKR LRD LSL LYD MDL MGA MKD \
    MMK MNT MOP MRU MUR MVR MWK MZN NAD NIO NIS NPR PAB PGK PYG RMB RWF SBD SCR SDG SHP SLE SLL SOS SRD SSP STN SVC SYP SZL TJS \
    TMT TOP TTD TZS UGX UYU UZS VED VES VUV WST XCD XPF YER ZMW ZWL BTC ETH USDT";
/// Further words for currencies, in lower case, which may stand beside a number.
const WORDS: &str = "aud baht bs da dh dhs dinar dinars dirham dirhams dollar dollars dt eur fcfa forint franc francs franken frs jd bd kn korun koruna \
    krone kroner kronor ksh leu leva lira liras lire naira peso pesos pound pounds rand real reais ringgit riyal riyals rub \
    rupee rupees rupiah sek shekel shekels shilling shillings sterling tenge tl tsh usd ush won yen yuan złoty złote złotych \
    zloty zlotych гривень гривня дин ден лева рублей рубля рубль тенге";
/// Currencies whose small coin is a thousandth, by code or by what is written for them, full stops aside.
const THOUSANDTHS: &str = "KWD KD BHD BD OMR JOD JD TND DT LYD د.ك د.ب ر.ع د.أ د.ا د.ت د.ل";
/// Currencies that are written with three decimals, with none or with groups of three.
const UNSURE: &str = "IQD د.ع دينار dinar dinars Dinar Dinars";
/// Small coins, a hundredth each, in lower case.
const SMALL_COINS: &str = "¢ ￠ ct cts cent cents centime centimes céntimo céntimos centimos centavo centavos centesimi pence коп копеек \
    копейка копейки paise paisa öre øre grosz grosze groszy";

/// Returns the text before the currency that it ends in; `None` if it ends in none.
pub(super) fn strip_suffix(text: &str) -> Option<&str> {
    if let Some(before) = text.strip_suffix(is_symbol) {
        // `US$`, `R$`.
        let letters = before.trim_end_matches(|c: char| c.is_ascii_uppercase());
        let is_prefix = before.len() - letters.len() <= 3;
        return Some(if is_prefix { letters } else { before });
    }
    if let Some(before) = text.strip_suffix("GH¢") {
        return Some(before);
    }
    let word = text.strip_suffix('.').unwrap_or(text);
    let before = word.trim_end_matches(char::is_alphabetic);
    is_touching(word.get(before.len()..)?).then_some(before)
}

/// Returns the text behind the currency that it begins with and that may touch a number; `None` if it begins with none.
pub(super) fn strip_prefix(text: &str) -> Option<&str> {
    let behind = text.trim_start_matches(char::is_alphabetic);
    let word = text.get(..text.len() - behind.len())?;
    if word.len() <= 3
        && word.chars().all(|c| c.is_ascii_uppercase())
        && let Some(behind) = behind.strip_prefix(is_symbol)
    {
        return Some(behind);
    }
    if let Some(behind) = text.strip_prefix(is_symbol) {
        return Some(behind);
    }
    is_touching(word).then(|| behind.strip_prefix('.').unwrap_or(behind))
}

/// Returns the text behind the currency that it begins with and that stands beside a number; `None` if it begins with none.
pub(super) fn strip_beside(text: &str) -> Option<&str> {
    if let Some(behind) = strip_prefix(text) {
        return Some(behind);
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '.'));
    let (word, behind) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let word = word.trim_end_matches('.');
    let is_currency = is_among(CODES, word)
        || is_among(WORDS, &word.to_lowercase())
        || is_among(THOUSANDTHS, word)
        || is_among(UNSURE, word)
        || is_arabic(word);
    is_currency.then_some(behind)
}

/// Number of decimals of the currency beside a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decimals {
    /// Two, or none: three digits behind a mark are a group.
    Two,
    Three,
    /// Three by the standard, none in shops.
    Unsure,
}

/// Returns the number of decimals of the currency that is named beside a number.
pub(super) fn decimals(before: &str, after: &str) -> Decimals {
    let words = || {
        let is_end = |c: char| !(c.is_alphanumeric() || c == '.');
        let words = before.split(is_end).chain(after.split(is_end));
        words.map(|word| word.trim_matches('.'))
    };
    if words().any(|word| is_among(UNSURE, word)) {
        Decimals::Unsure
    } else if words().any(|word| is_among(THOUSANDTHS, word)) {
        Decimals::Three
    } else {
        Decimals::Two
    }
}

/// Returns the text behind the small coin that it begins with, white space aside; `None` if it begins with none.
pub(super) fn strip_small_coin(text: &str) -> Option<&str> {
    let text = text.trim_start();
    if let Some(behind) = text.strip_prefix(['¢', '￠']) {
        return Some(behind);
    }
    let end = text.find(|c: char| !c.is_alphanumeric());
    let (word, behind) = text.split_at_checked(end.unwrap_or(text.len()))?;
    is_among(SMALL_COINS, &word.to_lowercase()).then_some(behind)
}

/// Returns whether a text has a currency sign or word anywhere.
pub(super) fn is_in(text: &str) -> bool {
    text.contains(is_symbol)
        || text
            .split(|c: char| !c.is_alphabetic())
            .any(|word| is_touching(word) || is_among(CODES, word))
}

pub(super) fn is_symbol(c: char) -> bool {
    matches!(c, '\u{20a0}'..='\u{20cf}') || "$£¤¥֏؋฿៛﷼＄￡￥￦円元원".contains(c)
}

/// Returns whether a word is an Arabic abbreviation of a currency: `د.ج`, `ر.س`, `درهم`, `ريال`.
fn is_arabic(word: &str) -> bool {
    let starts = ["د.", "ر.", "ل.", "ج.", "درهم", "ريال", "جنيه", "ليرة"];
    starts.iter().any(|start| word.starts_with(start))
}

fn is_touching(word: &str) -> bool {
    is_among(TOUCHING, word) || is_among(TOUCHING_WORDS, word)
}

fn is_among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}
