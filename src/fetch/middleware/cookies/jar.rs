//! The cookies of one session, by site, within limits (RFC 6265bis, sections 5.7 and 5.8).

use std::cmp::Reverse;
use std::collections::HashMap;

use url::Url;

use super::cookie::Cookie;

/// Cookies of one domain, and of all. A site that sets a new one on every page must neither fill the memory nor make
/// its own requests too large.
const MAX_PER_DOMAIN: usize = 50;
const MAX_TOTAL: usize = 3000;

/// The cookies of one session.
#[derive(Debug, Default)]
pub(super) struct Jar {
    /// Cookies in order of their creation, under their [`site`]: all that a request can need is in one place.
    sites: HashMap<String, Vec<Cookie>>,
    total: usize,
    /// The last number that was given to [`Cookie::created`] or [`Cookie::used`].
    count: u64,
}

/// Returns the rank of a cookie, by which surplus cookies are removed: expired ones rank lowest, those that are not for
/// https only rank lower, and of equals those that were used longer ago.
fn worth(cookie: &Cookie, now: i64) -> (bool, bool, u64, u64) {
    (
        !cookie.is_expired(now),
        cookie.is_secure,
        cookie.used,
        cookie.created,
    )
}

/// Under which name the cookies of a host are: its registrable domain, if it has one.
pub(super) fn site(host: &str) -> &str {
    psl::domain_str(host.strip_suffix('.').unwrap_or(host)).unwrap_or(host)
}

impl Jar {
    /// Takes a cookie, in the place of an older one of its kind; an expired one only removes that. Cookies that only
    /// https may set are not touched by those that `is_secure` connections did not bring. Answers which sites changed.
    pub(super) fn set(&mut self, mut cookie: Cookie, is_secure: bool, now: i64) -> Vec<String> {
        let site = site(&cookie.domain).to_owned();
        self.count += 1;
        (cookie.created, cookie.used) = (self.count, self.count);
        let kept = self.sites.get(&site).map_or(&[][..], Vec::as_slice);
        if !is_secure && kept.iter().any(|kept| cookie.shadows(kept)) {
            return Vec::new();
        }
        let had_given = kept.iter().any(|kept| cookie.supersedes(kept));
        if had_given {
            self.remove(&site, |kept| cookie.supersedes(kept));
        }
        let kept = self.sites.get(&site).map_or(&[][..], Vec::as_slice);
        let older = kept.iter().position(|kept| kept.is_same(&cookie));
        match (older, cookie.is_expired(now)) {
            (None, true) if !had_given => return Vec::new(),
            (None, true) => {}
            (Some(_), true) => self.remove(&site, |kept| kept.is_same(&cookie)),
            (Some(place), false) => {
                let kept = self
                    .sites
                    .get_mut(&site)
                    .and_then(|kept| kept.get_mut(place));
                if let Some(kept) = kept {
                    cookie.created = kept.created;
                    *kept = cookie;
                }
            }
            (None, false) => {
                let domain = cookie.domain.clone();
                self.sites.entry(site.clone()).or_default().push(cookie);
                self.total += 1;
                return self.limit(site, &domain, now);
            }
        }
        vec![site]
    }

    /// Returns whether a request for this URL gets a cookie of this name.
    pub(super) fn has(&self, name: &[u8], url: &Url) -> bool {
        let cookies = self.sites.get(site(url.host_str().unwrap_or_default()));
        let mut cookies = cookies.into_iter().flatten();
        cookies.any(|cookie| cookie.name == name && cookie.is_for(url))
    }

    /// The cookies for a request, as in its header: longer paths first, then older ones.
    pub(super) fn header(&mut self, url: &Url, now: i64) -> Vec<u8> {
        let Some(cookies) = self.sites.get_mut(site(url.host_str().unwrap_or_default())) else {
            return Vec::new();
        };
        let mut found: Vec<&mut Cookie> = cookies
            .iter_mut()
            .filter(|cookie| cookie.is_for(url) && !cookie.is_expired(now))
            .collect();
        found.sort_by_key(|cookie| (Reverse(cookie.path.len()), cookie.created));
        self.count += u64::from(!found.is_empty());
        let mut header = Vec::new();
        for cookie in found {
            cookie.used = self.count;
            if !header.is_empty() {
                header.extend_from_slice(b"; ");
            }
            header.extend_from_slice(&cookie.name);
            header.push(b'=');
            header.extend_from_slice(&cookie.value);
        }
        header
    }

    /// The cookies of a site that have not expired, in order of their creation.
    pub(super) fn of_site(&self, site: &str, now: i64) -> impl Iterator<Item = &Cookie> {
        let cookies = self.sites.get(site).into_iter().flatten();
        cookies.filter(move |cookie| !cookie.is_expired(now))
    }

    /// Takes back what was kept of a site.
    pub(super) fn restore(&mut self, site: &str, cookies: Vec<Cookie>) {
        self.remove(site, |_| true);
        for cookie in cookies {
            self.set(cookie, true, i64::MIN);
        }
    }

