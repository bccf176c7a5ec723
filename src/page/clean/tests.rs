//! Tests of the cleaners: notations by hand, then every number there and back.

use proptest::prelude::*;

use super::*;

#[test]
fn prices_are_read_in_every_notation() {
    for (text, expected) in [
        ("£51.77", "51.77"),
        ("1.234,56 €", "1234.56"),
        ("1'234.50 CHF", "1234.50"),
        ("1’234.50", "1234.50"),
        ("1\u{a0}234,56", "1234.56"),
        ("1\u{202f}234\u{202f}567,8", "1234567.8"),
        ("₹1,23,456.78", "123456.78"),
        ("₹ 1,00,000", "100000"),
        ("€12,-", "12"),
        ("CHF 12.–", "12"),
        ("$1,234", "1234"),
        ("1.234", "1234"),
        ("0.999", "0.999"),
        ("12.3456", "12.3456"),
        ("1'234.500", "1234.500"),
        ("1.234.567", "1234567"),
        ("12,3", "12.3"),
        ("1234567.89", "1234567.89"),
        ("Rs.500", "500"),
        (".99", "0.99"),
        ("$.99", "0.99"),
        ("007.50", "7.50"),
        ("١٬٢٣٤٫٥٦ ر.س", "1234.56"),
        ("१,२३,४५६", "123456"),
        ("１２３円", "123"),
        ("from £5.", "5"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
}

#[test]
fn prices_of_real_shops_are_read() {
    for (text, expected) in [
        ("£51.77", "51.77"),
        ("Now £12.99", "12.99"),
        ("$1,299.00 USD", "1299.00"),
        ("US$49.95", "49.95"),
        ("CA$ 1,049.00", "1049.00"),
        ("R$ 1.299,90", "1299.90"),
        ("R1,299.00", "1299.00"),
        ("₹1,29,999", "129999"),
        ("Rs. 1,499/-", "1499"),
        ("MRP: ₹ 2,499.00 (Inclusive of all taxes)", "2499.00"),
        ("1.299,00 €*", "1299.00"),
        ("ab 12,99€", "12.99"),
        ("129,-€", "129"),
        ("1 299,00 €", "1299.00"),
        ("1\u{a0}299,00 €", "1299.00"),
        ("1\u{202f}299,00\u{a0}€ TTC", "1299.00"),
        ("2 499,00 zł", "2499.00"),
        ("12\u{a0}990\u{a0}Kč", "12990"),
        ("149kr", "149"),
        ("149:-", "149"),
        ("1\u{a0}990,00 руб.", "1990.00"),
        ("CHF 1’299.–", "1299"),
        ("12.99EUR", "12.99"),
        ("GBP12.99", "12.99"),
        ("￥12,800（税込）", "12800"),
        ("12,800円(税込)", "12800"),
        ("₩129,000", "129000"),
        ("1.299.000 ₫", "1299000"),
        ("Rp1.299.000", "1299000"),
        ("£3.20/kg", "3.20"),
        ("$12.99 ea.", "12.99"),
        ("Unit price (£3.20)", "3.20"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
}

#[test]
fn signs_are_told_from_dashes() {
    for (text, expected) in [
        ("-£12.50", "-12.50"),
        ("£-12.50", "-12.50"),
        ("−12", "-12"),
        ("EUR-12", "-12"),
        ("EUR -12", "-12"),
        ("-US$12", "-12"),
        ("-12 €", "-12"),
        ("Total: -£12.50", "-12.50"),
        ("Discount -$5", "-5"),
        ("-£ 5", "-5"),
        ("-0.00", "0.00"),
        ("price - 12", "12"),
        ("price – £12", "12"),
        ("route-12", "12"),
        ("10-pack", "10"),
        ("₹500/-", "500"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
    for text in [
        "Price:-500",
        "12.50-",
        "- 12",
        "- £12",
        "--12",
        "now-£12",
        "- from £12",
        "SKU-12",
        "(1,234)",
    ] {
        let error = format!("a minus or a dash in {text:?}?");
        assert_eq!(Cleaner::Price.clean(text), Err(error));
    }
}

#[test]
fn brackets_are_a_minus_only_around_an_amount_with_its_currency() {
    for (text, expected) in [
        ("($1,234)", "-1234"),
        ("( 12.50 € )", "-12.50"),
        ("(-£5)", "-5"),
        ("(22 available)", "22"),
        ("(save £5)", "5"),
        ("(£3.20 per kg)", "3.20"),
        ("(incl. VAT) 12 (new)", "12"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
    assert_eq!(integer("($1,234)"), Ok(1234));
    assert_eq!(integer("(1,234)"), Ok(1234));
    assert_eq!(integer("(1,234 reviews)"), Ok(1234));
}

#[test]
fn what_touches_a_number_or_multiplies_it_is_an_error() {
    for text in [
        "£1.2m",
        "£1.2 m",
        "$1.2 million",
        "5K reviews",
        "12⁹⁹ €",
        "12 ⁹⁹ €",
        "5½",
        "5 ½",
        "MP3 on request",
        "2500ml",
        "3rd edition",
    ] {
        assert!(price(text).is_err(), "{text}");
    }
    assert_eq!(number("12 m"), Ok(12.0));
    assert!(number("1.2 million").is_err());
    assert!(integer::<u32>("5K reviews").is_err());
    assert!(integer::<u32>("MP3 player, 5 left").is_err());
}

#[test]
fn a_word_behind_a_price_is_known_to_leave_it_as_it_is_or_an_error() {
    for text in [
        "₹ 3.5 Cr",
        "₹ 12 Lac",
        "7 млрд ₽",
        "£2 tausend",
        "4,5 Mio. EUR",
        "9 € Mrd.",
        "US$ 6 trillones",
        "250 ezer Ft",
        "12 bin TL",
        "5 triệu đồng",
        "80 ribu",
        "6 万円",
        "7천원",
        "£5 grue",
    ] {
        assert!(price(text).is_err(), "{text}");
    }
    for (text, expected) in [
        ("$7.49 per week", 7.49),
        ("£3 each", 3.0),
        ("12,50 € pro Stück", 12.5),
        ("99 kr ink moms", 99.0),
        ("€ 4,50 TTC", 4.5),
        ("$5/month", 5.0),
        ("AUD 15 incl. GST", 15.0),
        ("R$ 10,50 à vista", 10.5),
        ("40 USh", 40.0),
        ("CHF 30 ab Lager", 30.0),
    ] {
        assert_eq!(price(text), Ok(expected), "{text}");
    }
    for text in ["2 млн просмотров", "3 millones de vistas", "1 Mrd. Aufrufe"] {
        assert!(
            integer::<u64>(text).is_err() && number(text).is_err(),
            "{text}"
        );
    }
}

#[test]
fn small_coins_are_hundredths_and_percentages_no_amounts() {
    for (text, expected) in [
        ("75 ¢", "0.75"),
        ("5¢", "0.05"),
        ("129 cents", "1.29"),
        ("89 Cent", "0.89"),
        ("12.5 ct", "0.125"),
        ("-40 ct", "-0.40"),
        ("70 коп.", "0.70"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
    for text in [
        "$ 0.99 cents",
        "50 p",
        "¢ 500",
        "Rs 50 paise",
        "30 %",
        "%25",
        "15٪",
        "12 per cent",
        "5 por ciento",
        "2 Prozent",
        "-10 ％",
    ] {
        assert!(price(text).is_err(), "{text}");
    }
    assert_eq!(number("30 %"), Ok(30.0));
}

#[test]
fn currencies_of_three_decimals_have_no_groups_of_three_behind_a_single_mark() {
    for (text, expected) in [
        ("KWD 7.250", "7.250"),
        ("7,250 BHD", "7.250"),
        ("OMR 1,234.500", "1234.500"),
        ("4.500 د.ب.", "4.500"),
        ("KD 1,250,000", "1250000"),
        ("JOD 15", "15"),
        ("EUR 7.250", "7250"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
    assert!(price("IQD 25,000").is_err() && price("IQD 250").is_ok());
}

#[test]
fn what_begins_with_a_minus_or_is_in_brackets_is_never_positive() {
    for (text, expected) in [
        ("-KSh 250", -250.0),
        ("-GHS 7.50", -7.5),
        ("\u{200e}-£4", -4.0),
        ("(8,25 DA)", -8.25),
        ("(9.10 CA$)", -9.1),
        ("‑5 €", -5.0),
    ] {
        assert_eq!(price(text), Ok(expected), "{text}");
    }
    for text in ["Bs-7,20", "Q-15", "- from £12", "-about 5", "(7.50)"] {
        assert!(price(text).is_err(), "{text}");
    }
}

#[test]
fn marks_and_characters_that_nobody_sees_are_read_as_they_are_meant() {
    for text in ["£..50", "€,.5", "...75"] {
        assert!(price(text).is_err(), "{text}");
    }
    for (text, expected) in [
        ("1\u{ad}299,00\u{200b} €", "1299.00"),
        ("75, 90 lei", "75.90"),
        ("SAR 2،750٫25", "2750.25"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
    assert!(price("75, 90").is_err());
    assert_eq!(integer("4\u{200b}2"), Ok(42));
    assert_eq!(Cleaner::Digits.clean("4\u{2060}2"), Ok("42".to_owned()));
}

#[test]
fn a_plain_space_does_not_join_what_may_be_two_numbers() {
    for text in ["4 120", "2 500ml", "iPhone 15 999,00 €", "1 234 567"] {
        assert!(price(text).is_err(), "{text}");
        assert!(number(text).is_err(), "{text}");
        assert!(number_comma(text).is_err(), "{text}");
        assert!(integer::<u32>(text).is_err(), "{text}");
    }
    assert_eq!(
        Cleaner::Price.clean("99 149"),
        Err(r#"one number, or more than one, in "99 149""#.to_owned())
    );
    assert!(number("99 149 kr").is_err() && price("Size 40 149 kr").is_err());
    for (text, expected) in [
        ("99 149 kr", "99149"),
        ("7 250 600 Kč", "7250600"),
        ("-3 400 SEK", "-3400"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
    assert_eq!(number("4\u{a0}120"), Ok(4120.0));
    assert_eq!(integer("4\u{2009}120 items"), Ok(4120));
}

#[test]
fn nonsense_is_an_error_that_shows_the_text() {
    for (text, expected) in [
        ("", r#"no number in """#),
        ("free", r#"no number in "free""#),
        ("£10 – £20", r#"more than one number in "£10 – £20""#),
        ("10-20", r#"more than one number in "10-20""#),
        (
            "12.05.2024",
            r#"no number that makes sense in "12.05.2024""#,
        ),
        ("1,2,3", r#"no number that makes sense in "1,2,3""#),
        (
            "1.234,567,890",
            r#"no number that makes sense in "1.234,567,890""#,
        ),
        (
            "1\u{a0}234'567",
            r#"no number that makes sense in "1\u{a0}234'567""#,
        ),
    ] {
        assert_eq!(Cleaner::Price.clean(text), Err(expected.to_owned()));
    }
    let long = price(&"x".repeat(1000)).unwrap_err();
    assert!(long.len() < 100, "{long}");
}

#[test]
fn a_fixed_notation_takes_no_other() {
    assert_eq!(number("1.234"), Ok(1.234));
    assert_eq!(number_comma("1.234"), Ok(1234.0));
    assert_eq!(number("1,234"), Ok(1234.0));
    assert_eq!(number_comma("1,234"), Ok(1.234));
    assert!(number("1,5").is_err());
    assert!(number_comma("1.5").is_err());
}

#[test]
fn an_overflow_is_an_error() {
    let digits = "9".repeat(400);
    assert!(number(&digits).unwrap_err().ends_with("is too large"));
    assert!(
        integer::<i64>(&digits)
            .unwrap_err()
            .ends_with("too large or too small")
    );
    assert!(integer::<u8>("-1").is_err());
}

#[test]
fn integers_are_whole() {
    assert_eq!(integer("22 of 30"), Ok(22));
    assert_eq!(integer("-5 °C"), Ok(-5));
    assert!(integer::<u32>("1.234").is_err());
    assert_eq!(
        integer::<u32>("4.5 stars"),
        Err(r#"no whole number in "4.5 stars""#.to_owned())
    );
}

#[test]
fn words_are_cleaned() {
    for (name, text, expected) in [
        ("trim", " \u{a0}a  b\n", "a  b"),
        ("squeeze", " a \n\u{a0} b ", "a b"),
        ("lower", "ÄB", "äb"),
        ("upper", "straße", "STRASSE"),
        (
            "title",
            "the quiet RIVER's o'neill-end",
            "The Quiet River's O'neill-End",
        ),
        (
            "strip_tags",
            "<p>a<br>b &amp; <b>c</b><script>d</script>",
            "a b & c",
        ),
        ("digits", "+44 (0)20-٣", "440203"),
    ] {
        let cleaner = Cleaner::named(name).unwrap();
        assert_eq!(cleaner.clean(text).as_deref(), Ok(expected), "{name}");
        assert_eq!(cleaner.name(), name);
    }
}

#[test]
fn every_name_leads_to_a_cleaner() {
    for (name, about) in Cleaner::NAMES {
        assert!(
            Cleaner::named(name).is_some() && !about.is_empty(),
            "{name}"
        );
    }
    assert_eq!(Cleaner::named("pric"), None);
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_refused() {
    for text in [
        "1/2/2024",
        "01.02.24",
        "2024",
        "soon",
        "",
        "2024-02-30",
        "31 February 2024",
    ] {
        assert!(date(text).is_err(), "{text}");
    }
}

#[test]
fn a_year_has_four_digits_of_its_own() {
    for text in [
        "May 2024",
        "31 Jan 24",
        "31-Jan-24",
        "Jan 31, 24",
        "May 122024",
        "0024-01-31",
        "Jan 31 02024",
    ] {
        assert!(date(text).is_err(), "{text}");
    }
    assert!(timestamp("0024-01-31T10:00:00Z").is_err());
    assert!(date("31-Jan-2024").is_ok() && date("9 May 2024").is_ok());
}

/// Writes a number as people do.
fn written(units: u64, cents: u8, group: &str, mark: &str) -> String {
    let digits = units.to_string();
    let mut grouped = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push_str(group);
        }
        grouped.push(c);
    }
    format!("{grouped}{mark}{cents:02}")
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        units in 0_u64..1_000_000_000_000,
        cents in 0_u8..100,
        style in prop::sample::select(vec![
            (",", "."), (".", ","), (" ", ","), ("\u{a0}", ","), ("\u{202f}", "."), ("'", "."), ("’", "."), ("٬", "٫"), ("", "."),
            ("", ","),
        ]),
        around in prop::sample::select(vec![("", ""), ("£", ""), ("", " €"), ("CHF ", ""), ("ab ", " je Stück")]),
        is_negative: bool,
    ) {
        let amount = written(units, cents, style.0, style.1);
        prop_assume!(style.0 != " " || around.0 != "ab ");
        let text = format!("{}{}{amount}{}", around.0, if is_negative { "-" } else { "" }, around.1);
        let sign = if is_negative && (units, cents) != (0, 0) { "-" } else { "" };
        prop_assert_eq!(Cleaner::Price.clean(&text), Ok(format!("{sign}{units}.{cents:02}")), "{}", text);
    }

    #[test]
    fn no_text_is_too_odd(text in "([0-9]|[.,'’٫٬ \u{a0}()€-]|٣|x){0,20}|.*") {
        for (name, _) in Cleaner::NAMES {
            let _ = Cleaner::named(name).unwrap().clean(&text);
        }
        // Whatever is taken for a number is one.
        if let Ok(number) = Cleaner::Price.clean(&text) {
            prop_assert!(number.parse::<f64>().is_ok(), "{}", number);
        }
    }
}
