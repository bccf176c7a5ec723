//! Certificates, as far as `crawl doctor` tells of them: who has issued one, and until when it is valid.
//!
//! rustls has verified the certificate by then and keeps neither. A whole X.509 parser would be fifteen crates for two
//! fields, which DER (X.690) lets anyone find: RFC 5280 §4.1 puts them fourth and fifth in what is signed.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT_IDENTIFIER: u8 = 0x06;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Short names of attributes (RFC 4514 §3, and the address that old authorities have), by the bytes of their identifier.
const ATTRIBUTES: &[(&[u8], &str)] = &[
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "STREET"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[9, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1],
        "emailAddress",
    ),
];

/// Data that a certificate contains about itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The issuer's name: `C=US, O=Let's Encrypt, CN=R11`.
    pub(super) issuer: String,
    pub(super) valid_until: Option<Timestamp>,
}

impl Certificate {
    /// Reads a certificate; none when it is not built as one.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let mut signed = Der(Der(Der(der).take(SEQUENCE)?).take(SEQUENCE)?);
        if signed.next_is(VERSION) {
            signed.next()?;
        }
        signed.next()?; // its serial number
        signed.next()?; // how it is signed
        let issuer = name(Der(signed.take(SEQUENCE)?))?;
        let mut validity = Der(signed.take(SEQUENCE)?);
        validity.next()?; // from when on it is valid
        let (tag, until) = validity.next()?;
        Some(Self {
            issuer,
            valid_until: time(tag, until),
        })
    }
}

/// DER that is still to be read.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Takes the next element: its tag and what is in it.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            // A certificate is shorter than four bytes can say; none at all would be BER's open end.
            let bytes = rest.split_off(..usize::from(first & 0x7f))?;
            if bytes.is_empty() || bytes.len() > 4 {
                return None;
            }
            let length = bytes
                .iter()
                .fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
            usize::try_from(length).ok()?
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// Takes what is in the next element, which has to be of this kind.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .filter(|(found, _)| *found == tag)
            .map(|(_, content)| content)
    }
}

/// A distinguished name in the order in which it is written, as certificates are usually shown.
fn name(mut der: Der<'_>) -> Option<String> {
    let mut shown = String::new();
    while !der.0.is_empty() {
        let mut set = Der(der.take(SET)?);
        let mut separator = if shown.is_empty() { "" } else { ", " };
        while !set.0.is_empty() {
            let mut attribute = Der(set.take(SEQUENCE)?);
            let kind = attribute.take(OBJECT_IDENTIFIER)?;
            let (tag, value) = attribute.next()?;
            shown.push_str(separator);
            shown.push_str(&attribute_name(kind));
            shown.push('=');
            push_text(&mut shown, tag, value);
            separator = " + ";
        }
    }
    Some(shown)
}

fn attribute_name(identifier: &[u8]) -> String {
    let known = ATTRIBUTES.iter().find(|(bytes, _)| *bytes == identifier);
    known.map_or_else(|| dotted(identifier), |(_, name)| (*name).to_owned())
}

/// An object identifier in digits: `2.5.4.97`.
fn dotted(identifier: &[u8]) -> String {
    let mut shown = String::new();
    let mut arc = 0_u64;
    for byte in identifier {
        arc = arc << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if shown.is_empty() {
            let root = (arc / 40).min(2);
            let _ = write!(shown, "{root}.{}", arc - root * 40);
        } else {
            let _ = write!(shown, ".{arc}");
        }
        arc = 0;
    }
    shown
}