    /// Returns all cookies that have not expired: site by site, in order of their creation.
    pub(super) fn all(&self, now: i64) -> Vec<&Cookie> {
        let mut sites: Vec<&String> = self.sites.keys().collect();
        sites.sort_unstable();
        sites
            .into_iter()
            .flat_map(|site| self.of_site(site, now))
            .collect()
    }

    /// Lets go of what is over a limit, those that are worth least first. Answers which sites changed; `site` did.
    fn limit(&mut self, site: String, domain: &str, now: i64) -> Vec<String> {
        let of_domain = |cookie: &&Cookie| cookie.domain == domain;
        let cookies = self.sites.get(&site).into_iter().flatten();
        let mut worths: Vec<_> = cookies
            .filter(of_domain)
            .map(|cookie| worth(cookie, now))
            .collect();
        if worths.len() > MAX_PER_DOMAIN {
            worths.sort_unstable();
            if let Some(least) = worths.first().copied() {
                self.remove(&site, |cookie| {
                    cookie.domain == domain && worth(cookie, now) <= least
                });
            }
        }
        let mut changed = vec![site];
        if self.total > MAX_TOTAL {
            changed.extend(self.make_room(now));
        }
        changed
    }

    /// Lets go of a tenth of all cookies at once: finding the worst one takes a look at each.
    fn make_room(&mut self, now: i64) -> Vec<String> {
        tracing::debug!("too many cookies: some are given up");
        let all = self.sites.values().flatten();
        let mut worths: Vec<_> = all.map(|cookie| worth(cookie, now)).collect();
        worths.sort_unstable();
        let Some(least) = worths.get(MAX_TOTAL / 10).copied() else {
            return Vec::new();
        };
        let is_worthless = |cookie: &Cookie| worth(cookie, now) <= least;
        let changed = self
            .sites
            .iter()
            .filter(|(_, cookies)| cookies.iter().any(is_worthless));
        let changed: Vec<String> = changed.map(|(site, _)| site.clone()).collect();
        for site in &changed {
            self.remove(site, is_worthless);
        }
        changed
    }

    fn remove(&mut self, site: &str, which: impl Fn(&Cookie) -> bool) {
        let Some(cookies) = self.sites.get_mut(site) else {
            return;
        };
        let before = cookies.len();
        cookies.retain(|cookie| !which(cookie));
        self.total -= before - cookies.len();
        if cookies.is_empty() {
            self.sites.remove(site);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::set_cookie;
    use super::*;

    const NOW: i64 = 1_000_000_000;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    /// A jar after answers from these URLs.
    fn jar<'a>(answers: impl IntoIterator<Item = (&'a str, String)>) -> Jar {
        let mut jar = Jar::default();
        for (from, line) in answers {
            set(&mut jar, from, &line);
        }
        jar
    }

    fn set(jar: &mut Jar, from: &str, line: &str) -> Vec<String> {
        let from = url(from);
        set_cookie::parse(line.as_bytes(), &from, NOW).map_or_else(Vec::new, |cookie| {
            jar.set(cookie, from.scheme() == "https", NOW)
        })
    }

    fn sent(jar: &mut Jar, to: &str) -> String {
        String::from_utf8(jar.header(&url(to), NOW)).unwrap()
    }

    #[test]
    fn longer_paths_go_first_then_older_cookies_and_a_new_value_keeps_its_place() {
        let lines = [
            "b=1; path=/",
            "c=1; path=/dir",
            "a=1; path=/",
            "b=2; path=/",
        ];
        let mut jar = jar(lines.map(|line| ("http://a.example/", line.to_owned())));
        assert_eq!(sent(&mut jar, "http://a.example/dir/x"), "c=1; b=2; a=1");
        assert_eq!(sent(&mut jar, "http://a.example/"), "b=2; a=1");
    }

    fn give(jar: &mut Jar, pair: &str, to: &str) {
        let to = url(to);
        jar.set(Cookie::given(pair.as_bytes(), &to).unwrap(), true, NOW);
    }

    #[test]
    fn a_given_cookie_goes_to_its_origin_only() {
        let mut jar = Jar::default();
        give(&mut jar, "token = t=1", "https://a.example:8443/dir/");
        assert_eq!(sent(&mut jar, "https://a.example:8443/"), "token=t=1");
        for elsewhere in [
            "https://a.example/",
            "http://a.example:8443/",
            "https://www.a.example:8443/",
        ] {
            assert_eq!(sent(&mut jar, elsewhere), "", "{elsewhere}");
        }
    }

