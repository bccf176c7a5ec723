//! The choice of a way, and what answers say about it.

use url::Url;

use super::*;

fn settings(pairs: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    for (name, value) in pairs {
        settings.set(name, value).unwrap();
    }
    settings
}

fn routes(pairs: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Routes> {
    Routes::with_environment(&settings(pairs), |name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

fn endpoint(routes: &Routes, request: &Request) -> Endpoint {
    let direct = Endpoint::direct(request.url()).unwrap();
    let proxy = routes.choose(request, &direct).unwrap();
    direct.through(proxy)
}

fn way(routes: &Routes, url: &str) -> String {
    let endpoint = endpoint(routes, &Request::get(url).unwrap());
    let proxy = endpoint.proxy();
    proxy.map_or_else(|| "direct".to_owned(), ToString::to_string)
}

#[test]
fn the_environment_counts_only_when_it_is_asked_for() {
    let variables = [
        ("http_proxy", "http://a:1"),
        ("HTTPS_PROXY", "http://b:2"),
        ("NO_PROXY", "internal.example, 10.0.0.0/8"),
    ];
    let silent = routes(&[], &variables).unwrap();
    assert_eq!(way(&silent, "http://example.com/"), "direct");
    let asked = routes(
        &[("proxy", "env"), ("no_proxy", "mine.example")],
        &variables,
    )
    .unwrap();
    for (url, proxy) in [
        ("http://example.com/", "http://a:1"),
        ("https://example.com/", "http://b:2"),
        ("https://x.internal.example/", "direct"),
        ("http://10.1.1.1/", "direct"),
        ("http://mine.example/", "direct"),
    ] {
        assert_eq!(way(&asked, url), proxy, "{url}");
    }
    let all = routes(&[("proxy", "env")], &[("ALL_PROXY", "socks5://c:3")]).unwrap();
    assert_eq!(way(&all, "https://example.com/"), "socks5://c:3");
}

#[test]
fn a_client_of_a_cgi_script_cannot_choose_its_proxy() {
    let variables = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "http://evil:1")];
    let routes = routes(&[("proxy", "env")], &variables).unwrap();
    assert_eq!(way(&routes, "http://example.com/"), "direct");
}

#[test]
fn the_proxy_of_the_request_wins_over_all_settings() {
    let routes = routes(&[("proxy", "http://a:1"), ("no_proxy", "*")], &[]).unwrap();
    let request = Request::get("http://example.com/").unwrap();
    assert_eq!(way(&routes, "http://example.com/"), "direct");
    let own = request.clone().with_proxy("socks5h://us:pw@b:2").unwrap();
    let endpoint = endpoint(&routes, &own);
    assert_eq!(endpoint.proxy().unwrap().to_string(), "socks5h://b:2");
    assert!(!format!("{own:?} {endpoint:?}").contains("pw"));
}

#[test]
fn a_pool_answers_for_bans_and_forgets_them_with_time() {
    let routes = routes(
        &[
            ("proxies", "http://a:1,http://b:2"),
            ("proxy_ban_pattern", "(?i)captcha"),
            ("proxy_ban_redirect", "/blocked"),
        ],
        &[],
    )
    .unwrap();
    let request = Request::get("http://example.com/").unwrap();
    let answer = |status| Response::new(request.clone(), status);
    let moved = answer(302).with_header("location", "/blocked?x").unwrap();
    let captcha = answer(200).with_body("text/html", "solve this CAPTCHA");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let _clock = runtime.enter();
    for (banned, sign) in [
        (answer(403), "status 403"),
        (moved, "redirected to http://example.com/blocked?x"),
        (captcha, "captcha"),
    ] {
        let endpoint = endpoint(&routes, &request);
        let error = routes.judge(&endpoint, Ok(banned)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Banned);
        assert!(error.to_string().contains(sign), "{error}");
        let other = self::endpoint(&routes, &request);
        assert_ne!(other, endpoint);
        routes.judge(&other, Ok(answer(200))).unwrap();
        routes.judge(&endpoint, Ok(answer(200))).unwrap();
    }
}

#[test]
fn one_proxy_alone_is_never_banned() {
    for pairs in [[("proxy", "http://a:1")], [("proxies", "http://a:1")]] {
        let routes = routes(&pairs, &[]).unwrap();
        let request = Request::get("http://example.com/").unwrap();
        let endpoint = endpoint(&routes, &request);
        let answer = Response::new(request, 403);
        routes.judge(&endpoint, Ok(answer)).unwrap();
    }
}

#[test]
fn a_refused_robots_txt_is_no_ban() {
    let routes = routes(&[("proxies", "http://a:1,http://b:2")], &[]).unwrap();
    let url = Url::parse("http://example.com/robots.txt").unwrap();
    let request = Request::for_robots(url, "http://example.com");
    let endpoint = endpoint(&routes, &request);
    routes
        .judge(&endpoint, Ok(Response::new(request, 403)))
        .unwrap();
}

#[test]
fn a_proxy_that_wants_a_password_is_an_error_that_shows_none() {
    for (proxy, what) in [("http://a:1", "wants"), ("http://us:secret@a:1", "refuses")] {
        let routes = routes(&[("proxy", proxy)], &[]).unwrap();
        let request = Request::get("http://example.com/").unwrap();
        let endpoint = endpoint(&routes, &request);
        let error = routes
            .judge(&endpoint, Ok(Response::new(request, 407)))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Proxy);
        assert!(error.to_string().contains(what), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn bad_values_are_told_without_their_passwords() {
    for (name, value) in [
        ("proxy", "ftp://us:secret@x"),
        ("proxies", "http://a,ftp://us:secret@x"),
        ("no_proxy", "a:b"),
        ("proxy_ban_pattern", "("),
        ("proxy_ban_redirect", "("),
    ] {
        let error = routes(&[(name, value)], &[]).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Settings, "{name}");
        assert!(error.to_string().contains(name), "{error}");
        assert!(!error.chain().contains("secret"), "{}", error.chain());
    }
}