/// Adds the text of one of ASN.1's strings. Control characters are written as escapes: a host chooses this text, and a
/// terminal shows it.
fn push_text(shown: &mut String, tag: u8, value: &[u8]) {
    let text = match tag {
        // UTF8String, PrintableString, IA5String
        0x0c | 0x13 | 0x16 => String::from_utf8_lossy(value).into_owned(),
        // TeletexString, which everyone writes in Latin 1
        0x14 => value.iter().map(|byte| char::from(*byte)).collect(),
        // BMPString
        0x1e => {
            let (pairs, _) = value.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16_lossy(&units)
        }
        _ => value.iter().fold("#".to_owned(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        }),
    };
    for c in text.chars() {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
}

/// A time of RFC 5280 §4.1.2.5, in UTC and to the second: `491231235959Z` until 2049, `20500101000000Z` from then on.
fn time(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let digits = text.strip_suffix(b"Z")?;
    let two = |at: usize| -> Option<i8> {
        let [tens, units] = digits.get(at..at + 2)? else {
            return None;
        };
        let is_number = tens.is_ascii_digit() && units.is_ascii_digit();
        is_number
            .then(|| (tens - b'0') * 10 + (units - b'0'))?
            .try_into()
            .ok()
    };
    let (year, at) = match tag {
        UTC_TIME => match i16::from(two(0)?) {
            year @ ..50 => (2000 + year, 2),
            year => (1900 + year, 2),
        },
        GENERALIZED_TIME => (i16::from(two(0)?) * 100 + i16::from(two(2)?), 4),
        _ => return None,
    };
    if digits.len() != at + 10 {
        return None;
    }
    let (month, day) = (two(at)?, two(at + 2)?);
    let (hour, minute, second) = (two(at + 4)?, two(at + 6)?, two(at + 8)?);
    let time = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use rcgen::{
        BasicConstraints, CertificateParams, DnType, DnValue, IsCa, Issuer, KeyPair, date_time_ymd,
    };

    use super::*;

    /// A certificate of an authority of this name.
    fn issued_by(name: impl IntoIterator<Item = (DnType, DnValue)>, year: i32) -> Vec<u8> {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name = rcgen::DistinguishedName::new();
        for (kind, value) in name {
            authority.distinguished_name.push(kind, value);
        }
        let issuer = Issuer::new(authority, KeyPair::generate().unwrap());
        let mut params = CertificateParams::new(["shop.example".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 3, 9);
        let key = KeyPair::generate().unwrap();
        params.signed_by(&key, &issuer).unwrap().der().to_vec()
    }

    fn utf8(text: &str) -> DnValue {
        DnValue::Utf8String(text.to_owned())
    }

    #[test]
    fn the_issuer_is_told_in_the_order_of_its_name() {
        let name = [
            (DnType::CountryName, utf8("NZ")),
            (DnType::OrganizationName, utf8("Kauri & Söhne")),
            (DnType::CommonName, utf8("Kauri R4")),
        ];
        let read = Certificate::read(&issued_by(name, 2031)).unwrap();
        assert_eq!(read.issuer, "C=NZ, O=Kauri & Söhne, CN=Kauri R4");
    }

    #[test]
    fn both_forms_of_a_time_are_read() {
        for (year, until) in [
            (2049, "2049-03-09T00:00:00Z"),
            (2050, "2050-03-09T00:00:00Z"),
            (1999, "1999-03-09T00:00:00Z"),
        ] {
            let read = Certificate::read(&issued_by([], year)).unwrap();
            assert_eq!(read.valid_until, Some(until.parse().unwrap()), "{year}");
        }
    }

    #[test]
    fn a_time_that_is_none_is_not_told() {
        for text in [
            "",
            "Z",
            "310230000000Z",
            "310209000000",
            "3102090000Z",
            "31+209000000Z",
        ] {
            assert_eq!(time(UTC_TIME, text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn names_in_old_strings_are_read() {
        let name = [
            (
                DnType::OrganizationName,
                DnValue::BmpString("Ωmega".try_into().unwrap()),
            ),
            (
                DnType::CommonName,
                DnValue::TeletexString("Old CA".try_into().unwrap()),
            ),
        ];
        let read = Certificate::read(&issued_by(name, 2031)).unwrap();
        assert_eq!(read.issuer, "O=Ωmega, CN=Old CA");
    }

    #[test]
    fn an_attribute_without_a_short_name_is_told_by_its_number() {
        let name = [
            (DnType::CustomDnType(vec![2, 5, 4, 97]), utf8("VAT-1")),
            (
                DnType::CustomDnType(vec![1, 3, 6, 1, 4, 1, 311, 60]),
                utf8("x"),
            ),
        ];
        let read = Certificate::read(&issued_by(name, 2031)).unwrap();
        assert_eq!(read.issuer, "2.5.4.97=VAT-1, 1.3.6.1.4.1.311.60=x");
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let name = [(DnType::CommonName, utf8("a\u{1b}[2Jb\u{9b}c"))];
        let read = Certificate::read(&issued_by(name, 2031)).unwrap();
        assert_eq!(read.issuer, r"CN=a\u{1b}[2Jb\u{9b}c");
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_no_certificate_and_no_panic() {
        let whole = issued_by([(DnType::CommonName, utf8("Kauri"))], 2031);
        for end in 0..whole.len() {
            assert_eq!(Certificate::read(&whole[..end]), None, "{end}");
        }
        for at in 0..whole.len() {
            for byte in [0, 0x7f, 0x80, 0x84, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                let _ = Certificate::read(&damaged);
            }
        }
    }
}