    #[test]
    fn what_the_site_sets_takes_the_place_of_what_was_given() {
        for (line, expected) in [
            ("token=2", "token=2; other=1"),
            ("token=2; path=/", "other=1; token=2"),
            ("token=2; domain=a.example; path=/dir", "token=2; other=1"),
            ("token=; max-age=0", "other=1"),
            (
                "token=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/dir",
                "other=1",
            ),
            ("Token=2; path=/", "token=1; other=1; Token=2"),
        ] {
            let mut jar = Jar::default();
            give(&mut jar, "token=1", "http://www.a.example/");
            give(&mut jar, "other=1", "http://www.a.example/");
            set(&mut jar, "http://www.a.example/dir/in", line);
            assert_eq!(
                sent(&mut jar, "http://www.a.example/dir/x"),
                expected,
                "{line}"
            );
        }
    }

    #[test]
    fn a_cookie_goes_where_it_belongs() {
        let lines = [
            "host=1",
            "all=1; domain=a.example",
            "safe=1; domain=a.example; secure",
        ];
        let mut jar = jar(lines.map(|line| ("https://www.a.example/", line.to_owned())));
        for (to, expected) in [
            ("https://www.a.example/", "host=1; all=1; safe=1"),
            ("http://www.a.example:81/", "host=1; all=1"),
            ("https://b.www.a.example/", "all=1; safe=1"),
            ("https://a.example/", "all=1; safe=1"),
            ("https://xa.example/", ""),
            ("https://example/", ""),
        ] {
            assert_eq!(sent(&mut jar, to), expected, "{to}");
        }
    }

    #[test]
    fn an_expired_cookie_removes_the_one_before() {
        let mut jar =
            jar(["a=1", "b=1", "a=; max-age=0"].map(|line| ("http://a.example/", line.to_owned())));
        assert_eq!(sent(&mut jar, "http://a.example/"), "b=1");
        assert!(set(&mut jar, "http://b.example/", "a=1; max-age=0").is_empty());
        set(&mut jar, "http://a.example/", "b=1; max-age=-1");
        assert_eq!((jar.total, jar.sites.len()), (0, 0));
    }

    #[test]
    fn a_cookie_is_not_sent_once_it_has_expired() {
        let mut jar = jar([("http://a.example/", "a=1; max-age=60".to_owned())]);
        let to = url("http://a.example/");
        assert_eq!(jar.header(&to, NOW + 59), b"a=1");
        assert_eq!(jar.header(&to, NOW + 60), b"");
        assert_eq!(jar.all(NOW + 60), Vec::<&Cookie>::new());
    }

    #[test]
    fn plain_http_does_not_shadow_a_secure_cookie() {
        let mut jar = jar([(
            "https://a.example/",
            "a=1; secure; domain=a.example; path=/dir".to_owned(),
        )]);
        for (line, is_taken) in [
            ("a=2; path=/dir", false),
            ("a=2; path=/dir/x", false),
            ("a=2; domain=www.a.example; path=/dir", false),
            ("a=2; path=/dir2", true),
            ("a=2; path=/", true),
            ("b=2; path=/dir", true),
        ] {
            let changed = set(&mut jar, "http://www.a.example/", line);
            assert_eq!(!changed.is_empty(), is_taken, "{line}");
        }
        assert!(!set(&mut jar, "https://www.a.example/", "a=3; path=/dir").is_empty());
    }

    #[test]
    fn of_too_many_cookies_of_a_domain_the_one_used_longest_ago_goes() {
        let mut jar = jar([("https://a.example/", "safe=1; secure".to_owned())]);
        for nth in 0..49 {
            set(
                &mut jar,
                "http://a.example/",
                &format!("c{nth}=1; path=/{nth}"),
            );
        }
        assert_eq!(sent(&mut jar, "http://a.example/0"), "c0=1");
        set(&mut jar, "http://a.example/", "new=1");
        assert_eq!(jar.total, 50);
        assert_eq!(sent(&mut jar, "https://a.example/0"), "c0=1; safe=1; new=1");
        assert_eq!(sent(&mut jar, "https://a.example/1"), "safe=1; new=1");
    }

    #[test]
    fn what_has_expired_goes_first() {
        let mut jar = jar([("http://a.example/", "old=1; max-age=1".to_owned())]);
        for nth in 0..50 {
            jar.header(&url("http://a.example/"), NOW);
            let line = format!("c{nth}=1");
            let cookie = set_cookie::parse(line.as_bytes(), &url("http://a.example/"), NOW + 2);
            jar.set(cookie.unwrap(), false, NOW + 2);
        }
        let kept = jar.header(&url("http://a.example/"), NOW + 2);
        assert_eq!(
            (jar.total, kept.split(|byte| *byte == b';').count()),
            (50, 50)
        );
    }

    #[test]
    fn many_sites_do_not_fill_the_memory() {
        let mut jar = Jar::default();
        for nth in 0..4000 {
            set(&mut jar, &format!("http://a{nth}.example/"), "a=1");
        }
        assert!(
            jar.total <= MAX_TOTAL && jar.total >= MAX_TOTAL * 9 / 10 - 1,
            "{}",
            jar.total
        );
        assert_eq!(jar.sites.len(), jar.total);
        assert_eq!(sent(&mut jar, "http://a999.example/"), "");
        assert_eq!(sent(&mut jar, "http://a1300.example/"), "a=1");
    }
}
