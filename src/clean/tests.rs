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
fn signs_are_told_from_dashes() {
    for (text, expected) in [
        ("-£12.50", "-12.50"),
        ("£-12.50", "-12.50"),
        ("− 12", "-12"),
        ("EUR-12", "-12"),
        ("(12.50)", "-12.50"),
        ("($1,234)", "-1234"),
        ("-0.00", "0.00"),
        ("price - 12", "12"),
        ("route-12", "12"),
        ("(incl. VAT) 12 (new)", "12"),
    ] {
        assert_eq!(
            Cleaner::Price.clean(text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
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
        ("1 234'567", r#"no number that makes sense in "1 234'567""#),
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

/// A number as people write it.
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
        around in prop::sample::select(vec![("", ""), ("£", ""), ("", " €"), ("CHF ", ""), ("ab ", " c.")]),
        is_negative: bool,
    ) {
        let amount = written(units, cents, style.0, style.1);
        let text = format!("{}{}{}{}", if is_negative { "-" } else { "" }, around.0, amount, around.1);
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
