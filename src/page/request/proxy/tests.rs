//! Tests of reading the address of a proxy, and that it is never shown whole.

use super::*;

#[test]
fn a_proxy_has_its_own_credentials_and_never_shows_them() {
    let proxy = Proxy::parse("http://us:p%40w@proxy.example:3128").unwrap();
    assert_eq!(proxy.to_string(), "http://proxy.example:3128");
    assert_eq!(proxy.authorization().unwrap(), "Basic dXM6cEB3");
    let shown = format!("{proxy:?} {} {}", proxy.unauthorized(), proxy.error("x"));
    assert!(!shown.contains("us:") && !shown.contains("p@w"), "{shown}");
    assert_ne!(proxy, Proxy::parse("http://proxy.example:3128").unwrap());
}

#[test]
fn a_port_may_be_left_out_or_be_that_of_another_scheme() {
    for (text, shown) in [
        ("proxy.example", "http://proxy.example:80"),
        ("https://proxy.example", "https://proxy.example:443"),
        ("https://proxy.example:80", "https://proxy.example:80"),
        ("http://proxy.example:443", "http://proxy.example:443"),
        ("socks5://proxy.example", "socks5://proxy.example:1080"),
        ("socks5://proxy.example:80", "socks5://proxy.example:80"),
        ("SOCKS5H://[::1]:443", "socks5h://[::1]:443"),
    ] {
        assert_eq!(Proxy::parse(text).unwrap().to_string(), shown, "{text}");
    }
}

#[test]
fn what_is_no_proxy_is_an_error_without_its_password() {
    let long = format!("socks5://{}@a", "u".repeat(256));
    for text in [
        "ftp://us:secret@x",
        "http://",
        "socks5://us:secret@[::1",
        &long,
    ] {
        let error = Proxy::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings, "{text}");
        assert!(!error.chain().contains("secret"), "{}", error.chain());
    }
}
