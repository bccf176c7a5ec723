//! Words that stand behind a number: those that change it, and those that may follow an amount of money.
//!
//! An amount may be followed by a currency, by punctuation, or by a word of a closed list: a word that is not known may as
//! well be the million of a language that is not known.

use super::currency;

/// Words that multiply a number, in lower case.
const MULTIPLES: &str = "thousand thousands million millions billion billions trillion trillions mn mln bn bln mio mrd mld mlrd \
    md tsd tn trn lakh lakhs lac lacs crore crores cr mil millón millon millones mill milhão milhões milhoes bilhão bilhões \
    mille milliard milliards milliarde milliarden milione milioni miliardo miliardi tausend tys tysięcy tis tisíc tisíce \
    miliony milionů milionów miliardów ezer millió milliárd tusen tusind tuhat miljoen miljoner miljoonaa miljard miljarder \
    miljardia millioner milliarder mia bin milyon milyar тыс тысяч тысячи млн миллион миллиона миллионов млрд миллиард \
    миллиарда миллиардов тис тисяч мільйон мільйона мільйонів мільярдів хил хиляди ribu rb juta jt miliar triliun nghìn ngàn \
    triệu tỷ χιλ χιλιάδες εκατ εκατομμύρια אלף מיליון ألف آلاف مليون مليار هزار میلیون میلیارد हज़ार हजार लाख करोड़ พัน หมื่น แสน ล้าน";
/// Words that multiply an amount of money, and are units elsewhere: metres, kelvins.
const MULTIPLES_OF_PRICES: [&str; 4] = ["k", "m", "b", "t"];
/// Signs that multiply a number, with or without a word behind them: `3 万円`.
const SIGNS: &str = "万萬億亿兆千百만억천조";

/// Words that may follow an amount of money, in lower case: for what it is, and what is said of it in shops.
const FOLLOWERS: &str = "a ab abzgl add adet ahora al alle an and annually antes anziché ao as at au auf ausverkauft available avec \
    away ay año bag barré before bei below bez bezorging bis bisher boleto both bottle box brutto bruttó btw \
    bundle buy buying by cad cada can card cart carton case cash cena chacun chaque choose com con copy credit da \
    dahil daily darab day days db de deal del delivery deposit descuento desde di dia discount dont down dozen \
    dph dz dès día ea each ead einzeln el em en enthält environ envío esclusa et every ex excl excluding \
    exclusive exkl extra fee feet fino flat foot for frakt free frete from ft förp für g gal gallon gastos gesamt \
    gift giorno gram grams gratis gst gün hasta head hora hors hour hourly hours hr hrs hst ht if im impuestos in \
    inc incl included includes including incluido inclusa inclusief inclusive inkl inklusive instead is iva jahr \
    je jetzt jour juros kdv kg kgs kilo kilogram kostenlos ks kus l la lagernd lb lbs le les less lfm lieferbar \
    list liter litre livraison lot m m2 maand mensal mes mese meter metre metro mies miesiąc minimum mit ml mo \
    mois moms monat monatlich month monthly months more msrp mth mtr mwst m² más mês na net netto nettó new night \
    nightly nights no now nu nur o och od oder of oferta off on one only onwards or ord order original ou ounce \
    over oz pack pair par pauschal payez pc pce pcs per person pezzo pickup piece pieces pieza pix pièce pk pkt \
    plus por port portofrei postage pound pour pp pr precio preis prezzo preço price prijs prix pro pza qm qtr \
    qty quarter rabatt ready reduced reg regular regulär remise retail roll rrp sale sans save saving savings \
    seat sem semaine semana set sf sheet shipping sin sofort soit sold spedizione spese sq sqft sqm st starting \
    statt steuer stk student stuk stück subtotal sur szt sztuka sztukę tag tax taxe taxes ticket tip to today \
    total ttc tube tva uds un una und unidad unit units unité until up us used ust uvp value van vat verfügbar \
    versand versandkosten verzending verzendkosten via view vista vom von voor vorher vč w was week weekly weeks \
    were when while with without wk woche wt y yard yd year yearly years you your yr yrs yıl z za zuzüglich zzgl \
    zł à áfa ár без в год день до за и кг мес месяц на ндс от руб с сутки упак шт штука штуки";

/// Percent signs of several scripts, and the sign per mille.
const PERCENT: [char; 5] = ['%', '٪', '％', '﹪', '‰'];
/// Words for "per", and those that make a percentage of them.
const PER_CENT: [(&str, &[&str]); 5] = [
    ("per", &["cent", "cento"]),
    ("pour", &["cent"]),
    ("por", &["ciento", "cento", "cien"]),
    ("pro", &["cent", "mille"]),
    ("на", &["сто"]),
];

/// Returns the word that stands right behind a number and multiplies it, if one does. With `is_price`, words that do so in
/// prices only count, too.
pub(super) fn multiple(after: &str, is_price: bool) -> Option<String> {
    let word = first_word(after);
    let is_fraction = word.starts_with(char::is_numeric);
    (is_fraction || is_multiple(&word, is_price)).then_some(word)
}

/// Returns the word behind an amount of money that may change it: any word that is not known to leave it as it is.
pub(super) fn stranger(after: &str) -> Option<String> {
    let after = after.trim_start();
    if let Some(behind) = currency::strip_beside(after) {
        return multiple(behind, true);
    }
    let word = first_word(after);
    let is_known = word.is_empty() || is_among(FOLLOWERS, &word);
    (!is_known || multiple(after, true).is_some()).then_some(word)
}

/// Returns whether a number is a percentage, by a sign beside it or words behind it.
pub(super) fn is_percentage(before: &str, after: &str) -> bool {
    let (before, after) = (before.trim_end(), after.trim_start());
    let is_signed = before.ends_with(PERCENT) || after.starts_with(PERCENT);
    let mut words = after.split_whitespace().map(first_word);
    let (first, second) = (words.next(), words.next());
    is_signed
        || PER_CENT.iter().any(|(per, cent)| {
            first.as_deref() == Some(per)
                && second
                    .as_deref()
                    .is_some_and(|second| cent.contains(&second))
        })
}

fn is_multiple(word: &str, is_price: bool) -> bool {
    is_among(MULTIPLES, word)
        || word.starts_with(|c| SIGNS.contains(c))
        || is_price && MULTIPLES_OF_PRICES.contains(&word)
}

fn is_among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Returns the first word of a text, without the white space before it, in lower case.
fn first_word(text: &str) -> String {
    let text = text.trim_start();
    let word = text.split(|c: char| !c.is_alphanumeric()).next();
    word.unwrap_or_default().to_lowercase()
}
